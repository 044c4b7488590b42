/** What can't be in a rule, said while it is written and in the language that is spoken; the agent has the last word. */
import { falls, rises, unitOf, type Draft } from './rules'
import { read } from './scale'

/** A message's name below `rules.faults`, and what it fills in. */
export interface DraftFault {
  readonly key: 'needed' | 'number' | 'between' | 'id' | 'taken' | 'side_below' | 'side_above' | 'order' | 'field' | 'long'
  readonly values: Readonly<Record<string, string | number>>
}

export type DraftFaults = ReadonlyMap<string, DraftFault>

const BOUNDS = {
  'reduce.window_minutes': { field: 'window', least: 0.1, most: 1440 },
  'reduce.ahead_minutes': { field: 'ahead', least: 1, most: 525_600 },
  for_duration_minutes: { field: 'for', least: 0, most: 10_080 },
  cooldown_minutes: { field: 'cooldown', least: 0, most: 10_080 },
} as const
const LONGEST_NAME = 100
const FIELDS = ['value', 'threshold', 'host', 'rule', 'severity', 'metric', 'labels', 'operator']

/** Faults by the paths that the agent would name; `taken` are the ids of other rules. */
export function faultsOf(draft: Draft, taken: readonly string[]): DraftFaults {
  const found = new Map<string, DraftFault>()
  const add = (path: string, key: DraftFault['key'], values: DraftFault['values'] = {}): void => {
    if (!found.has(path)) found.set(path, { key, values })
  }
  if (!draft.metric.trim()) add('metric', 'needed')
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(draft.id.trim())) add('id', 'id')
  if (taken.includes(draft.id.trim())) add('id', 'taken')
  if (draft.name.trim().length > LONGEST_NAME) add('name', 'long', { most: LONGEST_NAME })
  if (!draft.absent) compared(draft, add)
  for (const [path, { field, least, most }] of Object.entries(BOUNDS)) {
    if (path.startsWith('reduce') && !reduces(draft, field)) continue
    const value = read(draft[field])
    if (Number.isNaN(value)) add(path, 'number')
    else if (value !== null && (value < least || value > most)) add(path, 'between', { least, most })
  }
  for (const [, name] of draft.message.matchAll(/\{([^{}]*)\}/g)) {
    if (name !== undefined && !FIELDS.includes(name)) add('message', 'field', { name, fields: FIELDS.map((one) => `{${one}}`).join(' ') })
  }
  return found
}

const reduces = (draft: Draft, field: string): boolean =>
  !draft.absent && draft.function !== 'last' && (field === 'window' || draft.function === 'predict')

function compared(draft: Draft, add: (path: string, key: DraftFault['key']) => void): void {
  const unit = unitOf(draft)
  const [threshold, clear] = [read(draft.threshold, unit), read(draft.clear, unit)]
  if (threshold === null) add('threshold', 'needed')
  else if (Number.isNaN(threshold)) add('threshold', 'number')
  if (clear === null) return
  if (Number.isNaN(clear)) add('clear_threshold', 'number')
  else if (!rises(draft.operator) && !falls(draft.operator)) add('clear_threshold', 'order')
  else if (threshold !== null && rises(draft.operator) && clear > threshold) add('clear_threshold', 'side_below')
  else if (threshold !== null && falls(draft.operator) && clear < threshold) add('clear_threshold', 'side_above')
}

/** Whether there is enough of a rule, and nothing wrong with it, to try it. */
export const tryable = (faults: DraftFaults): boolean =>
  [...faults.keys()].every((path) => ['id', 'name', 'message'].includes(path))
