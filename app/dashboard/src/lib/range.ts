/** The time range that all charts share, and its form in the address: `?range=6h`, or `?from=...&to=...`. */
export const PRESETS = { '15m': 900, '1h': 3600, '6h': 21_600, '24h': 86_400, '7d': 604_800, '30d': 2_592_000 } as const

export type Preset = keyof typeof PRESETS

/** The last so many seconds up to now, or a fixed stretch in Unix seconds. */
export type TimeRange =
  | { readonly kind: 'last'; readonly preset: Preset }
  | { readonly kind: 'fixed'; readonly from: number; readonly to: number }

export interface Span {
  readonly start: number
  readonly end: number
}

export const DEFAULT: TimeRange = { kind: 'last', preset: '6h' }
export const LONGEST = PRESETS['30d']
export const SHORTEST = 30

type Raw = Readonly<Record<string, unknown>>

export function isPreset(value: unknown): value is Preset {
  return typeof value === 'string' && Object.hasOwn(PRESETS, value)
}

/** Read the range from an address's query; what can't be understood is the default. */
export function parse(query: Raw): TimeRange {
  const from = Number(query['from'])
  const to = Number(query['to'])
  if (query['from'] !== undefined && Number.isFinite(from) && Number.isFinite(to) && to > from) {
    return { kind: 'fixed', ...clamp({ start: from, end: to }) }
  }
  return isPreset(query['range']) ? { kind: 'last', preset: query['range'] } : DEFAULT
}

/** Write the range into a query, leaving out the default. */
export function format(range: TimeRange): Record<string, string | undefined> {
  if (range.kind === 'fixed') {
    return { range: undefined, from: String(Math.round(range.from)), to: String(Math.round(range.to)) }
  }
  const preset = range.preset === (DEFAULT as { preset: Preset }).preset ? undefined : range.preset
  return { range: preset, from: undefined, to: undefined }
}

/** The stretch that a range means as of `now`. */
export function span(range: TimeRange, now: number): Span {
  if (range.kind === 'fixed') return { start: range.from, end: range.to }
  return { start: now - PRESETS[range.preset], end: now }
}

/** Widen what is too short, shorten what is too long. */
function clamp({ start, end }: Span): { from: number; to: number } {
  if (end - start > LONGEST) return { from: end - LONGEST, to: end }
  const missing = Math.max(0, SHORTEST - (end - start)) / 2
  return { from: start - missing, to: end + missing }
}

/** A fixed range around what was dragged over. */
export function between(start: number, end: number): TimeRange {
  return { kind: 'fixed', ...clamp({ start: Math.min(start, end), end: Math.max(start, end) }) }
}
