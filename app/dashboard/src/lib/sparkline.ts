/** A track as the paths of a small picture, 240 wide and 48 high. */
import type { Span } from './range'
import type { Track } from './track'

const WIDTH = 240
const HEIGHT = 48
const MOST = 160

export interface Paths {
  readonly line: string
  readonly area: string
}

/** Draw the highest of each of up to 160 stretches; gaps stay gaps. */
export function sparkline(track: Track, span: Span, ceiling: number | null): Paths {
  const cells = gather(track, span)
  const top = ceiling ?? Math.max(...cells.map((cell) => cell ?? 0), Number.MIN_VALUE) * 1.1
  const x = (place: number): number => Math.round((place / (MOST - 1)) * WIDTH * 10) / 10
  const y = (value: number): number => Math.round((HEIGHT - 1 - (Math.min(value, top) / top) * (HEIGHT - 4)) * 10) / 10
  let line = ''
  let area = ''
  let open: number | null = null
  cells.forEach((cell, place) => {
    if (cell === null) {
      if (open !== null) area += `L${x(place - 1)} ${HEIGHT}Z`
      open = null
      return
    }
    const point = `${x(place)} ${y(cell)}`
    line += (open === null ? 'M' : 'L') + point
    area += open === null ? `M${x(place)} ${HEIGHT}L${point}` : `L${point}`
    open = place
  })
  if (open !== null) area += `L${x(open)} ${HEIGHT}Z`
  return { line, area }
}

function gather(track: Track, { start, end }: Span): (number | null)[] {
  const cells = new Array<number | null>(MOST).fill(null)
  const width = (end - start) / MOST
  let before: number | null = null
  track.times.forEach((time, row) => {
    const value = track.averages[row] ?? null
    const place = Math.floor((time + track.step / 2 - start) / width)
    if (place >= 0 && place < MOST) {
      if (value !== null) {
        cells[place] = Math.max(cells[place] ?? value, value)
        bridge(cells, before, place)
      }
      before = value === null ? null : place
    }
  })
  return cells
}

/** Fill what lies between two values without a gap where there are fewer values than stretches. */
function bridge(cells: (number | null)[], from: number | null, to: number): void {
  if (from === null) return
  const [a, b] = [cells[from] ?? 0, cells[to] ?? 0]
  for (let place = from + 1; place < to; place += 1) cells[place] = a + ((b - a) * (place - from)) / (to - from)
}
