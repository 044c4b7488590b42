/** Light, dark or as the system has it; a mark on the document that the colours' variables hang on. */
import { ref, watchEffect } from 'vue'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const dark = matchMedia('(prefers-color-scheme: dark)')
const theme = ref<Theme>('system')

/** What is in force: renewed whenever colours change, so that canvases are drawn anew. */
export const shade = ref<'light' | 'dark'>('light')

/** Show everything in a theme from now on; `system` is what the browser says, also when that changes. */
export function wear(choice: Theme): void {
  theme.value = choice
}

export function followTheme(): void {
  const systemDark = ref(dark.matches)
  dark.addEventListener('change', (event) => (systemDark.value = event.matches))
  watchEffect(() => {
    shade.value = theme.value === 'system' ? (systemDark.value ? 'dark' : 'light') : theme.value
    document.documentElement.dataset['theme'] = shade.value
  }, { flush: 'sync' })
}
