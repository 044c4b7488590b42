/** Rules as a form has them: every field a text, read back when the rule is tried or kept. */
import type { Rule } from './types'

export interface Draft {
  id: string
  name: string
  enabled: boolean
  metric: string
  labels: string
  function: (typeof FUNCTIONS)[number]
  window: string
  absent: boolean
  operator: (typeof OPERATORS)[number]
  threshold: string
  clear: string
  for: string
  cooldown: string
  severity: (typeof SEVERITIES)[number]
  channels: string
  message: string
}

export const FUNCTIONS = ['last', 'avg', 'min', 'max', 'sum', 'rate', 'delta', 'predict'] as const
export const OPERATORS = ['>', '<', '>=', '<=', '==', '!='] as const
export const SEVERITIES = ['info', 'warning', 'critical'] as const

const EMPTY: Draft = {
  id: '',
  name: '',
  enabled: true,
  metric: '',
  labels: '',
  function: 'last',
  window: '5',
  absent: false,
  operator: '>',
  threshold: '',
  clear: '',
  for: '0',
  cooldown: '0',
  severity: 'warning',
  channels: '',
  message: '{rule}: {value} on {host}',
}

/** A form for a rule, or for a new one. */
export function draftOf(rule: Rule | null): Draft {
  if (!rule) return { ...EMPTY }
  return {
    id: rule.id,
    name: rule.name ?? '',
    enabled: rule.enabled ?? true,
    metric: rule.metric,
    labels: Object.entries(rule.labels ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    function: rule.reduce?.function ?? 'last',
    window: text(rule.reduce?.window_minutes ?? 5),
    absent: rule.absent ?? false,
    operator: rule.operator ?? '>',
    threshold: text(rule.threshold),
    clear: text(rule.clear_threshold),
    for: text(rule.for_duration_minutes ?? 0),
    cooldown: text(rule.cooldown_minutes ?? 0),
    severity: rule.severity ?? 'warning',
    channels: (rule.channels ?? []).join(', '),
    message: rule.message ?? EMPTY.message,
  }
}

/** The rule that a form stands for; the agent says what of it can't be. */
export function ruleOf(draft: Draft): Record<string, unknown> {
  const channels = draft.channels.split(/[,\s]+/).filter(Boolean)
  const rule: Record<string, unknown> = {
    id: draft.id.trim(),
    metric: draft.metric.trim(),
    enabled: draft.enabled,
    labels: labelsOf(draft.labels),
    for_duration_minutes: value(draft.for) ?? 0,
    cooldown_minutes: value(draft.cooldown) ?? 0,
    severity: draft.severity,
    message: draft.message,
  }
  if (draft.name.trim()) rule['name'] = draft.name.trim()
  if (channels.length) rule['channels'] = channels
  if (draft.absent) return { ...rule, absent: true }
  rule['operator'] = draft.operator
  rule['threshold'] = value(draft.threshold)
  if (draft.clear.trim()) rule['clear_threshold'] = value(draft.clear)
  if (draft.function !== 'last') rule['reduce'] = { function: draft.function, window_minutes: value(draft.window) ?? 5 }
  return rule
}

/** Labels from lines such as `mountpoint=/home`. */
export function labelsOf(lines: string): Record<string, string> {
  return Object.fromEntries(
    lines
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .map((line) => {
        const place = line.indexOf('=')
        return place < 0 ? [line, ''] : [line.slice(0, place).trim(), line.slice(place + 1).trim()]
      }),
  )
}

/** Whether there is enough of a rule to try it. */
export const tryable = (draft: Draft): boolean =>
  draft.metric.trim() !== '' && (draft.absent || (draft.threshold.trim() !== '' && value(draft.threshold) !== null))

function text(number: number | null | undefined): string {
  return number === null || number === undefined ? '' : String(number)
}

/** A number as people write it; what is none stays a text, for the agent to complain of. */
function value(written: string): number | string | null {
  const trimmed = written.trim()
  if (!trimmed) return null
  const found = Number(trimmed.replace(',', '.'))
  return Number.isFinite(found) ? found : trimmed
}
