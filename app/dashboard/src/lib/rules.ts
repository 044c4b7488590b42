/** Rules as a form has them: every field a text, numbers in units for people, read back when the rule is tried or kept. */
import { comparedKind, fitting, read, unitNamed, written, type Unit } from './scale'
import type { Rule } from './types'

export interface Draft {
  id: string
  name: string
  enabled: boolean
  metric: string
  /** Conditions by the labels' names, as rules write them: x, !x, ~x, !~x; an empty one is none. */
  labels: Record<string, string>
  function: (typeof FUNCTIONS)[number]
  window: string
  ahead: string
  absent: boolean
  operator: (typeof OPERATORS)[number]
  /** The name of the unit of `threshold` and `clear`. */
  unit: string
  threshold: string
  clear: string
  for: string
  cooldown: string
  severity: (typeof SEVERITIES)[number]
  /** None where every channel that is set up shall tell. */
  channels: string[]
  message: string
}

export const FUNCTIONS = ['last', 'avg', 'min', 'max', 'sum', 'rate', 'delta', 'predict'] as const
export const OPERATORS = ['>', '<', '>=', '<=', '==', '!='] as const
export const SEVERITIES = ['info', 'warning', 'critical'] as const
export const CHANNELS = ['desktop', 'email', 'slack', 'webhook', 'apprise'] as const
export const DEFAULT_MESSAGE = '{rule}: {value} on {host}'

/** A new rule begins as one that suits most machines; its threshold is taken from their past. */
const NEW: Draft = {
  id: '',
  name: '',
  enabled: true,
  metric: 'system_cpu_busy_ratio',
  labels: {},
  function: 'avg',
  window: '5',
  ahead: '1440',
  absent: false,
  operator: '>',
  unit: '%',
  threshold: '',
  clear: '',
  for: '10',
  cooldown: '30',
  severity: 'warning',
  channels: [],
  message: DEFAULT_MESSAGE,
}

export const rises = (operator: string): boolean => operator.startsWith('>')
export const falls = (operator: string): boolean => operator.startsWith('<')

/** The unit that a draft's thresholds are written in. */
export const unitOf = (draft: Pick<Draft, 'metric' | 'function' | 'unit'>): Unit =>
  unitNamed(comparedKind(draft.metric, draft.function), draft.unit)

/** A form for a rule, or for a new one. */
export function draftOf(rule: Rule | null): Draft {
  if (!rule) return { ...NEW, labels: {}, channels: [] }
  const reduction = rule.reduce?.function ?? 'last'
  const unit = fitting(comparedKind(rule.metric, reduction), rule.threshold ?? 0)
  return {
    id: rule.id,
    name: rule.name ?? '',
    enabled: rule.enabled ?? true,
    metric: rule.metric,
    labels: { ...rule.labels },
    function: reduction,
    window: text(rule.reduce?.window_minutes ?? 5),
    ahead: text(rule.reduce?.ahead_minutes ?? 1440),
    absent: rule.absent ?? false,
    operator: rule.operator ?? '>',
    unit: unit.name,
    threshold: typeof rule.threshold === 'number' ? written(rule.threshold, unit) : '',
    clear: typeof rule.clear_threshold === 'number' ? written(rule.clear_threshold, unit) : '',
    for: text(rule.for_duration_minutes ?? 0),
    cooldown: text(rule.cooldown_minutes ?? 0),
    severity: rule.severity ?? 'warning',
    channels: [...(rule.channels ?? [])],
    message: rule.message ?? DEFAULT_MESSAGE,
  }
}

/** The rule that a form stands for; the agent says what of it can't be. */
export function ruleOf(draft: Draft): Record<string, unknown> {
  const rule: Record<string, unknown> = {
    id: draft.id.trim(),
    enabled: draft.enabled,
    severity: draft.severity,
    message: draft.message,
    ...watched(draft),
  }
  if (draft.name.trim()) rule['name'] = draft.name.trim()
  if (draft.channels.length) rule['channels'] = draft.channels
  return rule
}

/** The part of a rule that says when it fires: all that a trial depends on. */
export function watched(draft: Draft): Record<string, unknown> {
  const rule: Record<string, unknown> = {
    metric: draft.metric.trim(),
    labels: Object.fromEntries(
      Object.entries(draft.labels)
        .map(([name, condition]) => [name, condition.trim()] as const)
        .filter(([, condition]) => condition),
    ),
    for_duration_minutes: number(draft.for) ?? 0,
    cooldown_minutes: number(draft.cooldown) ?? 0,
  }
  if (draft.absent) return { ...rule, absent: true }
  const unit = unitOf(draft)
  rule['operator'] = draft.operator
  rule['threshold'] = number(draft.threshold, unit)
  if (draft.clear.trim()) rule['clear_threshold'] = number(draft.clear, unit)
  if (draft.function !== 'last') {
    rule['reduce'] = {
      function: draft.function,
      window_minutes: number(draft.window) ?? 5,
      ...(draft.function === 'predict' && { ahead_minutes: number(draft.ahead) ?? 1440 }),
    }
  }
  return rule
}

/** A short name for programs, made of a name for people; one that is not taken yet. */
export function idOf(name: string, taken: readonly string[]): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 56)
  const base = plain || 'rule'
  if (!taken.includes(base)) return base
  let count = 2
  while (taken.includes(`${base}-${count}`)) count += 1
  return `${base}-${count}`
}

function text(value: number): string {
  return String(value)
}

/** A number; what is none stays a text, for the agent to complain of. */
function number(text_: string, unit?: Unit): number | string | null {
  const found = read(text_, unit)
  return Number.isNaN(found) ? text_.trim() : found
}
