/** Times as people read them: local, with the day where it is not today. */
import { THIN } from './units'

const formats = new Map<string, Intl.DateTimeFormat>()

function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options)
  let found = formats.get(key)
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(language, { hourCycle: 'h23', ...options })))
  return found
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' }
const SECONDS: Intl.DateTimeFormatOptions = { ...CLOCK, second: '2-digit' }
const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' }

/** 14:05 today, otherwise 3 Nov 14:05; with seconds where asked. */
export function moment(seconds: number, language: string, now: number, exact = false): string {
  const date = new Date(seconds * 1000)
  const today = date.toDateString() === new Date(now * 1000).toDateString()
  const clock = exact ? SECONDS : CLOCK
  return format(language, today ? clock : { ...DAY, ...clock }).format(date)
}

/** The whole truth: date, time to the second, zone. */
export function full(seconds: number, language: string): string {
  const options: Intl.DateTimeFormatOptions = { ...DAY, year: 'numeric', ...SECONDS, timeZoneName: 'short' }
  return format(language, options).format(new Date(seconds * 1000))
}

/** The zone's short name, such as UTC or GMT+9. */
export function zone(language: string, date = new Date()): string {
  const parts = format(language, { timeZoneName: 'short' }).formatToParts(date)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? ''
}

/** Labels below a chart: as coarse as the distance between them allows. */
export function tick(seconds: number, step: number, language: string): string {
  const date = new Date(seconds * 1000)
  if (step >= 86_400) return format(language, DAY).format(date)
  if (step >= 43_200 && date.getHours() === 0) return format(language, DAY).format(date)
  if (date.getHours() === 0 && date.getMinutes() === 0 && step >= 3600) return format(language, DAY).format(date)
  return format(language, step < 60 ? SECONDS : CLOCK).format(date)
}

/** What a date input takes: local time without a zone. */
export function toInput(seconds: number): string {
  const date = new Date(seconds * 1000)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export function fromInput(value: string): number | null {
  const time = new Date(value).getTime()
  return Number.isFinite(time) ? time / 1000 : null
}

export const thin = (...parts: readonly string[]): string => parts.join(THIN)
