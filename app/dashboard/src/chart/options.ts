/** How uPlot draws a picture. */
import uPlot from 'uplot'

import { tick } from '@/lib/times'
import { text } from '@/lib/units'

import { banded } from './data'
import { sheer, type Palette } from './palette'
import { splits, stepped } from './splits'
import type { Picture, Words } from './types'
import { drawUnseen } from './unseen'

export interface Setting {
  readonly picture: () => Picture
  readonly colours: Palette
  readonly words: () => Words
  readonly language: string
  readonly width: number
  readonly height: number
  /** A moment that all charts mark, in Unix seconds. */
  readonly marked: () => number | null
  readonly zoomed: (start: number, end: number) => void
  readonly pointed: (plot: uPlot) => void
}

/** Charts of this group share one cursor. */
const SYNC = 'time'

export function options(setting: Setting): uPlot.Options {
  const picture = setting.picture()
  return {
    width: setting.width,
    height: setting.height,
    legend: { show: false },
    padding: [8, 14, 0, 0],
    cursor: {
      sync: { key: SYNC, setSeries: false },
      drag: { x: true, y: false, setScale: false, dist: 6 },
      bind: { dblclick: () => () => null },
      points: { size: 7, width: 1.5 },
      y: false,
    },
    select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    scales: {
      x: { time: true, auto: false },
      y: { range: (_, low, high) => reach(setting.picture(), low, high) },
    },
    axes: axes(setting),
    series: [{}, ...(banded(picture) ? bandedSeries(setting) : plainSeries(setting))],
    bands: bands(setting),
    hooks: {
      drawAxes: [(plot) => drawUnseen(plot, setting.picture().unseen, setting.colours, setting.words())],
      draw: [(plot) => drawMark(plot, setting)],
      setSelect: [(plot) => select(plot, setting)],
      setCursor: [(plot) => setting.pointed(plot)],
    },
  }
}

/** From zero, or from below it, up to a bit over the highest. */
export function reach(picture: Pick<Picture, 'ceiling'>, low: number | null, high: number | null): [number, number] {
  const floor = Math.min(0, low ?? 0)
  if (picture.ceiling !== null) return [floor, Math.max(picture.ceiling, high ?? 0)]
  return [floor, high === null || high <= 0 ? 1 : high * 1.08]
}

function axes(setting: Setting): uPlot.Axis[] {
  const { colours, language } = setting
  const { kind } = setting.picture()
  const shared = { stroke: colours.soft, font: colours.font, ticks: { show: false } }
  const grid = { stroke: colours.grid, width: 1 }
  return [
    {
      ...shared,
      grid: { show: false },
      size: 28,
      gap: 8,
      space: 72,
      values: (_plot, times, _axis, _space, step) => times.map((time) => tick(time, step, language)),
    },
    {
      ...shared,
      grid,
      gap: 6,
      size: (_plot, values) => 14 + 6.4 * Math.max(0, ...(values ?? []).map((value) => value.length)),
      space: 40,
      ...(stepped(kind) && { splits: (_plot: uPlot, _axis: number, low: number, high: number) => splits(kind, low, high) }),
      values: (_plot, values) => values.map((value) => text(kind, value, language)),
    },
  ]
}

function plainSeries({ picture, colours }: Setting): uPlot.Series[] {
  const { lines, shape } = picture()
  return lines.map((line, place) => {
    const stroke = colours.series(line.hue)
    const layer = shape === 'stacked'
    return {
      stroke,
      width: layer ? 0 : 1.5,
      points: { show: false },
      ...(layer && place === 0 && { fill: sheer(stroke, 0.82) }),
    }
  })
}

/** The highest, the lowest and the average of each line; the extremes only as the edges of a band. */
function bandedSeries({ picture, colours }: Setting): uPlot.Series[] {
  const { lines } = picture()
  return lines.flatMap((line) => {
    const stroke = colours.series(line.hue)
    const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } }
    const average: uPlot.Series = { stroke, width: 1.5, points: { show: false } }
    return [edge, { ...edge }, lines.length === 1 ? { ...average, fill: sheer(stroke, 0.08) } : average]
  })
}

function bands({ picture, colours }: Setting): uPlot.Band[] {
  const { lines, shape } = picture()
  if (banded(picture())) {
    return lines.map((line, place) => ({
      series: [3 * place + 1, 3 * place + 2],
      fill: sheer(colours.series(line.hue), 0.18),
    }))
  }
  if (shape !== 'stacked') return []
  return lines.slice(1).map((line, place) => ({
    series: [place + 2, place + 1],
    fill: sheer(colours.series(line.hue), 0.82),
  }))
}

function drawMark(plot: uPlot, { marked, colours }: Setting): void {
  const time = marked()
  if (time === null) return
  const { ctx, bbox } = plot
  const x = Math.round(plot.valToPos(time, 'x', true))
  if (x < bbox.left || x > bbox.left + bbox.width) return
  ctx.save()
  ctx.strokeStyle = colours.accent
  ctx.lineWidth = 1.5 * devicePixelRatio
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.restore()
}

function select(plot: uPlot, { zoomed }: Setting): void {
  const { left, width } = plot.select
  if (width <= 0) return
  const start = plot.posToVal(left, 'x')
  const end = plot.posToVal(left + width, 'x')
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  zoomed(start, end)
}
