/** Light, dark or as the system has it; a mark on the document that the colours' variables hang on. */
import { ref, watchEffect } from 'vue'

export type Theme = 'system' | 'light' | 'dark'

const PLACE = 'traybeat-theme'
const dark = matchMedia('(prefers-color-scheme: dark)')

export const theme = ref<Theme>(kept())
/** What is in force: renewed whenever colours change, so that canvases are drawn anew. */
export const shade = ref<'light' | 'dark'>('light')

export function followTheme(): void {
  const systemDark = ref(dark.matches)
  dark.addEventListener('change', (event) => (systemDark.value = event.matches))
  watchEffect(() => {
    const chosen = theme.value === 'system' ? (systemDark.value ? 'dark' : 'light') : theme.value
    document.documentElement.dataset['theme'] = chosen
    shade.value = chosen
    localStorage.setItem(PLACE, theme.value)
  })
}

function kept(): Theme {
  const found = localStorage.getItem(PLACE)
  return found === 'light' || found === 'dark' ? found : 'system'
}
