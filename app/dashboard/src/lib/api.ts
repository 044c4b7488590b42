/** Requests to the agent: JSON in and out, the key in a header, refusals as `Problem`. */
import { session, signOut } from './session'

export interface FieldFault {
  readonly path: string
  readonly detail: string
}

/** An answer that says what is wrong (RFC 9457); status 0 where the agent could not be reached. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly errors: readonly FieldFault[] = [],
    readonly retryAfter: number | null = null,
  ) {
    super(detail || title)
  }
}

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>

export interface Options {
  readonly query?: Query
  readonly body?: unknown
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

/** Ask the agent; gives what it answers, `undefined` for an answer without content. */
export async function ask<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await reach(method, path, options)
  if (response.status === 401 && session.token !== null) signOut('expired')
  if (!response.ok) throw await problem(response)
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  ask<T>('GET', path, { ...(query && { query }), ...(signal && { signal }) })

/** A path with its query, undefined values left out and lists repeated. */
export function address(path: string, query: Query = {}): string {
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) pairs.append(name, String(one))
    }
  }
  const text = pairs.toString()
  return text ? `${path}?${text}` : path
}

async function reach(method: string, path: string, options: Options): Promise<Response> {
  const headers = new Headers(options.headers)
  headers.set('accept', 'application/json')
  if (session.token !== null) headers.set('authorization', `Bearer ${session.token}`)
  if (options.body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
  try {
    return await fetch(address(path, options.query), {
      method,
      headers,
      cache: 'no-cache',
      credentials: 'omit',
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
      ...(options.signal && { signal: options.signal }),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, 'unreachable', '')
  }
}

async function problem(response: Response): Promise<Problem> {
  const retry = Number(response.headers.get('retry-after'))
  try {
    const told = (await response.json()) as Partial<Problem>
    return new Problem(response.status, told.title ?? '', told.detail ?? '', told.errors ?? [], retry || null)
  } catch {
    return new Problem(response.status, response.statusText, '', [], retry || null)
  }
}
