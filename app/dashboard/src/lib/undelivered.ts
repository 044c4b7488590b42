/** Messages that were given up, found in the alerts they were about. */
import { onMounted, shallowRef, watch, type ShallowRef } from 'vue'

import { get } from './api'
import { live } from './live'
import type { AlertPage } from './types'

export interface Undelivered {
  readonly key: string
  readonly alert: string
  readonly channel: string
  readonly attempts: number
  readonly time: number
  readonly answer: string
}

const LOOK_AT = 100

export function undelivered(page: AlertPage): Undelivered[] {
  return page.alerts
    .flatMap((alert) =>
      alert.deliveries
        .filter((one) => one.state === 'dead')
        .map((one) => ({
          key: `${alert.id} ${one.channel} ${one.event}`,
          alert: alert.name,
          channel: one.channel,
          attempts: one.attempts,
          time: one.ended_at ?? alert.triggered_at,
          answer: one.answer ?? '',
        })),
    )
    .sort((a, b) => b.time - a.time)
}

/** Those about the newest hundred alerts; null while they are not known. */
export function useUndelivered(): ShallowRef<readonly Undelivered[] | null> {
  const found = shallowRef<readonly Undelivered[] | null>(null)
  async function load(): Promise<void> {
    const page = await get<AlertPage>('/api/alerts/history', { limit: LOOK_AT }).catch(() => null)
    if (page) found.value = undelivered(page)
  }
  onMounted(load)
  watch(() => live.alerts, load)
  return found
}
