/** The shared time range and the chosen moment, kept in the address. */
import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'

import { between, DEFAULT, format, parse, type Span, type TimeRange } from './range'

/** Whether what is drawn stands still though the range would follow the time. */
const paused = ref(false)

export interface Ranging {
  readonly range: ComputedRef<TimeRange>
  /** The moment whose processes are shown, in Unix seconds. */
  readonly at: ComputedRef<number | null>
  readonly paused: Ref<boolean>
  /** Whether the charts move on by themselves. */
  readonly following: ComputedRef<boolean>
  readonly choose: (range: TimeRange) => void
  readonly zoom: (start: number, end: number) => void
  readonly reset: () => void
  readonly pick: (at: number | null) => void
}

export function useRanging(): Ranging {
  const route = useRoute()
  const router = useRouter()
  const range = computed(() => parse(route.query))
  const move = (query: LocationQueryRaw, replace = false): void => {
    const target = { query: { ...route.query, ...query }, hash: route.hash }
    void (replace ? router.replace(target) : router.push(target))
  }
  const choose = (chosen: TimeRange): void => {
    paused.value = false
    move(format(chosen))
  }
  return {
    range,
    at: computed(() => (route.query['at'] === undefined ? null : number(route.query['at']))),
    paused,
    following: computed(() => range.value.kind === 'last' && !paused.value),
    choose,
    zoom: (start, end) => choose(between(start, end)),
    reset: () => choose(DEFAULT),
    pick: (at) => move({ at: at === null ? undefined : String(Math.round(at)) }, true),
  }
}

/** What of the address goes along to another page. */
export function carried(query: LocationQueryRaw): LocationQueryRaw {
  const { range, from, to, at } = query
  return Object.fromEntries(Object.entries({ range, from, to, at }).filter(([, value]) => value !== undefined))
}

function number(value: unknown): number | null {
  const found = Number(value)
  return Number.isFinite(found) && found > 0 ? found : null
}

export type { Span, TimeRange }
