import { describe, expect, it } from 'vitest'

import { longest, nearest, occasionsOf, proposed, suggested } from '@/lib/occasions'
import { unitNamed } from '@/lib/scale'
import type { Backtest, SeriesRange } from '@/lib/types'

const firing = (start: number, end: number | null) => ({
  labels: {}, triggered_at: start, resolved_at: end, value: 0.9, worst: 0.95, processes: [],
})
const miss = (start: number, end: number) => ({
  labels: {}, began_at: start, ended_at: end, observed: end - start, worst: 0.9, reason: 'short' as const, processes: [],
})
const suggestion = (threshold: number, week: number) => ({ threshold, firings: Math.round(week), a_week: week })
const report = (part: Partial<Backtest>): Backtest =>
  ({ start: 0, end: 1000, known_since: 0, series: 1, seconds: 0, firings: [], misses: [], suggestions: [], looks: [], ...part })

describe('what a rule would have done', () => {
  const found = occasionsOf(report({ firings: [firing(100, 200), firing(900, null)], misses: [miss(400, 450)] }))

  it('is one list, the newest first, near misses among it', () => {
    expect(found.map((one) => [one.start, one.end, one.missed, one.lasting])).toEqual([
      [900, 1000, null, true], [400, 450, 'short', false], [100, 200, null, false],
    ])
    expect(occasionsOf(null)).toEqual([])
  })

  it('is found at a moment, or near it', () => {
    expect(nearest(found, 150, 0)?.start).toBe(100)
    expect(nearest(found, 390, 20)?.start).toBe(400)
    expect(nearest(found, 300, 20)).toBeNull()
  })

  it('has a longest firing; near misses are none', () => expect(longest(found)).toBe(100))
})

describe('thresholds from the past', () => {
  it('are suggested once for each pace', () => {
    const all = [suggestion(0.2, 50), suggestion(0.4, 9), suggestion(0.5, 4), suggestion(0.7, 1), suggestion(0.9, 0.2), suggestion(0.95, 0)]
    expect(suggested(report({ suggestions: all })).map((one) => [one.threshold, one.pace])).toEqual([
      [0.4, 'daily'], [0.7, 'weekly'], [0.9, 'rarely'], [0.95, 'never'],
    ])
  })

  it('are proposed where the metric was now and then', () => {
    const values = Array.from({ length: 101 }, (_, n) => n / 100)
    const history = [{ minima: values, maxima: values }] as unknown as SeriesRange[]
    expect(proposed(history, '>', unitNamed('ratio', '%'))).toBe(0.98)
    expect(proposed(history, '<', unitNamed('ratio', '%'))).toBe(0.04)
    expect(proposed([], '>', unitNamed('ratio', '%'))).toBeNull()
  })
})
