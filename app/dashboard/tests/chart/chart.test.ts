import { describe, expect, it } from 'vitest'

import { nearest, prepare } from '@/chart/data'
import { csv, quoted } from '@/chart/export'
import { reach } from '@/chart/options'
import { splits } from '@/chart/splits'
import { summarise } from '@/chart/summary'
import type { Picture } from '@/chart/types'
import { align } from '@/lib/columns'
import { fromSeries } from '@/lib/track'

const track = fromSeries({
  metric: 'm', labels: {}, unit: 'ratio', step: 0, times: [0, 2, 4], averages: [0.1, 0.5, 0.2],
  minima: [0.1, 0.4, 0.2], maxima: [0.1, 0.9, 0.2], counts: [1, 1, 1], gaps: [],
})
const picture = (over: Partial<Picture> = {}): Picture => ({
  lines: [{ label: 'busy', hue: 1, track }], shape: 'lines', kind: 'ratio', span: { start: 0, end: 4 }, unseen: [],
   ceiling: null, ...over,
})

describe('a chart', () => {
  it('has a band between the extremes where there are few lines', () => {
    expect(prepare(picture()).data).toHaveLength(1 + 3)
    expect(prepare(picture({ lines: Array(4).fill(picture().lines[0]) })).data).toHaveLength(1 + 4)
  })

  it('reaches to its ceiling, and beyond where a value does', () => {
    expect(reach({ ceiling: 1 }, 0, 0.3)).toEqual([0, 1])
    expect(reach({ ceiling: 1 }, 0, 1.4)).toEqual([0, 1.4])
    expect(reach({ ceiling: null }, 0, 0)).toEqual([0, 1])
  })

  it('says in numbers what it shows', () => {
    expect(summarise(['busy'], align([track]))).toEqual([
      { label: 'busy', newest: 0.2, lowest: 0.1, highest: 0.9, peak: 2, average: expect.closeTo(0.8 / 3) },
    ])
  })

    it('finds the nearest row', () => {
    expect([-5, 0.9, 1.1, 3.2, 99].map((time) => nearest([0, 2, 4], time))).toEqual([0, 0, 1, 2, 2])
    expect(nearest([], 1)).toBe(-1)
  })
})

describe('grid lines', () => {
  it('of bytes lie at powers of two, of durations at round ones', () => {
    expect(splits('bytes', 0, 31.2 * 2 ** 30).map((value) => value / 2 ** 30)).toEqual([0, 8, 16, 24])
    expect(splits('seconds', 0, 15_000)).toEqual([0, 3600, 7200, 10_800, 14_400])
    expect(splits('bytes', 0, 1)).toEqual([0, 1])
  })
})

describe('the table of a chart', () => {
  it('has a row a time, in UTC, with extremes', () => {
    expect(csv(['busy'], align([track])).split('\r\n').slice(0, 2)).toEqual([
      'time,busy,busy min,busy max',
      '1970-01-01T00:00:00.000Z,0.1,0.1,0.1',
    ])
  })

  it('hands no formula to a spreadsheet, whatever a device is called', () => {
    expect(['=cmd()', '@x', '+1', '-x', '-1.5', 'a"b,c'].map(quoted)).toEqual([
      "'=cmd()", "'@x", "'+1", "'-x", '-1.5', '"a""b,c"',
    ])
  })
})
