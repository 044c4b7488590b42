/** The settings as a page reads and changes them. */
import { onMounted, onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'

import { ask, get, Problem } from './api'
import { settled } from './appearance'
import { onResumed } from './live'
import { at as within, type Plain } from './settings'
import type { SettingsTree } from './types'

export interface Settings {
  readonly tree: ShallowRef<SettingsTree | null>
  /** Why they can't be had, where they can't. */
  readonly fault: ShallowRef<Problem | null>
  /** A setting's value by its path, `undefined` while it is not known. */
  readonly at: (path: string) => Plain
  /** Whether the environment sets it, so that nobody else can. */
  readonly fixed: (path: string) => boolean
  /** Change settings by a merge patch; raises Problem where the agent refuses. */
  readonly change: (patch: Record<string, unknown>) => Promise<SettingsTree>
}

export function useSettings(): Settings {
  const tree = shallowRef<SettingsTree | null>(null)
  const fault = shallowRef<Problem | null>(null)

  async function load(): Promise<void> {
    try {
      tree.value = await get<SettingsTree>('/api/settings')
      fault.value = null
    } catch (error) {
      fault.value = error instanceof Problem ? error : new Problem(0, String(error), '')
    }
  }

  onMounted(load)
  watch(settled, load)
  onScopeDispose(onResumed(() => void load()))
  return {
    tree,
    fault,
    at: (path) => within(tree.value?.settings, path),
    fixed: (path) => tree.value?.overridden.includes(path) ?? false,
    change: async (patch) => (tree.value = await ask<SettingsTree>('PATCH', '/api/settings', { body: patch })),
  }
}
