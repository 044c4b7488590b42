import { readFileSync } from 'node:fs'

import { expect, it } from 'vitest'

import { translated } from '@/lib/described'
import korean from '@/messages/described.ko.json'

/** The table that the agent's own code is documented by; one of its tests keeps it complete. */
const [, table = ''] = readFileSync('../../docs/settings.md', 'utf8').split(/<!-- settings: (?:begin|end) -->/)
const rows = [...table.matchAll(/^\| `[\w.]+` \| (.+?) \| (.+?) \| .+ \|$/gm)]
const choice = /^[\w-]+(, [\w-]+)* or [\w-]+$/

it('what the agent says of its settings is said in Korean', () => {
  expect(rows.length).toBeGreaterThan(50)
  const said = rows.flatMap(([, description, expected]) => [description ?? '', choice.test(expected ?? '') ? '' : (expected ?? '')])
  expect([...new Set(said)].filter((text) => text && translated(text, korean) === text)).toEqual([])
})

it('numbers are kept, and what is not known stays as it is', () => {
  expect(translated('a number from 0.5 to 3600', korean)).toBe('0.5에서 3600까지의 수')
  expect(translated('something new', korean)).toBe('something new')
})
