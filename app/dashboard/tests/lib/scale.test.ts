import { describe, expect, it } from 'vitest'

import { comparedKind, fitting, inUnit, read, rounded, stepOf, unitNamed, written } from '@/lib/scale'

const PERCENT = unitNamed('ratio', '%')

describe('a unit for thresholds', () => {
  it('is the largest that fits the value', () => {
    expect(fitting('bytes', 3 * 2 ** 30).name).toBe('GiB')
    expect(fitting('bytes', 0).name).toBe('B')
    expect(fitting('seconds', 900).name).toBe('min')
    expect(fitting('ratio', 0.02).name).toBe('%')
  })

  it('is of what is compared, which a change a second is not of the metric', () => {
    expect(comparedKind('system_memory_used_bytes', 'avg')).toBe('bytes')
    expect(comparedKind('system_memory_used_bytes', 'rate')).toBe('rate')
    expect(comparedKind('system_temperature_celsius', 'rate')).toBe('per_second')
  })

  it('is written and read without what floating point adds', () => {
    expect(written(0.57, PERCENT)).toBe('57')
    expect(read('57', PERCENT)).toBe(0.57)
    expect(read('0,1', PERCENT)).toBe(0.001)
    expect(read('', PERCENT)).toBeNull()
    expect(read('much', PERCENT)).toBeNaN()
  })

  it('stands behind the number', () => {
    expect(inUnit(0.2284, PERCENT, 'en')).toBe('22.84\u202f%')
    expect(inUnit(1234.5, unitNamed('count', ''), 'en')).toBe('1,234.5')
  })
})

describe('a step', () => {
  it('is one, two or five of a power of ten of the unit', () => {
    expect(stepOf(1, PERCENT, 200)).toBeCloseTo(0.005)
    expect(stepOf(0.9, PERCENT, 100)).toBeCloseTo(0.01)
    expect(stepOf(32 * 2 ** 30, unitNamed('bytes', 'GiB'), 200)).toBeCloseTo(0.2 * 2 ** 30)
  })

  it('is what values are rounded to', () => expect(rounded(0.8532, 0.005)).toBe(0.855))
})
