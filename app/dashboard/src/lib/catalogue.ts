/** The metrics that are recorded, and what their labels are now. */
import { shallowRef, type ShallowRef } from 'vue'

import { get } from './api'
import { live } from './live'
import type { Catalogue, MetricInfo } from './types'

const known = shallowRef<readonly MetricInfo[]>([])

/** All metrics; empty until the agent has told them. */
export function useCatalogue(): ShallowRef<readonly MetricInfo[]> {
  if (!known.value.length) {
    get<Catalogue>('/api/metrics').then(
      (found) => (known.value = found.metrics),
      () => undefined, // asked again when an editor is opened next; the metric in force can be tried meanwhile
    )
  }
  return known
}

/** What a label of a metric says now, in natural order. */
export function labelValues(metric: string, label: string): string[] {
  const values = Object.values(live.readings?.sources ?? {}).flatMap((source) => source.values)
  const found = new Set(values.filter((one) => one.metric === metric).map((one) => one.labels[label] ?? ''))
  return [...found].filter(Boolean).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

/** How many series a metric has now. */
export const seriesOf = (metric: string): number =>
  Object.values(live.readings?.sources ?? {})
    .flatMap((source) => source.values)
    .filter((one) => one.metric === metric).length

/** The newest value of any series of a metric. */
export function newestOf(metric: string): number | null {
  for (const source of Object.values(live.readings?.sources ?? {})) {
    const found = source.values.find((one) => one.metric === metric)
    if (found) return found.value
  }
  return null
}
