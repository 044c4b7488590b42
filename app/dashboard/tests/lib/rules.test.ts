import { describe, expect, it } from 'vitest'

import { draftOf, idOf, ruleOf, watched } from '@/lib/rules'
import type { Rule } from '@/lib/types'

const RULE = {
  id: 'hot',
  name: 'Hot',
  metric: 'system_cpu_busy_ratio',
  enabled: true,
  labels: { core: '~[01]' },
  reduce: { function: 'predict', window_minutes: 10, ahead_minutes: 90 },
  operator: '>',
  threshold: 0.57,
  clear_threshold: 0.55,
  for_duration_minutes: 5,
  cooldown_minutes: 30,
  absent: false,
  severity: 'critical',
  channels: ['desktop', 'email'],
  message: '{value}',
} as unknown as Rule

describe('a rule in a form', () => {
  it('comes back as it was', () => {
    expect(ruleOf(draftOf(RULE))).toEqual({ ...RULE, absent: undefined })
  })

  it('has its thresholds in units for people', () => {
    expect(draftOf(RULE)).toMatchObject({ threshold: '57', clear: '55', unit: '%' })
    const free = { ...RULE, metric: 'system_memory_available_bytes', threshold: 2.5 * 2 ** 30, clear_threshold: null, reduce: undefined }
    expect(draftOf(free as unknown as Rule)).toMatchObject({ threshold: '2.5', unit: 'GiB', function: 'last' })
  })

  it('has no threshold where it watches for absence', () => {
    const rule = ruleOf({ ...draftOf(RULE), absent: true })
    expect(rule).toMatchObject({ absent: true })
    expect(rule).not.toHaveProperty('threshold')
    expect(rule).not.toHaveProperty('reduce')
  })

  it('leaves what is no number for the agent to complain of', () => {
    expect(ruleOf({ ...draftOf(RULE), threshold: 'much' })['threshold']).toBe('much')
    expect(ruleOf({ ...draftOf(RULE), threshold: '50,5' })['threshold']).toBe(0.505)
  })

  it('leaves out conditions on labels that are empty, and channels where all shall tell', () => {
    const rule = ruleOf({ ...draftOf(RULE), labels: { core: ' ', mode: ' user ' }, channels: [] })
    expect(rule['labels']).toEqual({ mode: 'user' })
    expect(rule).not.toHaveProperty('channels')
  })

  it('is tried anew only for what it watches', () => {
    const draft = draftOf(RULE)
    const renamed = { ...draft, name: 'Warm', message: 'x', severity: 'info' as const, channels: [] }
    expect(watched(renamed)).toEqual(watched(draft))
    expect(watched({ ...draft, cooldown: '31' })).not.toEqual(watched(draft))
  })

  it('is called by a short name that nobody has', () => {
    expect(idOf('CPU: busy!', [])).toBe('cpu-busy')
    expect(idOf('CPU busy', ['cpu-busy', 'cpu-busy-2'])).toBe('cpu-busy-3')
    expect(idOf('디스크', ['rule'])).toBe('rule-2')
  })
})
