/** A chart as a file: what is drawn as PNG, what was measured as CSV. */
import type { Columns } from '@/lib/columns'
import type { Line } from '@/lib/lines'

import type { Palette } from './palette'

/** Times as ISO 8601 in UTC, full precision, one row a time; average, minimum and maximum of each line. */
export function csv(labels: readonly string[], columns: Columns): string {
  const head = ['time', ...labels.flatMap((label) => [label, `${label} min`, `${label} max`])]
  const rows = columns.times.map((time, row) => [
    new Date(time * 1000).toISOString(),
    ...labels.flatMap((_, place) =>
      [columns.averages, columns.minima, columns.maxima].map((part) => String(part[place]?.[row] ?? '')),
    ),
  ])
  return [head, ...rows].map((cells) => cells.map(quoted).join(',')).join('\r\n') + '\r\n'
}

/** A cell that no spreadsheet takes for a formula: names come from the operating system. */
export function quoted(cell: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d)/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** What stands around the chart in its picture. */
export interface Caption {
  readonly title: string
  /** From when to when, with the zone. */
  readonly span: string
  readonly lines: readonly Pick<Line, 'label' | 'hue'>[]
}

/** The chart on its card, with its title, its stretch of time and the names of its lines above. */
export function png(canvas: HTMLCanvasElement, caption: Caption, colours: Palette): Promise<Blob | null> {
  const ratio = devicePixelRatio
  const [edge, row] = [16 * ratio, 22 * ratio]
  const top = edge + row * (caption.lines.length > 1 ? 2 : 1) + 6 * ratio
  const sheet = document.createElement('canvas')
  sheet.width = canvas.width + 2 * edge
  sheet.height = canvas.height + top + edge
  const ctx = sheet.getContext('2d')
  if (!ctx) return Promise.resolve(null)
  const font = (weight: number, size: number): string => colours.font.replace(/^\d+px/, `${weight} ${size * ratio}px`)
  ctx.fillStyle = colours.card
  ctx.fillRect(0, 0, sheet.width, sheet.height)
  ctx.textBaseline = 'middle'
  ctx.font = font(600, 14)
  ctx.fillStyle = colours.ink
  ctx.fillText(caption.title, edge, edge + row / 2)
  ctx.font = font(400, 12)
  ctx.fillStyle = colours.soft
  ctx.textAlign = 'end'
  ctx.fillText(caption.span, sheet.width - edge, edge + row / 2)
  ctx.textAlign = 'start'
  if (caption.lines.length > 1) legend(ctx, caption.lines, colours, edge, edge + 1.5 * row, ratio)
  ctx.drawImage(canvas, edge, top)
  return new Promise((resolve) => sheet.toBlob(resolve, 'image/png'))
}

function legend(ctx: CanvasRenderingContext2D, lines: Caption['lines'], colours: Palette, x: number, y: number, ratio: number): void {
  for (const { label, hue } of lines) {
    ctx.fillStyle = colours.series(hue)
    ctx.fillRect(x, y - 5 * ratio, 10 * ratio, 10 * ratio)
    ctx.fillStyle = colours.soft
    ctx.fillText(label, x + 15 * ratio, y)
    x += 31 * ratio + ctx.measureText(label).width
  }
}

/** Hand a file to whoever looks at the page. */
export function save(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
