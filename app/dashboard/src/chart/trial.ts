/** How a rule's trial is drawn: the metric's past, what would have fired shaded, thresholds as lines that HTML lays over. */
import type uPlot from 'uplot'

import { stepOf, type Unit } from '@/lib/scale'
import type { Span } from '@/lib/range'

import { sheer, type Palette } from './palette'

export interface Shade extends Span {
  readonly missed: boolean
}

/** How far the values reach, and what has to be seen beside them. */
export interface Reach {
  readonly low: number
  readonly high: number
  readonly marks: readonly number[]
  readonly ratio: boolean
}

/** Where the axis ends: all values, and thresholds unless they lie so far away that the values would be a flat line. */
export function reachOf({ low, high, marks, ratio }: Reach): [number, number] {
  const farthest = FARTHEST * Math.max(Math.abs(high), Math.abs(low)) || Infinity
  const near = marks.filter((mark) => Math.abs(mark) <= farthest)
  const top = Math.max(high, ...near)
  const bottom = Math.min(0, low, ...near)
  if (top <= bottom) return [bottom, bottom + 1]
  const roomy = bottom + (top - bottom) * ROOM
  return [bottom, ratio && top <= 1 && roomy > 0.5 ? 1 : roomy]
}

const FARTHEST = 4
const ROOM = 1.12

/** A value for a height in the chart, on round steps. */
export function valueAt(share: number, [low, high]: readonly [number, number], unit: Unit): number {
  const step = stepOf(high - low, unit, STEPS)
  const value = high - Math.min(1, Math.max(0, share)) * (high - low)
  return Number((Math.round(value / step) * step).toPrecision(12))
}

export const STEPS = 200
const PAGE = 10

/** The value that a key leads to; null for a key that means nothing here. */
export function keyed(key: string, value: number, [low, high]: readonly [number, number], unit: Unit): number | null {
  const step = stepOf(high - low, unit, STEPS / 2)
  const moves: Record<string, number> = {
    ArrowUp: step, ArrowRight: step, ArrowDown: -step, ArrowLeft: -step, PageUp: PAGE * step, PageDown: -PAGE * step,
  }
  if (key === 'Home') return low
  if (key === 'End') return high
  const move = moves[key]
  return move === undefined ? null : Number((Math.round((value + move) / step) * step).toPrecision(12))
}

const LEAST_WIDTH = 3
const SIGN = 5

/** Firings in the severity's colour above a solid triangle, near misses grey above a ring. */
export function drawShades(plot: uPlot, shades: readonly Shade[], colour: string, colours: Palette): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  for (const shade of shades) {
    const left = plot.valToPos(shade.start, 'x', true)
    const width = Math.max(LEAST_WIDTH * devicePixelRatio, plot.valToPos(shade.end, 'x', true) - left)
    ctx.fillStyle = sheer(shade.missed ? colours.faint : colour, shade.missed ? 0.3 : 0.26)
    ctx.fillRect(left, bbox.top, width, bbox.height)
    sign(ctx, shade.missed, left + width / 2, bbox.top + bbox.height, shade.missed ? colours.soft : colour)
  }
  ctx.restore()
}

function sign(ctx: CanvasRenderingContext2D, missed: boolean, middle: number, foot: number, colour: string): void {
  const size = SIGN * devicePixelRatio
  ctx.beginPath()
  if (missed) {
    ctx.arc(middle, foot - size, size * 0.7, 0, 2 * Math.PI)
    ctx.lineWidth = 1.5 * devicePixelRatio
    ctx.strokeStyle = colour
    ctx.stroke()
    return
  }
  ctx.moveTo(middle, foot - 2 * size)
  ctx.lineTo(middle + size, foot)
  ctx.lineTo(middle - size, foot)
  ctx.fillStyle = colour
  ctx.fill()
}

/** A threshold across the chart, where it lies within it. */
export function drawLevel(plot: uPlot, value: number | null, colour: string, strong: boolean): void {
  if (value === null) return
  const { ctx, bbox } = plot
  const y = Math.round(plot.valToPos(value, 'y', true))
  if (y < bbox.top || y > bbox.top + bbox.height) return
  ctx.save()
  ctx.strokeStyle = colour
  ctx.lineWidth = (strong ? 2 : 1) * devicePixelRatio
  ctx.setLineDash(strong ? [6 * devicePixelRatio, 4 * devicePixelRatio] : [])
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
}

/** A frame around the occasion that is looked at. */
export function drawMarked(plot: uPlot, marked: Span | null, colours: Palette): void {
  if (!marked) return
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  const left = plot.valToPos(marked.start, 'x', true)
  const width = Math.max(LEAST_WIDTH * ratio, plot.valToPos(marked.end, 'x', true) - left)
  ctx.save()
  ctx.strokeStyle = colours.ink
  ctx.lineWidth = ratio
  ctx.strokeRect(left - 2 * ratio, bbox.top + ratio / 2, width + 4 * ratio, bbox.height - ratio)
  ctx.restore()
}
