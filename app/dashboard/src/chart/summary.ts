/** A chart in numbers, for those who can't see it. */
import type { Column, Columns } from '@/lib/columns'

export interface Summary {
  readonly label: string
  readonly newest: number | null
  readonly lowest: number | null
  readonly highest: number | null
  /** When it was highest, in Unix seconds. */
  readonly peak: number | null
  readonly average: number | null
}

export function summarise(labels: readonly string[], columns: Columns): Summary[] {
  return labels.map((label, place) => {
    const averages = numbers(columns.averages[place])
    const lowest = numbers(columns.minima[place]).reduce((a, b) => Math.min(a, b), Infinity)
    const highest = numbers(columns.maxima[place]).reduce((a, b) => Math.max(a, b), -Infinity)
    const at = columns.maxima[place]?.indexOf(highest) ?? -1
    return {
      label,
      newest: averages.at(-1) ?? null,
      lowest: Number.isFinite(lowest) ? lowest : null,
      highest: Number.isFinite(highest) ? highest : null,
      peak: columns.times[at] ?? null,
      average: averages.length ? averages.reduce((sum, value) => sum + value, 0) / averages.length : null,
    }
  })
}

const numbers = (column: Column | undefined): number[] => (column ?? []).filter((value) => typeof value === 'number')
