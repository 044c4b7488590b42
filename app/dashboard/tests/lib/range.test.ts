import { describe, expect, it } from 'vitest'

import { between, DEFAULT, format, LONGEST, parse, span } from '@/lib/range'

describe('the time range in the address', () => {
  it('reads what it wrote', () => {
    for (const range of [DEFAULT, { kind: 'last', preset: '30d' }, { kind: 'fixed', from: 1000, to: 5000 }] as const) {
      expect(parse(format(range))).toEqual(range)
    }
  })

  it('leaves the default out', () => expect(Object.values(format(DEFAULT)).every((one) => one === undefined)).toBe(true))

  it.each([{}, { range: '3y' }, { range: ['6h', '7d'] }, { from: 'x', to: '5' }, { from: '9', to: '5' }, { range: 'toString' }])(
    'takes the default for %o',
    (query) => expect(parse(query)).toEqual(DEFAULT),
  )

  it('is at most thirty days', () => {
    expect(parse({ from: '0', to: '99999999' })).toEqual({ kind: 'fixed', from: 99_999_999 - LONGEST, to: 99_999_999 })
  })

  it('is widened where a drag was tiny, and turned round where it went to the left', () => {
    expect(between(1010, 1000)).toEqual({ kind: 'fixed', from: 990, to: 1020 })
  })

  it('moves with the time where it is the last so much', () => {
    expect(span({ kind: 'last', preset: '1h' }, 10_000)).toEqual({ start: 6400, end: 10_000 })
  })
})
