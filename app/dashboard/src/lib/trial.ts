/**
 * A rule tried on this machine's own past while it is written.
 *
 * The metric's history and the back-test are asked for apart: the history only when the metric, its labels or the days
 * change, the back-test a moment after the last change of what the rule watches. An answer to an older question is
 * dropped.
 */
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'

import { ask, get, Problem, type FieldFault } from './api'
import { seriesOf } from './catalogue'
import { now } from './clock'
import { faultsOf, tryable } from './faults'
import { watched, type Draft } from './rules'
import type { Backtest, Range } from './types'

export const PATIENCE = 250
/** Fine enough to look closer without asking anew; coarser where a metric has many series. */
const MOST_POINTS = 2000
const FEWEST_POINTS = 100
const POINTS_IN_ALL = 20_000
const DAY = 86_400

export type Asking = 'idle' | 'asking' | 'ready' | 'failed'

export interface Question<T> {
  readonly answer: ShallowRef<T | null>
  readonly state: ShallowRef<Asking>
  readonly problem: ShallowRef<Problem | null>
}

export interface Trial {
  readonly history: Question<Range>
  readonly report: Question<Backtest>
  /** What the agent refuses of the rule as it stands. */
  readonly refused: ComputedRef<readonly FieldFault[]>
  readonly again: () => void
}

/**
 * Ask anew whenever `key` changes, after `patience` milliseconds; null asks nothing. The last answer stays until the next
 * comes, unless it is of another metric.
 */
function questioning<T>(
  key: () => string | null,
  put: (key: string, signal: AbortSignal) => Promise<T>,
  patience: number,
): Question<T> & { readonly again: () => void } {
  const answer = shallowRef<T | null>(null)
  const state = shallowRef<Asking>('idle')
  const problem = shallowRef<Problem | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | undefined
  let metric: string | undefined

  async function go(question: string): Promise<void> {
    const mine = (asking = new AbortController())
    try {
      const found = await put(question, mine.signal)
      if (mine.signal.aborted) return
      answer.value = found
      problem.value = null
      state.value = 'ready'
    } catch (error) {
      if (mine.signal.aborted) return
      answer.value = null
      problem.value = error instanceof Problem ? error : new Problem(0, String(error), '')
      state.value = 'failed'
    }
  }

  function begin(question: string | null, wait: number): void {
    clearTimeout(timer)
    asking?.abort()
    problem.value = null
    if (question === null) {
      answer.value = null
      state.value = 'idle'
    } else {
      state.value = 'asking'
      const subject = metricOf(question)
      if (subject !== metric) answer.value = null
      metric = subject
      if (wait) timer = setTimeout(() => void go(question), wait)
      else void go(question)
    }
  }

  watch(key, (question) => begin(question, patience), { immediate: true })
  onScopeDispose(() => begin(null, 0))
  return { answer, state, problem, again: () => begin(key(), 0) }
}

const metricOf = (question: string): string | undefined => (JSON.parse(question) as { metric?: string }).metric

/** In how many points to ask for each of so many series. */
export const pointsFor = (series: number): number =>
  Math.max(FEWEST_POINTS, Math.min(MOST_POINTS, Math.floor(POINTS_IN_ALL / Math.max(1, series))))

/** `source` is the metric's collector, null while that is not known. */
export function useTrial(draft: Draft, days: () => number, source: () => string | null): Trial {
  const history = questioning<Range>(
    () => {
      const from = source()
      const { metric, labels } = watched(draft)
      return from && JSON.stringify({ from, metric, labels, days: days() })
    },
    (key, signal) => {
      const { from, metric, labels, days: back } = JSON.parse(key) as Asked
      const start = (now() - back * DAY).toFixed(0)
      const label = Object.entries(labels).map((one) => one.join('='))
      return get<Range>(`/api/metrics/${from}`, { start, points: pointsFor(seriesOf(metric)), metric, label }, signal)
    },
    0,
  )
  const report = questioning<Backtest>(
    () => (tryable(faultsOf(draft, [])) ? JSON.stringify(tried(draft, days())) : null),
    (key, signal) => {
      const { rule, days: back } = JSON.parse(key) as Tried
      const query = { days: back, points: MOST_POINTS }
      return ask<Backtest>('POST', '/api/alerts/rules/backtest', { query, body: { id: 'trial', ...rule }, signal })
    },
    PATIENCE,
  )
  return {
    history,
    report,
    refused: computed(() => report.problem.value?.errors ?? []),
    again: () => {
      history.again()
      report.again()
    },
  }
}

const tried = (draft: Draft, days: number): Tried => ({ metric: draft.metric, days, rule: watched(draft) })

interface Tried {
  readonly metric: string
  readonly days: number
  readonly rule: object
}

interface Asked {
  readonly from: string
  readonly metric: string
  readonly labels: Readonly<Record<string, string>>
  readonly days: number
}
