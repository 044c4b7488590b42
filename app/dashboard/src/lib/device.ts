/** The device whose charts are shown, kept in the address. */
import { computed, type ComputedRef, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { tracksOf, type History } from './history'
import { sum } from './subjects'
import type { Track } from './track'

export function useDevice(history: History, metric: string, counts: (device: string) => boolean): {
  readonly device: WritableComputedRef<string>
  readonly devices: ComputedRef<string[]>
  /** The chosen device's series of a metric, or the sum over those that count. */
  readonly of: (metric: string) => Track | null
} {
  const route = useRoute()
  const router = useRouter()
  const devices = computed(() => tracksOf(history.drawn.value, metric).map((track) => track.labels['device'] ?? ''))
  const device = computed({
    get: () => {
      const asked = String(route.query['device'] ?? '')
      return devices.value.includes(asked) ? asked : ''
    },
    set: (chosen) => void router.replace({ query: { ...route.query, device: chosen || undefined } }),
  })
  const of = (wanted: string): Track | null => {
    if (!device.value) return sum(history.drawn.value, wanted, counts)
    return tracksOf(history.drawn.value, wanted).find((track) => track.labels['device'] === device.value) ?? null
  }
  return { device, devices, of }
}
