/**
 * The one WebSocket: the newest readings and the active alerts, reconnecting by itself.
 *
 * `live` is what everybody shows. `heard` calls back for each message of readings; `resumed` after a connection was
 * made again, when whoever draws history should fetch what it missed.
 */
import { reactive, shallowReactive } from 'vue'

import { tell } from './appearance'
import { session, signOut } from './session'
import type { AlertInfo, LiveMessage, LiveReadings, SnoozeInfo } from './types'

export type Connection = 'connecting' | 'live' | 'lost'

export interface Live {
  state: Connection
  /** When the last message came, in Unix seconds; null before the first. */
  time: number | null
  readings: LiveReadings | null
  alerts: readonly AlertInfo[]
  snoozes: readonly SnoozeInfo[]
}

const FIRST_WAIT = 500
const LONGEST_WAIT = 8000
const SILENCE = 60_000
const POLICY_VIOLATION = 1008

export const live = shallowReactive<Live>({ state: 'connecting', time: null, readings: null, alerts: [], snoozes: [] })

const listeners = { heard: new Set<(message: LiveReadings) => void>(), resumed: new Set<() => void>() }
const link = reactive({ wanted: false })
let socket: WebSocket | null = null
let attempts = 0
let timer: ReturnType<typeof setTimeout> | undefined
let watchdog: ReturnType<typeof setTimeout> | undefined

export function onHeard(call: (message: LiveReadings) => void): () => void {
  listeners.heard.add(call)
  return () => listeners.heard.delete(call)
}

export function onResumed(call: () => void): () => void {
  listeners.resumed.add(call)
  return () => listeners.resumed.delete(call)
}

/** Connect, and stay connected until `disconnect`. */
export function connect(): void {
  if (link.wanted) return
  link.wanted = true
  attempts = 0
  open()
  addEventListener('online', hurry)
  document.addEventListener('visibilitychange', hurry)
}

export function disconnect(): void {
  link.wanted = false
  clearTimeout(timer)
  clearTimeout(watchdog)
  socket?.close()
  socket = null
  removeEventListener('online', hurry)
  document.removeEventListener('visibilitychange', hurry)
}

/** Milliseconds to wait before an attempt; doubling, with a fifth left to chance. */
export function wait(attempt: number, chance: number = Math.random()): number {
  return Math.min(FIRST_WAIT * 2 ** attempt, LONGEST_WAIT) * (0.8 + 0.4 * chance)
}

function hurry(): void {
  if (link.wanted && socket === null && document.visibilityState === 'visible') {
    clearTimeout(timer)
    open()
  }
}

function open(): void {
  const place = new URL('/api/live', location.href)
  place.protocol = place.protocol === 'https:' ? 'wss:' : 'ws:'
  const mine = new WebSocket(place)
  socket = mine
  mine.onopen = () => mine.send(JSON.stringify({ key: session.token ?? '' }))
  mine.onmessage = (event) => hear(JSON.parse(String(event.data)) as LiveMessage)
  mine.onclose = (event) => {
    if (socket === mine) closed(event.code)
  }
}

function closed(code: number): void {
  socket = null
  clearTimeout(watchdog)
  live.state = 'lost'
  if (code === POLICY_VIOLATION) {
    link.wanted = false
    signOut('expired')
  } else if (link.wanted) {
    timer = setTimeout(open, wait(attempts))
    attempts += 1
  }
}

function hear(message: LiveMessage): void {
  clearTimeout(watchdog)
  watchdog = setTimeout(() => socket?.close(), SILENCE)
  if (live.state !== 'live') {
    const before = live.time !== null
    live.state = 'live'
    attempts = 0
    if (before) listeners.resumed.forEach((call) => call())
  }
  if (message.type === 'appearance') tell(message)
  else if (message.type === 'alerts') {
    live.alerts = message.alerts
    live.snoozes = message.snoozes
  } else {
    live.time = message.time
    live.readings = message
    listeners.heard.forEach((call) => call(message))
  }
}
