/** The units in which thresholds are written: 85 % for a ratio of 0.85, 2.5 GiB for so many bytes. */
import { kindOf, THIN, type Kind } from './units'

export interface Unit {
  readonly name: string
  /** What one of it is in the metric's own unit. */
  readonly factor: number
}

const powers = (base: number, names: readonly string[]): Unit[] =>
  names.map((name, power) => ({ name, factor: base ** power }))

const UNITS: Readonly<Record<Kind, readonly Unit[]>> = {
  ratio: [{ name: '%', factor: 0.01 }],
  bytes: powers(1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']),
  rate: powers(1000, ['B/s', 'kB/s', 'MB/s', 'GB/s']),
  celsius: [{ name: '°C', factor: 1 }],
  rpm: [{ name: 'rpm', factor: 1 }],
  hertz: powers(1000, ['Hz', 'kHz', 'MHz', 'GHz']),
  seconds: [
    { name: 's', factor: 1 },
    { name: 'min', factor: 60 },
    { name: 'h', factor: 3600 },
    { name: 'd', factor: 86_400 },
  ],
  count: [{ name: '', factor: 1 }],
  per_second: [{ name: '/s', factor: 1 }],
}
const NONE: Unit = { name: '', factor: 1 }
const DIGITS = 6

/** What a rule compares: the metric's own kind, or what becomes of it where its change a second is looked at. */
export function comparedKind(metric: string, reduction: string): Kind {
  const kind = kindOf(metric)
  if (reduction !== 'rate') return kind
  return kind === 'bytes' ? 'rate' : 'per_second'
}

export const unitsOf = (kind: Kind): readonly Unit[] => UNITS[kind]

export const unitNamed = (kind: Kind, name: string): Unit =>
  UNITS[kind].find((unit) => unit.name === name) ?? UNITS[kind][0] ?? NONE

/** The largest unit of which a value is at least one. */
export function fitting(kind: Kind, value: number): Unit {
  const units = UNITS[kind]
  return units.findLast((unit) => Math.abs(value) >= unit.factor) ?? units[0] ?? NONE
}

/** A value as it stands in a field, without what floating point adds. */
export const written = (value: number, unit: Unit): string => String(Number((value / unit.factor).toPrecision(DIGITS)))

/** A number as people write it, in the metric's own unit; NaN for what is none, null for nothing. */
export function read(text: string, unit: Unit = NONE): number | null {
  const trimmed = text.trim()
  if (!trimmed) return null
  const found = Number(trimmed.replace(',', '.'))
  return Number.isFinite(found) ? Number((found * unit.factor).toPrecision(12)) : NaN
}

/** A value in a unit, as one text. */
export function inUnit(value: number, unit: Unit, language: string): string {
  const size = Math.abs(value / unit.factor)
  const format = new Intl.NumberFormat(language, { maximumSignificantDigits: size >= 1000 ? 6 : 4 })
  return format.format(value / unit.factor) + (unit.name && THIN + unit.name)
}

/** A round step, about so many of which lie in a range: 1, 2 or 5 times a power of ten of the unit. */
export function stepOf(range: number, unit: Unit, steps: number): number {
  const least = range / unit.factor / steps
  if (!(least > 0)) return unit.factor
  const power = 10 ** Math.floor(Math.log10(least))
  const digit = [1, 2, 5, 10].find((one) => one * power >= least * 0.999) ?? 10
  return digit * power * unit.factor
}

/** The nearest multiple of a step. */
export const rounded = (value: number, step: number): number =>
  Number((Math.round(value / step) * step).toPrecision(12))
