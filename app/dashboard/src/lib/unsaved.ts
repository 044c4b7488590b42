/** Drafts of rules that somebody left without saving or cancelling; kept for as long as the page lives. */
import type { Draft } from './rules'

const kept = new Map<string, Draft>()

const copy = (draft: Draft): Draft => ({ ...draft, labels: { ...draft.labels }, channels: [...draft.channels] })

/** Keep a draft under its rule's id, null for a new rule; forget it where nothing was changed. */
export function keep(rule: string | null, draft: Draft, original: Draft): void {
  if (JSON.stringify(draft) === JSON.stringify(original)) kept.delete(rule ?? '')
  else kept.set(rule ?? '', copy(draft))
}

export function recall(rule: string | null): Draft | null {
  const found = kept.get(rule ?? '')
  return found ? copy(found) : null
}

export const forget = (rule: string | null): boolean => kept.delete(rule ?? '')
