/**
 * How the page looks and speaks: as this browser has it for itself, else as the settings say.
 *
 * The settings are told by the session that is opened, then by the live feed; what was told last is kept, so that the
 * next start needs not wait for it.
 */
import { computed, ref, watch } from 'vue'

import { isLanguage, speak, type Language } from './language'
import { THEMES, wear, type Theme } from './theme'

export interface Look {
  readonly language: Language | 'system'
  readonly theme: Theme
}

const SETTINGS = 'traybeat-look'
const OWN = 'traybeat-own-look'
const SYSTEM: Look = { language: 'system', theme: 'system' }

/** What the settings say. */
export const settled = ref<Look>({ ...SYSTEM, ...kept(SETTINGS) })
/** What this browser has for itself, where somebody may not change the settings. */
export const own = ref<Partial<Look>>(kept(OWN))
/** What is in force. */
export const look = computed<Look>(() => ({ ...settled.value, ...own.value }))

/** Take over what the settings say. */
export function tell(told: Look): void {
  settled.value = { language: told.language, theme: told.theme }
  localStorage.setItem(SETTINGS, JSON.stringify(settled.value))
}

/** Have a look of this browser's own; an empty one goes back to the settings'. */
export function keepOwn(chosen: Partial<Look>): void {
  own.value = chosen
  localStorage.setItem(OWN, JSON.stringify(chosen))
}

/** Look and speak so, now and whenever it changes; ends once the first language is there. */
export async function followLook(): Promise<void> {
  watch(() => look.value.theme, wear, { immediate: true })
  watch(() => look.value.language, speak)
  await speak(look.value.language)
}

function kept(place: string): Partial<Look> {
  try {
    const found = JSON.parse(localStorage.getItem(place) ?? '{}') as Record<string, unknown>
    const { language, theme } = found
    return {
      ...((isLanguage(language) || language === 'system') && { language }),
      ...(THEMES.some((one) => one === theme) && { theme: theme as Theme }),
    }
  } catch {
    return {}
  }
}
