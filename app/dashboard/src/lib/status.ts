/** The agent's status: asked for now and then, for what the live feed does not tell (host, cost, health). */
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

import { get } from './api'
import { onResumed } from './live'
import type { Status } from './types'

const EVERY = 10_000

export const status: ShallowRef<Status | null> = shallowRef(null)

export async function refreshStatus(): Promise<void> {
  try {
    status.value = await get<Status>('/api/status')
  } catch {
    // What was last told stays; the live connection says that the agent is away.
  }
}

/** Keep `status` fresh for as long as the caller's scope lives. */
export function keepStatus(): void {
  void refreshStatus()
  const timer = setInterval(() => document.visibilityState === 'visible' && void refreshStatus(), EVERY)
  const off = onResumed(() => void refreshStatus())
  onScopeDispose(() => {
    clearInterval(timer)
    off()
  })
}
