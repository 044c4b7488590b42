/**
 * Numbers as people read them: two or three significant digits, a thin space, the unit apart.
 *
 * Every function gives the number and the unit separately, because the unit is shown smaller; `text` joins them.
 */
export type Kind = 'ratio' | 'bytes' | 'rate' | 'celsius' | 'rpm' | 'hertz' | 'seconds' | 'count' | 'per_second'

export interface Shown {
  readonly number: string
  readonly unit: string
}

export const THIN = '\u202f'
const NOTHING: Shown = { number: '–', unit: '' }
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const
const DECIMAL = ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'] as const

export function show(kind: Kind, value: number | null | undefined, language = 'en'): Shown {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING
  return FORMS[kind](value, language)
}

/** A value with its unit, as one text. */
export function text(kind: Kind, value: number | null | undefined, language = 'en'): string {
  const shown = show(kind, value, language)
  return shown.unit ? shown.number + THIN + shown.unit : shown.number
}

const FORMS: Readonly<Record<Kind, (value: number, language: string) => Shown>> = {
  ratio: (value, language) => ({ number: digits(value * 100, language, 1), unit: '%' }),
  bytes: (value, language) => scaled(value, 1024, BINARY, language),
  rate: (value, language) => scaled(value, 1000, DECIMAL, language),
  celsius: (value, language) => ({ number: fixed(value, 0, language), unit: '°C' }),
  rpm: (value, language) => ({ number: fixed(value, 0, language), unit: 'rpm' }),
  hertz: (value, language) => scaled(value, 1000, ['Hz', 'kHz', 'MHz', 'GHz'], language),
  seconds: (value) => duration(value),
  count: (value, language) => ({ number: digits(value, language, 2), unit: '' }),
  per_second: (value, language) => ({ number: digits(value, language, 1), unit: '/s' }),
}

function scaled(value: number, base: number, units: readonly string[], language: string): Shown {
  let size = Math.abs(value)
  let place = 0
  while (place < units.length - 1 && Math.round(size) >= 1000) {
    size /= base
    place += 1
  }
  const number = place === 0 ? fixed(size, 0, language) : digits(size, language, 1)
  return { number: value < 0 ? `-${number}` : number, unit: units[place] ?? '' }
}

/** Up to `most` decimals below ten, else whole. */
function digits(value: number, language: string, most: number): string {
  const size = Math.abs(value)
  if (size >= 9.95) return fixed(value, 0, language)
  return size === 0 ? '0' : fixed(value, most, language)
}

const formats = new Map<string, Intl.NumberFormat>()

function fixed(value: number, decimals: number, language: string): string {
  const key = language + String(decimals)
  let format = formats.get(key)
  if (!format) {
    format = new Intl.NumberFormat(language, { minimumFractionDigits: 0, maximumFractionDigits: decimals })
    formats.set(key, format)
  }
  return format.format(Object.is(value, -0) ? 0 : value)
}

/** The two largest parts of a duration: 45 s, 12 min, 4 h 10 min, 6 d 4 h. */
export function duration(seconds: number): Shown {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return { number: String(whole), unit: 's' }
  if (whole < 3600) return { number: String(Math.round(whole / 60)), unit: 'min' }
  const [large, small, sizes] = whole < 86_400 ? (['h', 'min', [3600, 60]] as const) : (['d', 'h', [86_400, 3600]] as const)
  const first = Math.floor(whole / sizes[0])
  const second = Math.floor((whole % sizes[0]) / sizes[1])
  return second ? { number: `${first}${THIN}${large} ${second}`, unit: small } : { number: String(first), unit: large }
}

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/_bytes_per_second$/, 'rate'],
  [/_per_second$/, 'per_second'],
  [/_bytes$/, 'bytes'],
  [/_ratio$/, 'ratio'],
  [/_celsius$/, 'celsius'],
  [/_rpm$/, 'rpm'],
  [/_hertz$/, 'hertz'],
  [/_seconds$/, 'seconds'],
]

/** How a metric's values are shown, by its name. */
export function kindOf(metric: string): Kind {
  return KINDS.find(([pattern]) => pattern.test(metric))?.[1] ?? 'count'
}
