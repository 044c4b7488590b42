import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, reactive, type EffectScope } from 'vue'

import { draftOf, type Draft } from '@/lib/rules'
import { PATIENCE, pointsFor, useTrial, type Trial } from '@/lib/trial'

interface Asked {
  readonly url: string
  readonly body: { readonly threshold?: number }
  readonly signal: AbortSignal
  readonly answer: (status: number, content: unknown) => void
}

let asked: Asked[] = []
let scope: EffectScope

function trial(draft: Draft, source: () => string | null = () => 'cpu'): Trial {
  scope = effectScope()
  return scope.run(() => useTrial(draft, () => 7, source)) as Trial
}

const backtests = (): Asked[] => asked.filter((one) => one.url.includes('backtest'))
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
    new Promise<Response>((resolve) => {
      const answer = (status: number, content: unknown): void => resolve(new Response(JSON.stringify(content), { status }))
      asked.push({ url, body: JSON.parse(String(init.body ?? '{}')), signal: init.signal as AbortSignal, answer })
    }),
  )
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a trial', () => {
  it('asks for the past at once, for the labels that the rule picks, and tries the rule a moment after the last change', async () => {
    const draft = reactive({ ...draftOf(null), threshold: '80', labels: { core: '1' } })
    trial(draft)
    expect(asked.map((one) => one.url.split('?')[0])).toEqual(['/api/metrics/cpu'])
    expect(asked[0]?.url).toContain('label=core%3D1')
    for (const threshold of ['81', '82', '83']) {
      await vi.advanceTimersByTimeAsync(PATIENCE - 50)
      draft.threshold = threshold
    }
    expect(backtests()).toEqual([])
    await vi.advanceTimersByTimeAsync(PATIENCE)
    expect(backtests().map((one) => one.body.threshold)).toEqual([0.83])
    expect(asked).toHaveLength(2)
  })

  it('never lets an answer to an older question stand for a newer one', async () => {
    const draft = reactive({ ...draftOf(null), threshold: '80' })
    const { report } = trial(draft)
    await vi.advanceTimersByTimeAsync(PATIENCE)
    draft.threshold = '90'
    await vi.advanceTimersByTimeAsync(PATIENCE)
    const [older, newer] = backtests()
    newer?.answer(200, { seconds: 90 })
    await settle()
    older?.answer(200, { seconds: 80 })
    await settle()
    expect(older?.signal.aborted).toBe(true)
    expect(report.answer.value).toEqual({ seconds: 90 })
    expect(report.state.value).toBe('ready')
  })

  it('keeps the last answer while the next is asked for, but not over another metric', async () => {
    const draft = reactive({ ...draftOf(null), threshold: '80' })
    const { report } = trial(draft)
    await vi.advanceTimersByTimeAsync(PATIENCE)
    backtests()[0]?.answer(200, { seconds: 1 })
    await settle()
    draft.threshold = '81'
    await nextTick()
    expect([report.state.value, report.answer.value]).toEqual(['asking', { seconds: 1 }])
    draft.metric = 'system_memory_used_ratio'
    await nextTick()
    expect(report.answer.value).toBeNull()
  })

  it('tells what the agent refuses, and tries nothing that can not be', async () => {
    const draft = reactive({ ...draftOf(null), threshold: '80' })
    const { report, refused } = trial(draft)
    await vi.advanceTimersByTimeAsync(PATIENCE)
    backtests()[0]?.answer(422, { title: 'x', errors: [{ path: 'labels.core', detail: 'no' }] })
    await settle()
    expect([report.state.value, refused.value]).toEqual(['failed', [{ path: 'labels.core', detail: 'no' }]])
    draft.threshold = 'much'
    await vi.advanceTimersByTimeAsync(PATIENCE)
    expect(backtests()).toHaveLength(1)
    expect([report.state.value, refused.value]).toEqual(['idle', []])
  })

  it('asks again where it is told to', async () => {
    const { history, again } = trial(reactive({ ...draftOf(null), threshold: '' }))
    asked[0]?.answer(503, {})
    await settle()
    expect(history.state.value).toBe('failed')
    again()
    asked[1]?.answer(200, { series: [] })
    await settle()
    expect(history.answer.value).toEqual({ series: [] })
  })

  it('asks for fewer points the more series there are', () => {
    expect([0, 1, 40, 5000].map(pointsFor)).toEqual([2000, 2000, 500, 100])
  })

  it('waits for the catalogue to say where a metric comes from', () => {
    const { history } = trial(reactive(draftOf(null)), () => null)
    expect([asked.length, history.state.value]).toEqual([0, 'idle'])
  })
})
