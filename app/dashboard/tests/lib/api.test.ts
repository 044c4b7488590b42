import { afterEach, describe, expect, it, vi } from 'vitest'

import { address, ask, get, Problem } from '@/lib/api'
import { session, signIn } from '@/lib/session'

const answer = (response: Response): void => {
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(response)))
}

describe('a request', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('leaves out what is not given and repeats lists', () => {
    expect(address('/api/x', { a: undefined, b: ['1', '2'], c: 3 })).toBe('/api/x?b=1&b=2&c=3')
  })

  it('tells every fault of a refusal', async () => {
    const body = { title: 'Wrong', detail: 'Nothing was changed.', errors: [{ path: 'a.b', detail: 'expected 1' }] }
    answer(new Response(JSON.stringify(body), { status: 422 }))
    const problem = await ask('PATCH', '/api/settings', { body: {} }).catch((error: unknown) => error)
    expect(problem).toBeInstanceOf(Problem)
    expect(problem).toMatchObject({ status: 422, detail: 'Nothing was changed.', errors: body.errors })
  })

  it('ends the session that is not known any more', async () => {
    signIn('tb_old', null, sessionStorage)
    answer(new Response('{}', { status: 401 }))
    await expect(get('/api/status')).rejects.toMatchObject({ status: 401 })
    expect(session).toMatchObject({ token: null, absence: 'expired' })
  })

  it('tells an agent that is away from one that refuses', async () => {
    vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('failed'))))
    await expect(get('/api/status')).rejects.toMatchObject({ status: 0 })
  })
})
