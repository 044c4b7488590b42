/** English and Korean: all text is in messages/, Korean's loaded only where it is read. */
import { createI18n } from 'vue-i18n'

import english from '@/messages/en'

export type Language = 'en' | 'ko'
export const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', ko: '한국어' }

export const i18n = createI18n({
  legacy: false,
  locale: 'en' as string,
  fallbackLocale: 'en',
  messages: { en: english } as Record<string, typeof english>,
})

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(LANGUAGES, value)
}

/** Show everything in a language from now on; `system` is what the browser says. */
export async function speak(choice: Language | 'system'): Promise<void> {
  const language = choice === 'system' ? (navigator.language.startsWith('ko') ? 'ko' : 'en') : choice
  if (language === 'ko') i18n.global.setLocaleMessage('ko', (await import('@/messages/ko')).default)
  i18n.global.locale.value = language
  document.documentElement.lang = language
}
