/** A picture's lines as uPlot wants them. */
import type { AlignedData } from 'uplot'

import { align, stack, type Column, type Columns } from '@/lib/columns'

import type { Picture } from './types'

export interface Prepared {
  /** What uPlot draws: times, then a column for each line, or three where there are bands. */
  readonly data: AlignedData
  /** What was measured, for the legend, the summary and the export. */
  readonly columns: Columns
}

/** Up to so many lines have bands of their extremes; with more, nothing could be told apart. */
const MOST_BANDS = 3

export const banded = (picture: Pick<Picture, 'shape' | 'lines'>): boolean =>
  picture.shape === 'lines' && picture.lines.length <= MOST_BANDS

export function prepare(picture: Picture): Prepared {
  const columns = align(picture.lines.map((line) => line.track))
  const drawn: readonly Column[] = banded(picture)
    ? columns.averages.flatMap((average, place) => [columns.maxima[place] ?? [], columns.minima[place] ?? [], average])
    : picture.shape === 'stacked'
      ? stack(columns.averages)
      : columns.averages
  return { data: [columns.times, ...drawn] as unknown as AlignedData, columns }
}

/** The row whose time is nearest; -1 where there is none. */
export function nearest(times: readonly number[], time: number): number {
  let low = 0
  let high = times.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) < time) low = middle + 1
    else high = middle
  }
  const before = times[low - 1]
  return before !== undefined && time - before < (times[low] ?? Infinity) - time ? low - 1 : low < times.length ? low : -1
}
