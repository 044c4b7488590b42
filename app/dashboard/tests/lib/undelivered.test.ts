import { expect, it } from 'vitest'

import type { AlertPage } from '@/lib/types'
import { undelivered } from '@/lib/undelivered'

const delivery = (state: string, ended_at: number) => ({ channel: 'email', event: 'firing', state, attempts: 9, ended_at, answer: 'no such user' })

it('messages that were given up are told, the newest first, and no others', () => {
  const page = {
    alerts: [
      { id: 'a', name: 'CPU busy', triggered_at: 1, deliveries: [delivery('dead', 5), delivery('sent', 4)] },
      { id: 'b', name: 'Disk full', triggered_at: 2, deliveries: [delivery('dead', 8)] },
    ],
    cursor: null,
  } as unknown as AlertPage
  expect(undelivered(page).map((one) => [one.alert, one.time])).toEqual([['Disk full', 8], ['CPU busy', 5]])
})
