/** English and Korean: all text is in messages/, Korean's loaded only where it is read. */
import { createI18n } from 'vue-i18n'

import english from '@/messages/en'

export type Language = 'en' | 'ko'
export const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', ko: '한국어' }

const PLACE = 'traybeat-language'

export const i18n = createI18n({
  legacy: false,
  locale: 'en' as string,
  fallbackLocale: 'en',
  messages: { en: english } as Record<string, typeof english>,
})

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(LANGUAGES, value)
}

/** The language asked for: chosen before, else the system's. */
export function preferred(): Language {
  const kept = localStorage.getItem(PLACE)
  if (isLanguage(kept)) return kept
  return navigator.language.startsWith('ko') ? 'ko' : 'en'
}

/** Show everything in a language from now on; `system` is what the browser says. */
export async function speak(choice: Language | 'system'): Promise<void> {
  if (choice === 'system') localStorage.removeItem(PLACE)
  else localStorage.setItem(PLACE, choice)
  const language = choice === 'system' ? preferred() : choice
  if (language === 'ko') i18n.global.setLocaleMessage('ko', (await import('@/messages/ko')).default)
  i18n.global.locale.value = language
  document.documentElement.lang = language
}
