import { describe, expect, it } from 'vitest'

import { faultsOf, tryable } from '@/lib/faults'
import { draftOf, type Draft } from '@/lib/rules'

const draft = (part: Partial<Draft> = {}): Draft => ({ ...draftOf(null), id: 'hot', threshold: '80', ...part })
const told = (part: Partial<Draft>): (string | undefined)[] => {
  const found = [...faultsOf(draft(part), ['taken'])]
  return found.flatMap(([path, fault]) => [path, fault.key])
}

describe('what can not be in a rule', () => {
  it('is nothing in a rule that can be', () => expect(told({})).toEqual([]))

  it.each<[Partial<Draft>, string[]]>([
    [{ id: 'no such id' }, ['id', 'id']],
    [{ id: 'taken' }, ['id', 'taken']],
    [{ threshold: '' }, ['threshold', 'needed']],
    [{ threshold: 'much' }, ['threshold', 'number']],
    [{ clear: '81' }, ['clear_threshold', 'side_below']],
    [{ operator: '<', clear: '79' }, ['clear_threshold', 'side_above']],
    [{ operator: '==', clear: '79' }, ['clear_threshold', 'order']],
    [{ for: '-1' }, ['for_duration_minutes', 'between']],
    [{ cooldown: 'x' }, ['cooldown_minutes', 'number']],
    [{ window: '0' }, ['reduce.window_minutes', 'between']],
    [{ function: 'predict', ahead: '0' }, ['reduce.ahead_minutes', 'between']],
    [{ message: 'at {valeu}' }, ['message', 'field']],
  ])('%o is told', (part, faults) => expect(told(part)).toEqual(faults))

  it('is not told of what does not count', () => {
    expect(told({ absent: true, threshold: '', clear: 'x' })).toEqual([])
    expect(told({ function: 'last', window: 'x', ahead: 'x' })).toEqual([])
  })

  it('keeps a rule from being tried, unless it is only about names and words', () => {
    expect(tryable(faultsOf(draft({ id: '', message: '{x}' }), []))).toBe(true)
    expect(tryable(faultsOf(draft({ threshold: '' }), []))).toBe(false)
  })
})
