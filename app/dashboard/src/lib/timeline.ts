/** Alerts over time: a row a rule, a bar an alert; what could not be told apart is one bar. */
import type { Span } from './range'
import { SEVERITIES } from './rules'
import type { AlertInfo } from './types'

export interface Bar {
  readonly key: string
  /** Where it begins and ends, in shares of the whole width. */
  readonly from: number
  readonly to: number
  readonly start: number
  readonly end: number
  /** The worst of the alerts' severities. */
  readonly severity: AlertInfo['severity']
  readonly state: AlertInfo['state']
  /** The newest first. */
  readonly alerts: readonly AlertInfo[]
}

export interface Row {
  readonly rule: string
  readonly name: string
  readonly bars: readonly Bar[]
  readonly count: number
}

/** How much wider than another a bar is that has its number beside it. */
const COUNTED = 1.8

/** Rows by their newest alert; `now` ends what still lasts. Bars that begin nearer to one another than `near` are one. */
export function rowsOf(alerts: readonly AlertInfo[], span: Span, now: number, near: number): Row[] {
  const rules = new Map<string, AlertInfo[]>()
  for (const alert of alerts) {
    const end = alert.resolved_at ?? now
    if (alert.triggered_at >= span.end || end < span.start) continue
    const found = rules.get(alert.rule)
    if (found) found.push(alert)
    else rules.set(alert.rule, [alert])
  }
  return [...rules.entries()]
    .map(([rule, found]) => row(rule, found.sort((a, b) => a.triggered_at - b.triggered_at), span, now, near))
    .sort((a, b) => (b.bars.at(-1)?.start ?? 0) - (a.bars.at(-1)?.start ?? 0))
}

function row(rule: string, alerts: readonly AlertInfo[], span: Span, now: number, near: number): Row {
  const place = (time: number): number => Math.min(1, Math.max(0, (time - span.start) / (span.end - span.start)))
  const bars: Bar[] = []
  for (const alert of alerts) {
    const [start, end] = [alert.triggered_at, alert.resolved_at ?? now]
    const [from, to] = [place(start), place(end)]
    const last = bars.at(-1)
    if (last && from < Math.max(last.to, last.from + near * (last.alerts.length > 1 ? COUNTED : 1))) bars[bars.length - 1] = joined(last, alert, to, end)
    else bars.push({ key: alert.id, from, to, start, end, severity: alert.severity, state: alert.state, alerts: [alert] })
  }
  return { rule, name: alerts.at(-1)?.name ?? rule, bars, count: alerts.length }
}

function joined(bar: Bar, alert: AlertInfo, to: number, end: number): Bar {
  const worse = SEVERITIES.indexOf(alert.severity) > SEVERITIES.indexOf(bar.severity)
  return {
    ...bar,
    to: Math.max(bar.to, to),
    end: Math.max(bar.end, end),
    severity: worse ? alert.severity : bar.severity,
    state: alert.state === 'resolved' ? bar.state : alert.state,
    alerts: [alert, ...bar.alerts],
  }
}

/** Round moments below the timeline, in local time: at most about `most` of them. */
export function ticksOf(span: Span, most: number): { readonly times: readonly number[]; readonly step: number } {
  const hour = 3600
  const steps = [hour / 4, hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour, 48 * hour, 168 * hour, 720 * hour, 2160 * hour]
  const step = steps.find((one) => (span.end - span.start) / one <= most) ?? 8760 * hour
  const offset = new Date(span.end * 1000).getTimezoneOffset() * 60
  const first = Math.ceil((span.start - offset) / step) * step + offset
  const times: number[] = []
  for (let time = first; time <= span.end; time += step) times.push(time)
  return { times, step }
}

export const WITHIN = { '24h': 86_400, '7d': 604_800, '30d': 2_592_000, '365d': 31_536_000 } as const
export type Within = keyof typeof WITHIN

/** Which alerts are looked at; all of it stands in the address. */
export interface Filter {
  readonly within: Within
  /** A stretch instead of the last so many days; both or none. */
  readonly from: number | null
  readonly to: number | null
  readonly state: string
  readonly severity: string
  readonly rule: string
}

type Query = Readonly<Record<string, unknown>>
const STATES = ['firing', 'unknown', 'resolved']

export function parseFilter(query: Query): Filter {
  const [from, to] = [number(query['since']), number(query['until'])]
  const fixed = from !== null && to !== null && from < to
  const among = (name: string, known: readonly string[]): string =>
    known.includes(String(query[name])) ? String(query[name]) : ''
  return {
    within: (among('within', Object.keys(WITHIN)) || '7d') as Within,
    from: fixed ? from : null,
    to: fixed ? to : null,
    state: among('state', STATES),
    severity: among('severity', SEVERITIES),
    rule: typeof query['rule'] === 'string' ? query['rule'] : '',
  }
}

/** A filter in an address; what is as it is by itself is left out. */
export function formatFilter(filter: Filter): Record<string, string | undefined> {
  return {
    within: filter.within === '7d' ? undefined : filter.within,
    since: filter.from === null ? undefined : String(Math.round(filter.from)),
    until: filter.to === null ? undefined : String(Math.round(filter.to)),
    state: filter.state || undefined,
    severity: filter.severity || undefined,
    rule: filter.rule || undefined,
  }
}

export function spanOf(filter: Filter, now: number): Span {
  if (filter.from !== null && filter.to !== null) return { start: filter.from, end: filter.to }
  return { start: now - WITHIN[filter.within], end: now }
}

function number(value: unknown): number | null {
  const found = Number(value)
  return value !== undefined && Number.isFinite(found) && found > 0 ? found : null
}
