import { describe, expect, it } from 'vitest'

import { draftOf, labelsOf, ruleOf, tryable } from '@/lib/rules'
import type { Rule } from '@/lib/types'

const RULE = {
  id: 'hot',
  name: 'Hot',
  metric: 'system_cpu_busy_ratio',
  enabled: true,
  labels: { core: '~[01]' },
  reduce: { function: 'avg', window_minutes: 10, ahead_minutes: 1440 },
  operator: '>',
  threshold: 0.9,
  clear_threshold: 0.8,
  for_duration_minutes: 5,
  cooldown_minutes: 30,
  absent: false,
  severity: 'critical',
  channels: ['desktop', 'email'],
  message: '{value}',
} as unknown as Rule

describe('a rule in a form', () => {
  it('comes back as it was', () => {
    expect(ruleOf(draftOf(RULE))).toEqual({
      ...RULE,
      absent: undefined,
      reduce: { function: 'avg', window_minutes: 10 },
    })
  })

  it('has no threshold where it watches for absence', () => {
    const rule = ruleOf({ ...draftOf(RULE), absent: true })
    expect(rule).toMatchObject({ absent: true })
    expect(rule).not.toHaveProperty('threshold')
    expect(rule).not.toHaveProperty('reduce')
  })

  it('leaves what is no number for the agent to complain of', () => {
    expect(ruleOf({ ...draftOf(RULE), threshold: 'much' })['threshold']).toBe('much')
    expect(ruleOf({ ...draftOf(RULE), threshold: '0,5' })['threshold']).toBe(0.5)
  })

  it('can be tried once there is a metric and a number', () => {
    expect(tryable(draftOf(null))).toBe(false)
    expect(tryable({ ...draftOf(null), metric: 'm', threshold: '1' })).toBe(true)
    expect(tryable({ ...draftOf(null), metric: 'm', absent: true })).toBe(true)
  })

  it('has its labels one a line', () => {
    expect(labelsOf('a=1\n\n b = x=y \nc')).toEqual({ a: '1', b: 'x=y', c: '' })
  })
})
