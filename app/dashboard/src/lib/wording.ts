/** Units and times in the language that is spoken. */
import { useI18n } from 'vue-i18n'

import { now } from './clock'
import * as times from './times'
import { show, text, type Kind, type Shown } from './units'

type Number = number | null | undefined

export function useWording(): {
  readonly text: (kind: Kind, value: Number) => string
  readonly show: (kind: Kind, value: Number) => Shown
  readonly moment: (seconds: number, exact?: boolean) => string
  readonly full: (seconds: number) => string
} {
  const { locale } = useI18n()
  return {
    text: (kind, value) => text(kind, value, locale.value),
    show: (kind, value) => show(kind, value, locale.value),
    moment: (seconds, exact = false) => times.moment(seconds, locale.value, now(), exact),
    full: (seconds) => times.full(seconds, locale.value),
  }
}
