import { describe, expect, it } from 'vitest'

import { comparedLines } from '@/lib/compared'
import { draftOf, type Draft } from '@/lib/rules'
import type { Backtest, Range, SeriesRange } from '@/lib/types'

const METRIC = 'system_cpu_busy_ratio'
const NAMES = { metric: 'CPU busy', measured: 'measured', compared: 'compared' }
const series = (labels = {}): SeriesRange =>
  ({ metric: METRIC, labels, unit: 'ratio', step: 0, times: [0], averages: [1], minima: [1], maxima: [1], counts: [1], gaps: [] })
const lines = (reduction: Draft['function'], plain: SeriesRange[], looks: SeriesRange[] | null) =>
  comparedLines(
    { series: plain } as unknown as Range,
    looks && ({ looks } as unknown as Backtest),
    { ...draftOf(null), function: reduction },
    NAMES,
  ).map((line) => line.label)

describe('the lines of a trial', () => {
  it('are the metric itself where its newest value is compared', () => {
    expect(lines('last', [series()], [])).toEqual(['CPU busy'])
    expect(lines('last', [series({ core: '0' }), series({ core: '1' })], [])).toEqual(['0', '1'])
  })

  it('are of too many series those that come furthest', () => {
    const many = Array.from({ length: 12 }, (_, core) => series({ core: String(core) }))
    expect(lines('last', many, [series({ core: '9' }), series({ core: '11' })])).toEqual(['9', '11'])
    expect(lines('last', many, null)).toHaveLength(8)
  })

  it('are what is compared beside what was measured, once that is known', () => {
    expect(lines('avg', [series()], null)).toEqual(['CPU busy'])
    expect(lines('avg', [series()], [series()])).toEqual(['measured', 'compared'])
  })

  it('are only what is compared where there are several, or where it is of another sort', () => {
    expect(lines('avg', [series()], [series({ core: '0' }), series({ core: '1' })])).toEqual(['0', '1'])
    expect(lines('rate', [series()], [series()])).toEqual(['CPU busy'])
    expect(lines('rate', [series()], null)).toEqual([])
  })

  it('are never of another metric', () => expect(lines('last', [{ ...series(), metric: 'other' }], [])).toEqual([]))
})
