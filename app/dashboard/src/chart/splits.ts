/** Where grid lines lie for units that are not counted in tens: bytes, and durations. */
import type { Kind } from '@/lib/units'

const MOST = 6
const DURATIONS = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400]

export const stepped = (kind: Kind): boolean => kind === 'bytes' || kind === 'seconds'

/** Up to six lines from `low` to `high`, at multiples of a power of two, or of a round duration. */
export function splits(kind: Kind, low: number, high: number): number[] {
  const least = (high - low) / MOST
  const step = kind === 'bytes' ? 2 ** Math.ceil(Math.log2(Math.max(1, least))) : duration(least)
  const first = Math.ceil(low / step)
  const count = Math.floor(high / step) - first + 1
  return Array.from({ length: Math.max(0, count) }, (_, place) => (first + place) * step)
}

function duration(least: number): number {
  const day = 86_400
  return DURATIONS.find((one) => one >= least) ?? Math.ceil(least / day) * day
}
