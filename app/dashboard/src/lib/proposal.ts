/** Thresholds that the form sets by itself: where another metric or another reduction makes the old ones senseless. */
import { watch } from 'vue'

import { newestOf } from './catalogue'
import { APART } from './compared'
import { proposed } from './occasions'
import { unitOf, type Draft } from './rules'
import { comparedKind, fitting, unitNamed, written } from './scale'
import type { Trial } from './trial'
import type { SeriesRange } from './types'

export interface Proposal {
  readonly setThreshold: (value: number) => void
  readonly chooseMetric: (metric: string) => void
  readonly chooseFunction: (reduction: Draft['function']) => void
}

export function useProposal(draft: Draft, trial: Trial): Proposal {
  /** Whether the threshold only stands there so that the agent can tell what is compared. */
  let makeshift = false

  function setThreshold(value: number): void {
    makeshift = false
    draft.threshold = written(value, unitOf(draft))
  }

  function empty(newest: number): void {
    const kind = comparedKind(draft.metric, draft.function)
    Object.assign(draft, { threshold: '', clear: '', unit: fitting(kind, newest).name })
  }

  /** Propose from what will be compared, in a unit that suits it. */
  function propose(series: readonly SeriesRange[]): void {
    const kind = comparedKind(draft.metric, draft.function)
    const rough = proposed(series, draft.operator, unitOf(draft))
    if (rough === null) return
    draft.unit = fitting(kind, rough).name
    setThreshold(proposed(series, draft.operator, unitOf(draft)) ?? rough)
  }

  function begin(): void {
    const { value } = trial.history.answer
    if (draft.threshold || draft.absent || !value) return
    if (APART.includes(draft.function)) {
      setThreshold(0)
      makeshift = true
    } else propose(value.series)
  }

  watch(trial.history.answer, begin)
  watch(trial.report.answer, (report) => {
    if (makeshift && report?.looks.length) propose(report.looks)
  })
  watch(
    () => comparedKind(draft.metric, draft.function),
    (kind) => (draft.unit = unitNamed(kind, draft.unit).name),
  )

  return {
    setThreshold,
    chooseMetric: (metric) => {
      Object.assign(draft, { metric, labels: {} })
      empty(newestOf(metric) ?? 0)
    },
    chooseFunction: (reduction) => {
      const other = [draft.function, reduction].some((one) => APART.includes(one))
      draft.function = reduction
      if (!other) return
      empty(0)
      begin()
    },
  }
}
