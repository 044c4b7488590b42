/** When a rule would have fired, and when it nearly would have, as one list; and what the past suggests. */
import { falls } from './rules'
import { rounded, stepOf, type Unit } from './scale'
import type { Backtest, Labels, SeriesRange, Top } from './types'

export interface Occasion {
  readonly key: string
  readonly start: number
  /** When it ended; the trial's end where it had not. */
  readonly end: number
  readonly lasting: boolean
  readonly labels: Labels
  readonly worst: number | null
  readonly processes: readonly Top[]
  /** Why nothing came of it; null where it would have fired. */
  readonly missed: Backtest['misses'][number]['reason'] | null
  /** For how many seconds a near miss was seen to hold. */
  readonly observed: number
}

/** All of a report's occasions, the newest first. */
export function occasionsOf(report: Backtest | null): Occasion[] {
  if (!report) return []
  const fired = report.firings.map((one) => occasion(one.triggered_at, one.resolved_at, report.end, one, null, 0))
  const missed = report.misses.map((one) => occasion(one.began_at, one.ended_at, report.end, one, one.reason, one.observed))
  return [...fired, ...missed].sort((a, b) => b.start - a.start)
}

type Common = Pick<Occasion, 'labels' | 'worst' | 'processes'>

function occasion(
  start: number,
  end: number | null,
  until: number,
  { labels, worst, processes }: Common,
  missed: Occasion['missed'],
  observed: number,
): Occasion {
  const key = `${missed ?? 'fired'} ${start} ${Object.values(labels).join(' ')}`
  return { key, start, end: end ?? until, lasting: end === null, labels, worst, processes, missed, observed }
}

/** The occasion at a moment, or the nearest within `reach` seconds. */
export function nearest(occasions: readonly Occasion[], time: number, reach: number): Occasion | null {
  const away = (one: Occasion): number => Math.max(0, one.start - time, time - one.end)
  const found = [...occasions].sort((a, b) => away(a) - away(b))[0]
  return found && away(found) <= reach ? found : null
}

/** How long the longest of the firings lasted, in seconds. */
export const longest = (occasions: readonly Occasion[]): number =>
  Math.max(0, ...occasions.filter((one) => one.missed === null).map((one) => one.end - one.start))

export interface Suggested {
  readonly threshold: number
  readonly pace: 'often' | 'daily' | 'weekly' | 'rarely' | 'never'
  readonly count: number
}

const PACES = ['daily', 'weekly', 'rarely', 'never'] as const

/** Of the thresholds that the agent tried, one for each pace: about once a day, about once a week, seldom, never. */
export function suggested(report: Backtest | null): Suggested[] {
  const all = (report?.suggestions ?? []).map((one) => ({ threshold: one.threshold, count: one.a_week, pace: pace(one.a_week) }))
  return PACES.flatMap((wanted) => all.find((one) => one.pace === wanted) ?? [])
}

function pace(aWeek: number): Suggested['pace'] {
  if (aWeek > 10) return 'often'
  if (aWeek >= 3) return 'daily'
  if (aWeek >= 0.8) return 'weekly'
  return aWeek > 0 ? 'rarely' : 'never'
}

const QUIET = 0.97

/** A first threshold: one that the metric was beyond now and then; null without a past. */
export function proposed(series: readonly SeriesRange[], operator: string, unit: Unit): number | null {
  const low = falls(operator)
  const values = series.flatMap((one) => [...(low ? one.minima : one.maxima)]).sort((a, b) => a - b)
  const [first, last] = [values[0], values.at(-1)]
  if (first === undefined || last === undefined) return null
  const value = values[Math.round((values.length - 1) * (low ? 1 - QUIET : QUIET))] ?? last
  return rounded(value, stepOf(Math.max(Math.abs(first), Math.abs(last)), unit, 50))
}
