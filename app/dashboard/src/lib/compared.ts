/** The lines of a rule's trial: the metric's past, and what the rule made of it where that is something else. */
import { hueOf, type Line } from './lines'
import type { Draft } from './rules'
import { fromSeries, keyOf } from './track'
import type { Backtest, Range, SeriesRange } from './types'

export const MOST_LINES = 8
/** What these make of a metric is of another sort than the metric, which then can't be drawn beside it. */
export const APART: readonly string[] = ['rate', 'delta', 'sum']
const MEASURED = 6

export interface LineNames {
  readonly metric: string
  readonly measured: string
  readonly compared: string
}

export function comparedLines(history: Range | null, report: Backtest | null, draft: Draft, names: LineNames): Line[] {
  const plain = history?.series.filter((one) => one.metric === draft.metric) ?? []
  const looks = report?.looks ?? []
  if (draft.function === 'last' || draft.absent) return drawn(foremost(plain, looks), names)
  const [measured, compared] = [plain[0], looks[0]]
  if (APART.includes(draft.function) || looks.length > 1) return drawn(looks, names)
  if (!compared || !measured) return drawn(plain, names)
  return [
    { label: names.measured, hue: MEASURED, track: fromSeries(measured) },
    { label: names.compared, hue: 1, track: fromSeries(compared) },
  ]
}

/** Of too many series those that the agent found to come furthest. */
function foremost(plain: readonly SeriesRange[], looks: readonly SeriesRange[]): readonly SeriesRange[] {
  if (plain.length <= MOST_LINES) return plain
  const wanted = new Set(looks.map((one) => keyOf(one.metric, one.labels)))
  const found = plain.filter((one) => wanted.has(keyOf(one.metric, one.labels)))
  return found.length ? found : plain
}

const drawn = (series: readonly SeriesRange[], names: LineNames): Line[] =>
  series.slice(0, MOST_LINES).map((one, place) => ({
    label: Object.values(one.labels).join(' ') || names.metric,
    hue: hueOf(place),
    track: fromSeries(one),
  }))
