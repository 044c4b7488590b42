import { describe, expect, it } from 'vitest'

import { keyed, reachOf, valueAt } from '@/chart/trial'
import { unitNamed } from '@/lib/scale'

const PERCENT = unitNamed('ratio', '%')
const reach = (high: number, marks: number[], ratio = false): [number, number] => reachOf({ low: 0, high, marks, ratio })

describe('how far a trial reaches', () => {
  it('is beyond the values and the thresholds, with room to drag', () => {
    expect(reach(10, [])[1]).toBeCloseTo(11.2)
    expect(reach(10, [20, 15])[1]).toBeCloseTo(22.4)
  })

  it('is the whole of a ratio, unless that would hide a small one', () => {
    expect(reach(0.8, [0.9], true)).toEqual([0, 1])
    expect(reach(0.03, [0.05], true)[1]).toBeCloseTo(0.056)
  })

  it('leaves out thresholds so far away that the values would be a flat line', () => {
    expect(reach(10, [1000])[1]).toBeCloseTo(11.2)
    expect(reach(0, [5])[1]).toBeCloseTo(5.6)
  })

  it('has a height even where everything is nothing', () => expect(reach(0, [])).toEqual([0, 1]))
})

describe('a threshold that is dragged', () => {
  it('is where the pointer is, on round steps', () => {
    expect(valueAt(0.1512, [0, 1], PERCENT)).toBe(0.85)
    expect(valueAt(0.5, [0, 20 * 2 ** 30], unitNamed('bytes', 'GiB')) / 2 ** 30).toBeCloseTo(10)
  })

  it('stays within the chart', () => {
    expect(valueAt(-3, [0, 1], PERCENT)).toBe(1)
    expect(valueAt(3, [0, 1], PERCENT)).toBe(0)
  })
})

describe('a threshold under the keys', () => {
  it('moves by a step, by ten, to either end', () => {
    const moved = (key: string) => keyed(key, 0.85, [0, 1], PERCENT)
    expect(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'].map(moved)).toEqual([0.86, 0.84, 0.95, 0.75, 0, 1])
    expect(moved('a')).toBeNull()
  })
})
