import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { enter, mayChange, session, signIn, signOut } from '@/lib/session'

const answer = (status: number, body: unknown): void => {
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(JSON.stringify(body), { status }))))
}
const arrive = (hash: string): ReturnType<typeof enter> => {
  history.replaceState(null, '', `/alerts?range=7d${hash}`)
  return enter(location, history, sessionStorage)
}

describe('a session', () => {
  beforeEach(() => signOut('none'))
  afterEach(() => vi.unstubAllGlobals())

  it('exchanges the code and takes it out of the address', async () => {
    answer(201, { token: 'ts_1', scope: 'admin' })
    await arrive('#code=abc')
    expect(location.href).toMatch(/\/alerts\?range=7d$/)
    expect(session).toMatchObject({ token: 'ts_1', scope: 'admin' })
    const [, request] = vi.mocked(fetch).mock.calls[0] ?? []
    expect(request?.body).toBe('{"code":"abc"}')
  })

  it('hands on what came with the session that the code opened, and nothing otherwise', async () => {
    answer(201, { token: 'ts_1', scope: 'admin', theme: 'dark', welcomed: false })
    expect(await arrive('#code=abc')).toMatchObject({ theme: 'dark', welcomed: false })
    expect(await arrive('')).toBeNull()
    expect(mayChange.value).toBe(true)
  })

  it('says so where the code does not work, and still removes it', async () => {
    answer(403, {})
    await arrive('#code=old')
    expect(location.hash).toBe('')
    expect(session).toMatchObject({ token: null, absence: 'code' })
  })

  it('lasts as long as the tab, and nowhere else', async () => {
    signIn('tb_1', null, sessionStorage)
    session.token = null
    await arrive('')
    expect(session.token).toBe('tb_1')
    expect(JSON.stringify({ ...localStorage })).not.toContain('tb_1')
    signOut('expired')
    expect(sessionStorage.length).toBe(0)
  })
})
