/** One line or layer of a chart. */
import type { Track } from './track'

/** One of the palette's colours. */
export type Hue = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

export interface Line {
  readonly label: string
  readonly hue: Hue
  readonly track: Track
}

/** A hue for the n-th of many. */
export const hueOf = (place: number): Hue => ((place % 8) + 1) as Hue

/** Lines of the tracks that there are. */
export function linesOf(...wanted: readonly (readonly [label: string, hue: Hue, track: Track | null])[]): Line[] {
  return wanted.flatMap(([label, hue, track]) => (track ? [{ label, hue, track }] : []))
}
