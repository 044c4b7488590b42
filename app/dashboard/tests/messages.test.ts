import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import english from '@/messages/en'
import korean from '@/messages/ko'

type Tree = { [key: string]: string | Tree }

const flat = (tree: Tree, at = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[at + key, value] as [string, string]] : flat(value, `${at}${key}.`),
  )
const en = new Map(flat(english as Tree))
const ko = new Map(flat(korean as Tree))
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(vue|ts)$/.test(path))
  .map((path) => readFileSync(join('src', path), 'utf8'))
const fields = (text: string | undefined): string[] => [...new Set(text?.match(/\{\w+\}/g))].sort()

it('everything is said in both languages', () => expect([...ko.keys()].sort()).toEqual([...en.keys()].sort()))

it('both languages fill in the same fields', () => {
  for (const [key, text] of en) expect([key, fields(ko.get(key))]).toEqual([key, fields(text)])
})

it('the Korean is Korean where it is not a name or a unit', () => {
  const same = [...en].filter(([key, text]) => text && text === ko.get(key) && /[a-z]{5}/.test(text.replace(/\{\w+\}|Traybeat/g, '')))
  expect(same).toEqual([])
})

it('every message that is asked for exists', () => {
  const asked = sources.flatMap((source) => [...source.matchAll(/\bt\('([\w.]+)'/g)].map((match) => match[1] ?? ''))
  expect(asked.length).toBeGreaterThan(50)
  expect(asked.filter((key) => !en.has(key))).toEqual([])
})

it('no text of a template is outside the messages', () => {
  const words = sources.flatMap((source) => {
    const template = /<template>([\s\S]*)<\/template>/.exec(source)?.[1] ?? ''
    return [...template.replace(/\{\{[\s\S]*?\}\}|<code>.*?<\/code>/g, '').matchAll(/>([^<>]*[a-z]{2}[^<>]*)</gi)].map((match) => (match[1] ?? '').trim())
  })
  expect(words.filter((word) => word && word !== 'Traybeat' && !/[=&|]/.test(word))).toEqual([])
})
