/** Several tracks on one axis of time, as charts, tables and exports want them. */
import type { Cell, Track } from './track'

/** `undefined` is a time at which this track says nothing; `null` is a gap. */
export type Column = (Cell | undefined)[]

export interface Columns {
  readonly times: readonly number[]
  readonly averages: readonly Column[]
  readonly minima: readonly Column[]
  readonly maxima: readonly Column[]
}

const NONE: Columns = { times: [], averages: [], minima: [], maxima: [] }

/** Put the tracks side by side; a stretch is drawn at its middle. */
export function align(tracks: readonly Track[]): Columns {
  const first = tracks[0]
  if (!first) return NONE
  const centres = tracks.map((track) => (track.step ? track.times.map((time) => time + track.step / 2) : track.times))
  if (centres.every((one) => same(one, centres[0] ?? []))) {
    return {
      times: centres[0] ?? [],
      averages: tracks.map((track) => track.averages),
      minima: tracks.map((track) => track.minima),
      maxima: tracks.map((track) => track.maxima),
    }
  }
  return join(tracks, centres)
}

function join(tracks: readonly Track[], centres: readonly (readonly number[])[]): Columns {
  const times = [...new Set(centres.flat())].sort((a, b) => a - b)
  const rows = new Map(times.map((time, row) => [time, row]))
  const spread = (column: readonly Cell[], place: number): Column => {
    const wide: Column = new Array<Cell | undefined>(times.length).fill(undefined)
    centres[place]?.forEach((time, row) => (wide[rows.get(time) ?? 0] = column[row] ?? null))
    return widened(wide)
  }
  return {
    times,
    averages: tracks.map((track, place) => spread(track.averages, place)),
    minima: tracks.map((track, place) => spread(track.minima, place)),
    maxima: tracks.map((track, place) => spread(track.maxima, place)),
  }
}

/** A gap reaches to the values at its sides, whatever rows others have in between. */
function widened(column: Column): Column {
  for (const [first, last, step] of [[0, column.length, 1], [column.length - 1, -1, -1]] as const) {
    let gap = false
    for (let row = first; row !== last; row += step) {
      if (column[row] !== undefined) gap = column[row] === null
      else if (gap) column[row] = null
    }
  }
  return column
}

/** Each column on top of those before it; a gap in one is a gap in what lies above. */
export function stack(columns: readonly Column[]): Column[] {
  const base: number[] = []
  return columns.map((column) =>
    column.map((value, row) => {
      if (value === null || value === undefined) return value
      return (base[row] = (base[row] ?? 0) + value)
    }),
  )
}

/** The sum of tracks that were collected together, such as all disks; the extremes are those of the sums' parts. */
export function total(tracks: readonly Track[]): Track | null {
  const first = tracks[0]
  if (!first) return null
  const columns = align(tracks)
  const add = (parts: readonly Column[]): Cell[] =>
    columns.times.map((_, row) => {
      const values = parts.map((part) => part[row]).filter((value) => typeof value === 'number')
      return values.length ? values.reduce((sum, value) => sum + value, 0) : null
    })
  return {
    metric: first.metric,
    labels: {},
    step: 0,
    times: [...columns.times],
    averages: add(columns.averages),
    minima: add(columns.minima),
    maxima: add(columns.maxima),
    count: 1,
  }
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((value, row) => value === b[row]))
}
