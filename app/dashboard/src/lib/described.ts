/** What the agent says of its settings, which it says in English, in the language that is spoken. */
import { shallowRef, watchEffect } from 'vue'
import { useI18n } from 'vue-i18n'

type Dictionary = Readonly<Record<string, string>>

const korean = shallowRef<Dictionary>({})

/** The text in another language: numbers in it are kept, what is not known stays as it is. */
export function translated(text: string, dictionary: Dictionary): string {
  const numbers = text.match(/\d+(\.\d+)?/g) ?? []
  const found = dictionary[text] ?? dictionary[text.replace(/\d+(\.\d+)?/g, '#')]
  return found?.replace(/#/g, () => numbers.shift() ?? '') ?? text
}

export function useDescribed(): (text: string) => string {
  const { locale } = useI18n()
  watchEffect(async () => {
    if (locale.value === 'ko') korean.value = (await import('@/messages/described.ko.json')).default
  })
  return (text) => (locale.value === 'ko' ? translated(text, korean.value) : text)
}
