/** A chart as a file: what is drawn as PNG, what was measured as CSV. */
import type { Columns } from '@/lib/columns'

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

/** The chart on its card, with its title above. */
export function png(canvas: HTMLCanvasElement, title: string, colours: Palette): Promise<Blob | null> {
  const ratio = devicePixelRatio
  const top = 40 * ratio
  const edge = 16 * ratio
  const sheet = document.createElement('canvas')
  sheet.width = canvas.width + 2 * edge
  sheet.height = canvas.height + top + edge
  const ctx = sheet.getContext('2d')
  if (!ctx) return Promise.resolve(null)
  ctx.fillStyle = colours.card
  ctx.fillRect(0, 0, sheet.width, sheet.height)
  ctx.fillStyle = colours.ink
  ctx.font = colours.font.replace(/^\d+px/, `600 ${14 * ratio}px`)
  ctx.fillText(title, edge, 26 * ratio)
  ctx.drawImage(canvas, edge, top)
  return new Promise((resolve) => sheet.toBlob(resolve, 'image/png'))
}

/** Hand a file to whoever looks at the page. */
export function save(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
