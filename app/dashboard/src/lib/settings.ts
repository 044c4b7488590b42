/** Settings as a form has them: a field for each, and the merge patch of what was changed. */
import type { SettingsTree } from './types'

export type Plain = unknown
export type Tree = Readonly<Record<string, Plain>>

export interface Field {
  readonly path: string
  readonly description: string
  readonly expected: string
  readonly fallback: Plain
  readonly value: Plain
  readonly form: 'flag' | 'choice' | 'number' | 'text' | 'json'
  readonly choices: readonly string[]
  readonly fixed: boolean
}

/** The fields of a part of the settings, in the order of the file. */
export function fieldsOf(tree: SettingsTree, section: string): Field[] {
  return tree.described
    .filter((one) => one.path.startsWith(`${section}.`))
    .map((one) => {
      const value = at(tree.settings, one.path)
      const choices = choicesOf(one.expected)
      return {
        path: one.path,
        description: one.description,
        expected: one.expected,
        fallback: one.default,
        value,
        form: formOf(one.expected, one.default ?? value, choices),
        choices,
        fixed: tree.overridden.includes(one.path),
      }
    })
}

export const sectionsOf = (tree: SettingsTree): string[] => [
  ...new Set(tree.described.map((one) => one.path.split('.')[0] ?? '')),
]

/** Fields by what they belong to: those of `collectors.cpu` together, those right in a part of the settings first. */
export function groupsOf(fields: readonly Field[]): [string, Field[]][] {
  const groups = new Map<string, Field[]>([['', []]])
  for (const field of fields) {
    const keys = field.path.split('.')
    const name = keys.length > 2 ? (keys[1] ?? '') : ''
    groups.set(name, [...(groups.get(name) ?? []), field])
  }
  return [...groups].filter(([, members]) => members.length)
}

export function at(tree: Plain, path: string): Plain {
  return path
    .split('.')
    .reduce<Plain>((node, key) => (node && typeof node === 'object' ? (node as Tree)[key] : undefined), tree)
}

/** A merge patch (RFC 7396) of values by their paths; an empty text brings the default back. */
export function patchOf(changes: ReadonlyMap<string, Plain>): Record<string, unknown> {
  const patch: Record<string, unknown> = {}
  for (const [path, value] of changes) {
    const keys = path.split('.')
    const last = keys.pop() ?? ''
    const node = keys.reduce<Record<string, unknown>>((inner, key) => {
      inner[key] ??= {}
      return inner[key] as Record<string, unknown>
    }, patch)
    node[last] = value
  }
  return patch
}

/** What was written in a field, as a value; what can't be read stays a text, for the agent to complain of. */
export function read(field: Field, written: string | boolean): Plain {
  if (typeof written === 'boolean') return written
  const text = written.trim()
  if (text === '') return null
  if (field.form === 'number') return Number.isFinite(Number(text)) ? Number(text) : text
  if (field.form !== 'json') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A value as it stands in a field. */
export function written(value: Plain): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean)
}

function formOf(expected: string, sample: Plain, choices: readonly string[]): Field['form'] {
  if (expected === 'true or false') return 'flag'
  if (choices.length) return 'choice'
  if (/^an? (whole )?number/.test(expected)) return 'number'
  return expected === 'text' && (sample === null || typeof sample !== 'object') ? 'text' : 'json'
}

function choicesOf(expected: string): string[] {
  // As the agent writes them: `system, light or dark`.
  return expected !== 'true or false' && /^[\w-]+(, [\w-]+)* or [\w-]+$/.test(expected) ? expected.split(/, | or /) : []
}
