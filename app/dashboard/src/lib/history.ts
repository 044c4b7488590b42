/**
 * History as a page uses it: fetched for the shared range, then growing with the live feed.
 *
 * A page asks once for a collector's metrics and hands single tracks to its charts. `version` counts what was drawn
 * anew: the tracks themselves grow in place, so that an hour of watching costs no memory.
 */
import { onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter, type ShallowRef } from 'vue'

import { get, Problem } from './api'
import { now } from './clock'
import { onHeard, onResumed } from './live'
import { span as spanOf, type Span } from './range'
import { useRanging } from './ranging'
import { append, emptyTrack, fromSeries, keyOf, trim, type Track } from './track'
import type { Unseen, LiveReadings, Range } from './types'

export interface Wanted {
  /** The collector, as in /api/metrics/{metric_type}. */
  readonly source: string
  /** Which of its metrics; all of them where left out. Asked for anew when they change. */
  readonly metrics?: MaybeRefOrGetter<readonly string[]>
  readonly points?: number
}

export interface Drawn {
  readonly tracks: ReadonlyMap<string, Track>
  readonly span: Span
  readonly unseen: readonly Unseen[]
  readonly version: number
}

export type Loading = 'loading' | 'ready' | 'failed'

export interface History {
  readonly drawn: ShallowRef<Drawn | null>
  readonly state: ShallowRef<Loading>
  readonly problem: ShallowRef<Problem | null>
  readonly reload: () => void
}

const POINTS = 600
/** A chart is redrawn when it moved by about a pixel, at most every so many seconds. */
const SLOWEST_REDRAW = 30

export function useHistory(wanted: Wanted): History {
  const { range, paused, following } = useRanging()
  const drawn = shallowRef<Drawn | null>(null)
  const state = shallowRef<Loading>('loading')
  const problem = shallowRef<Problem | null>(null)
  let tracks = new Map<string, Track>()
  let asking: AbortController | null = null
  let redrawn = 0
  let heardAt = 0
  let interval = 2

  function draw(): void {
    redrawn = now()
    const version = (drawn.value?.version ?? 0) + 1
    drawn.value = { tracks, span: spanOf(range.value, redrawn), unseen: drawn.value?.unseen ?? [], version }
  }

  async function load(): Promise<void> {
    asking?.abort()
    const mine = (asking = new AbortController())
    const { start, end } = spanOf(range.value, now())
    const query = { start: start.toFixed(3), end: end.toFixed(3), points: wanted.points ?? POINTS }
    try {
      const path = `/api/metrics/${wanted.source}`
      const found = await get<Range>(path, { ...query, metric: toValue(wanted.metrics) }, mine.signal)
      tracks = new Map(found.series.map((one) => [keyOf(one.metric, one.labels), fromSeries(one)]))
      redrawn = now()
      const version = (drawn.value?.version ?? 0) + 1
      drawn.value = { tracks, span: { start, end }, unseen: found.unseen, version }
      problem.value = null
      state.value = 'ready'
    } catch (error) {
      if (mine.signal.aborted) return
      problem.value = error instanceof Problem ? error : new Problem(0, String(error), '')
      state.value = 'failed'
    }
  }

  function hear(message: LiveReadings): void {
    const source = message.sources[wanted.source]
    if (range.value.kind !== 'last' || state.value !== 'ready' || !source || source.time <= heardAt) return
    if (heardAt) interval = 0.7 * interval + 0.3 * Math.min(60, source.time - heardAt)
    heardAt = source.time
    const step = [...tracks.values()][0]?.step ?? 0
    const { start, end } = spanOf(range.value, now())
    const chosen = toValue(wanted.metrics)
    for (const { metric, labels, value } of source.values) {
      if (chosen && !chosen.includes(metric)) continue
      const key = keyOf(metric, labels)
      let track = tracks.get(key)
      if (!track) tracks.set(key, (track = emptyTrack(metric, labels, step)))
      append(track, source.time, value, interval)
    }
    for (const track of tracks.values()) trim(track, start)
    const pixel = (end - start) / 1000
    if (following.value && document.visibilityState === 'visible' && now() - redrawn >= Math.min(pixel, SLOWEST_REDRAW)) {
      draw()
    }
  }

  const reload = (): void => void load()
  const off = [onHeard(hear), onResumed(reload)]
  watch([range, () => toValue(wanted.metrics)?.join()], reload, { immediate: true })
  watch(paused, (still) => !still && state.value === 'ready' && draw())
  const shown = (): void => {
    if (document.visibilityState === 'visible' && following.value && state.value === 'ready') draw()
  }
  document.addEventListener('visibilitychange', shown)
  onScopeDispose(() => {
    asking?.abort()
    off.forEach((end) => end())
    document.removeEventListener('visibilitychange', shown)
  })
  return { drawn, state, problem, reload }
}

/** The tracks of a metric, in the order of their labels' natural order. */
export function tracksOf(drawn: Drawn | null, metric: string): Track[] {
  const found = [...(drawn?.tracks.values() ?? [])].filter((track) => track.metric === metric)
  return found.sort((a, b) => name(a).localeCompare(name(b), 'en', { numeric: true }))
}

/** What a series is called: its labels' values. */
export const name = (track: Pick<Track, 'labels'>): string => Object.values(track.labels).join(' ')

/** Tracks called by one of their labels, or by all of them where two would be called the same. */
export function named(tracks: readonly Track[], label: string): [string, Track][] {
  const short = tracks.map((track) => track.labels[label] ?? '')
  return tracks.map((track, place) => {
    const own = short[place] ?? ''
    return [short.indexOf(own) === short.lastIndexOf(own) ? own : name(track), track]
  })
}
