import { expect, it } from 'vitest'

import { sparkline } from '@/lib/sparkline'
import { fromSeries } from '@/lib/track'

const track = (gaps: number[]) =>
  fromSeries({
    metric: 'm', labels: {}, unit: '', step: 0, times: [0, 50, 100], averages: [0, 1, 0.5], minima: [], maxima: [],
    counts: [1, 1, 1], gaps,
  })

it('draws one line without gaps, and as many as there are stretches between gaps', () => {
  expect(sparkline(track([]), { start: 0, end: 101 }, 1).line.match(/M/g)).toHaveLength(1)
  expect(sparkline(track([2]), { start: 0, end: 101 }, 1).line.match(/M/g)).toHaveLength(2)
})

it('never leaves its frame', () => {
  const numbers = sparkline(track([]), { start: 0, end: 101 }, 0.5).line.match(/[\d.]+/g)?.map(Number) ?? []
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...numbers)).toBeLessThanOrEqual(240)
})
