/** The processes at a moment, or those of now as the live feed tells them. */
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'

import { get } from './api'
import type { Loading } from './history'
import { live } from './live'
import type { Processes } from './types'

export function useProcesses(at: () => number | null): {
  readonly found: ComputedRef<Processes | null>
  readonly state: ShallowRef<Loading>
} {
  const then = shallowRef<Processes | null>(null)
  const state = shallowRef<Loading>('loading')
  let asking: AbortController | null = null

  async function load(moment: number | null): Promise<void> {
    asking?.abort()
    then.value = null
    if (moment === null) return
    const mine = (asking = new AbortController())
    state.value = 'loading'
    try {
      then.value = await get<Processes>('/api/processes', { at: moment }, mine.signal)
      state.value = 'ready'
    } catch {
      if (!mine.signal.aborted) state.value = 'failed'
    }
  }

  watch(at, load, { immediate: true })
  onScopeDispose(() => asking?.abort())
  const found = computed<Processes | null>(() => {
    if (at() !== null) return then.value
    return live.readings && { time: live.time, processes: live.readings.readings.top }
  })
  return { found, state }
}
