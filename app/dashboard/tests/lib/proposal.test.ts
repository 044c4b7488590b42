import { describe, expect, it } from 'vitest'
import { effectScope, nextTick, reactive, shallowRef } from 'vue'

import { useProposal, type Proposal } from '@/lib/proposal'
import { draftOf, type Draft } from '@/lib/rules'
import type { Trial } from '@/lib/trial'

const series = (...values: number[]) => [{ minima: values, maxima: values }]

function set(part: Partial<Draft> = {}) {
  const draft = reactive({ ...draftOf(null), ...part })
  const trial = { history: { answer: shallowRef<unknown>(null) }, report: { answer: shallowRef<unknown>(null) } }
  const proposal = effectScope().run(() => useProposal(draft, trial as unknown as Trial)) as Proposal
  return { draft, proposal, history: trial.history.answer, report: trial.report.answer }
}

describe('a threshold that the form sets by itself', () => {
  it('comes from the past, where there is none yet', async () => {
    const { draft, history } = set()
    history.value = { series: series(0, 0.4, 0.8) }
    await nextTick()
    expect([draft.threshold, draft.unit]).toEqual(['80', '%'])
  })

  it('replaces none that somebody wrote', async () => {
    const { draft, history } = set({ threshold: '12' })
    history.value = { series: series(0.8) }
    await nextTick()
    expect(draft.threshold).toBe('12')
  })

  it('is of the metric that is chosen, in a unit that suits it', async () => {
    const { draft, history, proposal } = set({ threshold: '12', clear: '10', labels: { core: '1' } })
    proposal.chooseMetric('system_memory_used_bytes')
    expect(draft).toMatchObject({ threshold: '', clear: '', labels: {} })
    history.value = { series: series(0, 8 * 2 ** 30) }
    await nextTick()
    expect([draft.threshold, draft.unit]).toEqual(['8', 'GiB'])
  })

  it('waits for what is compared, where that is of another sort than the metric', async () => {
    const { draft, history, report, proposal } = set({ metric: 'system_memory_used_bytes', threshold: '4', unit: 'GiB' })
    history.value = { series: series(8 * 2 ** 30) }
    proposal.chooseFunction('rate')
    expect([draft.threshold, draft.unit]).toEqual(['0', 'B/s'])
    report.value = { looks: series(0, 5e6) }
    await nextTick()
    expect([draft.threshold, draft.unit]).toEqual(['5', 'MB/s'])
    report.value = { looks: series(0, 9e6) }
    await nextTick()
    expect(draft.threshold).toBe('5')
  })

  it('stays where another reduction is of the same sort', () => {
    const { draft, proposal } = set({ threshold: '12' })
    proposal.chooseFunction('max')
    expect([draft.threshold, draft.function]).toEqual(['12', 'max'])
  })
})
