import { describe, expect, it } from 'vitest'

import { formatFilter, parseFilter, rowsOf, spanOf, ticksOf } from '@/lib/timeline'
import type { AlertInfo } from '@/lib/types'

const alert = (rule: string, start: number, end: number | null, part: Partial<AlertInfo> = {}): AlertInfo =>
  ({ id: `${rule}${start}`, rule, name: rule.toUpperCase(), severity: 'warning', state: end === null ? 'firing' : 'resolved',
    triggered_at: start, resolved_at: end, labels: {}, ...part }) as unknown as AlertInfo
const SPAN = { start: 1000, end: 2000 }
const rows = (...alerts: AlertInfo[]) => rowsOf(alerts, SPAN, 2000, 0.02)

describe('alerts over time', () => {
  it('have a row a rule, the one that fired last first', () => {
    expect(rows(alert('a', 1100, 1200), alert('b', 1500, 1600), alert('a', 1300, 1400)).map((row) => [row.rule, row.name, row.count])).toEqual([
      ['b', 'B', 1], ['a', 'A', 2],
    ])
  })

  it('reach as far as they lasted, within what is looked at', () => {
    const [row] = rows(alert('a', 500, 1100), alert('a', 1400, 1600), alert('a', 1900, null))
    expect(row?.bars.map((bar) => [bar.from, bar.to, bar.state])).toEqual([
      [0, 0.1, 'resolved'], [0.4, 0.6, 'resolved'], [0.9, 1, 'firing'],
    ])
  })

  it('are left out where they ended before or began after', () => {
    expect(rows(alert('a', 500, 900), alert('b', 2000, null))).toEqual([])
  })

  it('are one bar where they can not be told apart, as bad as the worst of them', () => {
    const [row] = rows(alert('a', 1100, 1101), alert('a', 1110, 1111, { severity: 'critical' }), alert('a', 1300, 1301))
    expect(row?.bars.map((bar) => [bar.alerts.length, bar.severity])).toEqual([[2, 'critical'], [1, 'warning']])
    expect(row?.bars[0]?.alerts.map((one) => one.triggered_at)).toEqual([1110, 1100])
  })
})

describe('the axis', () => {
  it('has a few round moments', () => {
    const { times, step } = ticksOf({ start: 0, end: 7 * 86_400 }, 7)
    expect(step).toBe(86_400)
    expect(times.length).toBeGreaterThanOrEqual(7)
    expect(times.length).toBeLessThanOrEqual(8)
    expect(new Set(times.slice(1).map((time, place) => time - (times[place] ?? 0)))).toEqual(new Set([step]))
  })
})

describe('which alerts are looked at', () => {
  it('stands in the address', () => {
    const filter = parseFilter({ within: '30d', severity: 'critical', rule: 'hot' })
    expect(filter).toEqual({ within: '30d', from: null, to: null, state: '', severity: 'critical', rule: 'hot' })
    expect(parseFilter(formatFilter({ ...filter, from: 100, to: 200 }))).toEqual({ ...filter, from: 100, to: 200 })
  })

  it('is the last week where the address says nothing that makes sense', () => {
    const filter = parseFilter({ within: 'x', since: '200', until: '100', state: 'x', severity: 'x' })
    expect(filter).toEqual({ within: '7d', from: null, to: null, state: '', severity: '', rule: '' })
    expect(formatFilter(filter)).toEqual({})
    expect(spanOf(filter, 604_800)).toEqual({ start: 0, end: 604_800 })
  })
})
