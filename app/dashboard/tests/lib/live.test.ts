import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { connect, disconnect, live, onHeard, onResumed, wait } from '@/lib/live'
import { session, signIn } from '@/lib/session'

class FakeSocket {
  static made: FakeSocket[] = []
  sent: string[] = []
  onopen?: () => void
  onmessage?: (event: { data: string }) => void
  onclose?: (event: { code: number }) => void
  constructor(readonly url: URL) {
    FakeSocket.made.push(this)
  }
  send(text: string): void {
    this.sent.push(text)
  }
  close(): void {
    this.onclose?.({ code: 1000 })
  }
  tell(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

const newest = (): FakeSocket => FakeSocket.made.at(-1) as FakeSocket
const readings = (time: number): object => ({ type: 'readings', time, readings: {}, sources: {} })

describe('the live feed', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('WebSocket', FakeSocket)
    FakeSocket.made = []
    signIn('tb_key', null, sessionStorage)
    connect()
  })
  afterEach(() => {
    disconnect()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('shows its key in the first message, never in the address', () => {
    newest().onopen?.()
    expect(newest().sent).toEqual(['{"key":"tb_key"}'])
    expect(String(newest().url)).not.toContain('tb_key')
  })

  it('comes back by itself and says that something was missed', () => {
    const resumed = vi.fn()
    const off = onResumed(resumed)
    newest().tell(readings(1))
    expect(live.state).toBe('live')
    newest().onclose?.({ code: 1006 })
    expect(live.state).toBe('lost')
    vi.advanceTimersByTime(700)
    expect(FakeSocket.made).toHaveLength(2)
    newest().tell(readings(9))
    expect(live).toMatchObject({ state: 'live', time: 9 })
    expect(resumed).toHaveBeenCalledOnce()
    off()
  })

  it('tells its listeners of readings, and everybody of alerts', () => {
    const heard = vi.fn()
    const off = onHeard(heard)
    newest().tell(readings(3))
    newest().tell({ type: 'alerts', alerts: [{ id: 'a' }], snoozes: [] })
    expect(heard).toHaveBeenCalledOnce()
    expect(live.alerts).toEqual([{ id: 'a' }])
    off()
  })

  it('asks to sign in again where the key is worth nothing any more', () => {
    newest().onclose?.({ code: 1008 })
    expect(session.token).toBeNull()
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.made).toHaveLength(1)
  })

  it('gives up on a connection that has gone silent', () => {
    newest().tell(readings(1))
    vi.advanceTimersByTime(61_000)
    expect(FakeSocket.made.length).toBeGreaterThan(1)
  })

  it('waits longer each time, and at most about eight seconds', () => {
    expect([0, 1, 2, 9].map((attempt) => wait(attempt, 0.5))).toEqual([500, 1000, 2000, 8000])
  })
})
