import { describe, expect, it } from 'vitest'

import { append, emptyTrack, fromSeries, trim } from '@/lib/track'
import type { SeriesRange } from '@/lib/types'

const series = (over: Partial<SeriesRange> = {}): SeriesRange => ({
  metric: 'm', labels: {}, unit: 'ratio', step: 60,
  times: [0, 60, 600], averages: [1, 2, 3], minima: [0, 1, 2], maxima: [2, 3, 4], counts: [30, 30, 10], gaps: [2],
  ...over,
})

describe('a track', () => {
  it('keeps gaps as rows of nothing', () => {
    const track = fromSeries(series())
    expect(track.averages).toEqual([1, 2, null, 3])
    expect(track.times[2]).toBeGreaterThan(120)
    expect(track.times[2]).toBeLessThan(600)
  })

  it('takes what is heard into the newest stretch', () => {
    const track = fromSeries(series())
    append(track, 620, 14, 2)
    expect(track.averages.at(-1)).toBe((3 * 10 + 14) / 11)
    expect(track.maxima.at(-1)).toBe(14)
    expect(track.times).toHaveLength(4)
  })

  it('begins a new stretch where the old one has ended', () => {
    const track = fromSeries(series())
    append(track, 661, 5, 2)
    expect(track.times.at(-1)).toBe(660)
    expect(track.averages.at(-1)).toBe(5)
  })

  it('leaves a gap where nothing was heard for long', () => {
    const track = fromSeries(series())
    append(track, 800, 5, 2)
    expect(track.averages.slice(-2)).toEqual([null, 5])
  })

  it('hears nothing twice', () => {
    const track = emptyTrack('m', {}, 0)
    for (const time of [10, 10, 8]) append(track, time, 1, 2)
    expect(track.times).toEqual([10])
  })

  it('does not grow for ever', () => {
    const track = emptyTrack('m', {}, 0)
    for (let time = 0; time < 10_000; time += 2) {
      append(track, time, 1, 2)
      trim(track, time - 900)
    }
    expect(track.times.length).toBeLessThanOrEqual(451)
  })
})
