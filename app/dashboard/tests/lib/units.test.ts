import { describe, expect, it } from 'vitest'

import { kindOf, text, type Kind } from '@/lib/units'

const plain = (kind: Kind, value: number | null, language = 'en'): string => text(kind, value, language).replaceAll('\u202f', ' ')

describe('numbers for people', () => {
  it.each<[Kind, number, string]>([
    ['ratio', 0.234, '23 %'],
    ['ratio', 0.0042, '0.4 %'],
    ['ratio', 0.0995, '10 %'],
    ['ratio', 1, '100 %'],
    ['bytes', 0, '0 B'],
    ['bytes', 1023, '1 KiB'],
    ['bytes', 5.2 * 2 ** 30, '5.2 GiB'],
    ['bytes', 1024 ** 2 - 1, '1 MiB'],
    ['bytes', 412 * 2 ** 20, '412 MiB'],
    ['rate', 4_600_000, '4.6 MB/s'],
    ['rate', 999_999, '1 MB/s'],
    ['celsius', 60.6, '61 °C'],
    ['hertz', 3.2e9, '3.2 GHz'],
    ['rpm', 2310, '2,310 rpm'],
    ['per_second', 1.53, '1.5 /s'],
    ['count', 1.844, '1.84'],
  ])('%s %d is %s', (kind, value, expected) => expect(plain(kind, value)).toBe(expected))

  it.each([
    [45, '45 s'],
    [360, '6 min'],
    [15_000, '4 h 10 min'],
    [7200, '2 h'],
    [533_000, '6 d 4 h'],
  ])('%d seconds are %s', (value, expected) => expect(plain('seconds', value)).toBe(expected))

  it('what is not known is a dash, never NaN', () => {
    expect([null, Number.NaN, Infinity].map((value) => plain('bytes', value))).toEqual(['–', '–', '–'])
  })

  it('the metric says how its values are shown', () => {
    expect(
      ['system_cpu_busy_ratio', 'system_disk_read_bytes_per_second', 'system_memory_used_bytes', 'system_load1'].map(kindOf),
    ).toEqual(['ratio', 'rate', 'bytes', 'count'])
  })
})
