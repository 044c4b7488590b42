/** Bands where nothing was seen, drawn below the lines, each with its word; hatched where only Traybeat was not there. */
import type uPlot from 'uplot'

import type { Unseen } from '@/lib/types'

import { sheer, type Palette } from './palette'
import type { Words } from './types'

export function drawUnseen(plot: uPlot, unseen: readonly Unseen[], colours: Palette, words: Words): void {
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  for (const gap of unseen) {
    const left = plot.valToPos(gap.start, 'x', true)
    const width = plot.valToPos(gap.end, 'x', true) - left
    ctx.fillStyle = sheer(colours.faint, 0.14)
    ctx.fillRect(left, bbox.top, width, bbox.height)
    if (gap.reason === 'stopped') hatch(ctx, left, width, bbox, sheer(colours.faint, 0.3), ratio)
    label(ctx, words[gap.reason], left, width, bbox, colours, ratio)
  }
  ctx.restore()
}

function hatch(ctx: CanvasRenderingContext2D, left: number, width: number, box: uPlot.BBox, colour: string, ratio: number) {
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, box.top, width, box.height)
  ctx.clip()
  ctx.strokeStyle = colour
  ctx.lineWidth = ratio
  ctx.beginPath()
  for (let x = left - box.height; x < left + width; x += 8 * ratio) {
    ctx.moveTo(x, box.top + box.height)
    ctx.lineTo(x + box.height, box.top)
  }
  ctx.stroke()
  ctx.restore()
}

function label(
  ctx: CanvasRenderingContext2D,
  word: string,
  left: number,
  width: number,
  box: uPlot.BBox,
  colours: Palette,
  ratio: number,
): void {
  ctx.font = colours.font.replace(/^\d+/, String(Math.round(11 * ratio)))
  if (ctx.measureText(word).width + 8 * ratio > width) return
  ctx.fillStyle = colours.soft
  ctx.textAlign = 'center'
  ctx.textBaseline = 'top'
  ctx.fillText(word, left + width / 2, box.top + 6 * ratio)
}
