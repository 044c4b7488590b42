/**
 * Who is looking: a token that only this tab knows.
 *
 * The window comes with a one-time code in the address's fragment, which is exchanged and removed from the address
 * before anything else happens. Elsewhere the page asks for an API key. Either is kept for as long as the tab lives.
 */
import { computed, reactive } from 'vue'

import type { Session } from './types'

export type Absence = 'none' | 'expired' | 'wrong' | 'code'

interface State {
  token: string | null
  scope: 'viewer' | 'admin' | null
  /** Why nobody is signed in, where nobody is. */
  absence: Absence
}

const PLACE = 'traybeat'

export const session = reactive<State>({ token: null, scope: null, absence: 'none' })

/**
 * Take up the session: from the address's code, else from what this tab knows.
 *
 * Gives what came with a session that was opened by a code, as the window's is.
 */
export async function enter(location: Location, history: History, storage: Storage): Promise<Session | null> {
  const code = new URLSearchParams(location.hash.slice(1)).get('code')
  if (code !== null) {
    history.replaceState(history.state, '', location.pathname + location.search)
    const opened = await exchange(code, storage)
    if (opened) return opened
  }
  recall(storage)
  if (session.token === null && code !== null) session.absence = 'code'
  return null
}

/** Use an API key, which the next request will prove right or wrong. */
export function signIn(key: string, scope: State['scope'], storage: Storage): void {
  Object.assign(session, { token: key, scope, absence: 'none' })
  storage.setItem(PLACE, JSON.stringify({ token: key, scope }))
}

/** Whether whoever is signed in may change things; null while that is not known. */
export const mayChange = computed<boolean | null>(() => (session.scope === null ? null : session.scope === 'admin'))

/** Forget the token. */
export function signOut(absence: Absence, storage: Storage = sessionStorage): void {
  Object.assign(session, { token: null, scope: null, absence })
  storage.removeItem(PLACE)
}

async function exchange(code: string, storage: Storage): Promise<Session | null> {
  try {
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'omit',
      body: JSON.stringify({ code }),
    })
    if (!response.ok) return null
    const given = (await response.json()) as Session
    signIn(given.token, given.scope, storage)
    return given
  } catch {
    return null
  }
}

function recall(storage: Storage): void {
  try {
    const kept = JSON.parse(storage.getItem(PLACE) ?? 'null') as Pick<State, 'token' | 'scope'> | null
    if (typeof kept?.token === 'string') Object.assign(session, { token: kept.token, scope: kept.scope })
  } catch {
    storage.removeItem(PLACE)
  }
}
