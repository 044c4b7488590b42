/**
 * One series over time, as columns that grow with what is heard live.
 *
 * A row's time is where its stretch begins; `step` is the stretch in seconds, 0 for single samples. A row of nulls is
 * a gap.
 */
import type { Labels, SeriesRange } from './types'

export type Cell = number | null

export interface Track {
  readonly metric: string
  readonly labels: Labels
  readonly step: number
  readonly times: number[]
  readonly averages: Cell[]
  readonly minima: Cell[]
  readonly maxima: Cell[]
  /** How many samples the newest row stands for. */
  count: number
}

/** Beyond so many intervals without a value there is a gap. */
const MISSED = 3

export const keyOf = (metric: string, labels: Labels): string =>
  metric + JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

export function emptyTrack(metric: string, labels: Labels, step: number): Track {
  return { metric, labels, step, times: [], averages: [], minima: [], maxima: [], count: 0 }
}

/** Take over a series as the agent tells it. */
export function fromSeries(series: SeriesRange): Track {
  const track = emptyTrack(series.metric, series.labels, series.step)
  const gaps = new Set(series.gaps)
  series.times.forEach((time, row) => {
    if (gaps.has(row)) {
      push(track, (time + (series.times[row - 1] ?? time) + series.step) / 2, null, null, null)
    }
    push(track, time, series.averages[row] ?? null, series.minima[row] ?? null, series.maxima[row] ?? null)
  })
  track.count = series.counts.at(-1) ?? 0
  return track
}

/** Add a value heard live: to the newest stretch, or as the first of a new one. */
export function append(track: Track, time: number, value: number, interval: number): void {
  const last = track.times.length - 1
  const begun = track.times[last]
  if (begun !== undefined && time <= begun) return
  if (begun !== undefined && time < begun + track.step && track.averages[last] !== null) {
    widen(track, last, value)
    return
  }
  if (begun !== undefined && time - begun - track.step > MISSED * Math.max(interval, 1)) {
    push(track, (begun + track.step + time) / 2, null, null, null)
  }
  push(track, track.step > 0 ? Math.floor(time / track.step) * track.step : time, value, value, value)
  track.count = 1
}

/** Drop what ended before `start`. */
export function trim(track: Track, start: number): void {
  let old = 0
  while (old < track.times.length && (track.times[old] ?? 0) + track.step < start) old += 1
  if (old === 0) return
  for (const column of [track.times, track.averages, track.minima, track.maxima]) column.splice(0, old)
}

/** The newest value that there is. */
export function newest(track: Track | undefined): number | null {
  if (!track) return null
  return track.averages.at(-1) ?? null
}

function widen(track: Track, row: number, value: number): void {
  const before = track.averages[row] ?? value
  track.averages[row] = (before * track.count + value) / (track.count + 1)
  track.minima[row] = Math.min(track.minima[row] ?? value, value)
  track.maxima[row] = Math.max(track.maxima[row] ?? value, value)
  track.count += 1
}

function push(track: Track, time: number, average: Cell, minimum: Cell, maximum: Cell): void {
  track.times.push(time)
  track.averages.push(average)
  track.minima.push(minimum)
  track.maxima.push(maximum)
}
