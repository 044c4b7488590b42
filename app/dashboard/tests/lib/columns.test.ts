import { describe, expect, it } from 'vitest'

import { align, stack, total } from '@/lib/columns'
import type { Track } from '@/lib/track'

const track = (times: number[], values: (number | null)[]): Track => ({
  metric: 'm', labels: {}, step: 0, times, averages: values, minima: values, maxima: values, count: 1,
})

describe('tracks side by side', () => {
  it('uses the columns as they are where the times are the same', () => {
    const values = [1, 2]
    expect(align([track([0, 2], values), track([0, 2], [3, 4])]).averages[0]).toBe(values)
  })

  it('tells a gap, which reaches to the values beside it, from a time at which one track says nothing', () => {
    const { times, averages } = align([track([0, 4, 8], [1, null, 2]), track([2, 6, 10], [5, 6, 7])])
    expect(times).toEqual([0, 2, 4, 6, 8, 10])
    expect(averages).toEqual([[1, null, null, null, 2, undefined], [undefined, 5, undefined, 6, undefined, 7]])
  })

  it('draws a stretch at its middle', () => {
    expect(align([{ ...track([0, 60], [1, 2]), step: 60 }]).times).toEqual([30, 90])
  })

  it('stacks each on those below, gaps left out', () => {
    expect(stack([[1, 2, null], [3, undefined, 1]])).toEqual([[1, 2, null], [4, undefined, 1]])
  })

  it('adds devices up', () => {
    expect(total([track([0, 2], [1, null]), track([0, 2], [2, null])])?.averages).toEqual([3, null])
    expect(total([])).toBeNull()
  })
})
