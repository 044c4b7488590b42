/** Alerts of the past, as the alerts' page looks through them: a filter in the address, pages, and all of a stretch. */
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { get, Problem, type Query } from './api'
import { now } from './clock'
import type { Loading } from './history'
import { live } from './live'
import type { Span } from './range'
import { formatFilter, parseFilter, spanOf, type Filter } from './timeline'
import type { AlertInfo, AlertPage, Range, Unseen } from './types'

const PAGE = 12
const MOST_A_REQUEST = 500
const MOST_DRAWN = 3000

export function useFilter(): { readonly filter: ComputedRef<Filter>; readonly change: (part: Partial<Filter>) => void } {
  const route = useRoute()
  const router = useRouter()
  const filter = computed(() => parseFilter(route.query))
  const change = (part: Partial<Filter>): void => {
    void router.push({ query: { ...route.query, ...formatFilter({ ...filter.value, ...part }) }, hash: route.hash })
  }
  return { filter, change }
}

export interface Past {
  readonly span: ShallowRef<Span>
  /** The list's alerts so far, the newest first; null before the first answer. */
  readonly listed: ShallowRef<readonly AlertInfo[] | null>
  readonly more: ComputedRef<boolean>
  /** All alerts of the stretch, those included that began before it. */
  readonly drawn: ShallowRef<readonly AlertInfo[] | null>
  /** Whether there were too many to draw them all. */
  readonly cut: ShallowRef<boolean>
  readonly unseen: ShallowRef<readonly Unseen[]>
  readonly state: ShallowRef<Loading>
  readonly problem: ShallowRef<Problem | null>
  readonly further: () => void
  readonly reload: () => void
}

export function usePast(filter: ComputedRef<Filter>): Past {
  const span = shallowRef(spanOf(filter.value, now()))
  const listed = shallowRef<readonly AlertInfo[] | null>(null)
  const drawn = shallowRef<readonly AlertInfo[] | null>(null)
  const cut = shallowRef(false)
  const unseen = shallowRef<readonly Unseen[]>([])
  const state = shallowRef<Loading>('loading')
  const problem = shallowRef<Problem | null>(null)
  const cursor = ref<string | null>(null)
  let asking = new AbortController()

  const query = (): Query => ({
    start: span.value.start.toFixed(3),
    // What follows the time has no end, so that what fires meanwhile is among it.
    end: filter.value.to === null ? undefined : span.value.end.toFixed(3),
    state: filter.value.state || undefined,
    severity: filter.value.severity || undefined,
    rule: filter.value.rule || undefined,
    overlapping: 'true',
  })
  const page = (limit: number, at: string | null, signal: AbortSignal): Promise<AlertPage> =>
    get<AlertPage>('/api/alerts/history', { ...query(), limit, cursor: at ?? undefined }, signal)

  async function all(signal: AbortSignal): Promise<{ found: AlertInfo[]; cut: boolean }> {
    const found: AlertInfo[] = []
    let at: string | null = null
    do {
      const next: AlertPage = await page(MOST_A_REQUEST, at, signal)
      found.push(...next.alerts)
      at = next.cursor
    } while (at !== null && found.length < MOST_DRAWN)
    return { found, cut: at !== null }
  }

  async function slept(signal: AbortSignal): Promise<readonly Unseen[]> {
    const { start, end } = span.value
    const asked = { start: start.toFixed(0), end: end.toFixed(0), points: 600, metric: 'agent_memory_rss_bytes' }
    return (await get<Range>('/api/metrics/agent', asked, signal)).unseen
  }

  async function load(): Promise<void> {
    asking.abort()
    const { signal } = (asking = new AbortController())
    span.value = spanOf(filter.value, now())
    try {
      const [first, every, gaps] = await Promise.all([page(PAGE, null, signal), all(signal), slept(signal)])
      listed.value = first.alerts
      cursor.value = first.cursor
      drawn.value = every.found
      cut.value = every.cut
      unseen.value = gaps
      problem.value = null
      state.value = 'ready'
    } catch (error) {
      if (signal.aborted) return
      problem.value = error instanceof Problem ? error : new Problem(0, String(error), '')
      state.value = 'failed'
    }
  }

  async function further(): Promise<void> {
    const { signal } = asking
    try {
      const next = await page(PAGE, cursor.value, signal)
      if (signal.aborted) return
      listed.value = [...(listed.value ?? []), ...next.alerts]
      cursor.value = next.cursor
    } catch (error) {
      if (!signal.aborted && error instanceof Problem) problem.value = error
    }
  }

  watch(filter, load, { immediate: true })
  watch(() => live.alerts.map((alert) => alert.id + alert.state).join(), load)
  onScopeDispose(() => asking.abort())
  const more = computed(() => cursor.value !== null)
  return { span, listed, more, drawn, cut, unseen, state, problem, further: () => void further(), reload: () => void load() }
}
