import { describe, expect, it } from 'vitest'

import { fieldsOf, patchOf, read, sectionsOf, written, type Field } from '@/lib/settings'
import type { SettingsTree } from '@/lib/types'

const one = (path: string, expected: string, fallback: unknown) => ({ path, description: path, expected, default: fallback })
const TREE = {
  settings: { exporter: { enabled: true, port: 9105, hosts: ['a'] }, appearance: { theme: 'dark' } },
  described: [
    one('exporter.enabled', 'true or false', true),
    one('exporter.port', 'a whole number from 1 to 65535', 9100),
    one('exporter.hosts', 'a list of texts', []),
    one('appearance.theme', 'system, light or dark', 'system'),
  ],
  overridden: ['exporter.port'],
  path: '/x/settings.yaml',
  faults: [],
  notice: null,
} as unknown as SettingsTree
const field = (place: number): Field => fieldsOf(TREE, 'exporter')[place] as Field

describe('settings in a form', () => {
  it('has a field for each, of its kind', () => {
    expect(fieldsOf(TREE, 'exporter').map((each) => each.form)).toEqual(['flag', 'number', 'json'])
    expect(fieldsOf(TREE, 'appearance')[0]).toMatchObject({ form: 'choice', choices: ['system', 'light', 'dark'] })
    expect(sectionsOf(TREE)).toEqual(['exporter', 'appearance'])
  })

  it('shows what is in force, and what the environment has set', () => {
    expect(field(1)).toMatchObject({ value: 9105, fallback: 9100, fixed: true })
    expect(written(field(2).value)).toBe('["a"]')
    expect(written(null)).toBe('')
  })

  it('reads what was written', () => {
    expect(read(field(0), false)).toBe(false)
    expect(read(field(1), ' 9106 ')).toBe(9106)
    expect(read(field(1), 'x')).toBe('x')
    expect(read(field(1), '')).toBeNull()
    expect(read(field(2), '["b"]')).toEqual(['b'])
    expect(read(field(2), 'b')).toBe('b')
  })

  it('makes a merge patch of what was changed', () => {
    expect(patchOf(new Map<string, unknown>([['a.b', 1], ['a.c', null], ['d', true]]))).toEqual({
      a: { b: 1, c: null },
      d: true,
    })
  })
})
