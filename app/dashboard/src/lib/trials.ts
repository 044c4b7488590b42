/** Test messages by channels, and what the other side answered. */
import { reactive } from 'vue'
import { useI18n } from 'vue-i18n'

import { ask, Problem } from './api'
import type { ChannelTest } from './types'

export interface Trial {
  readonly state: 'sending' | 'delivered' | 'failed'
  readonly words: string
}

export function useTrials(): { readonly trials: Readonly<Record<string, Trial>>; readonly send: (channel: string) => Promise<void> } {
  const { t } = useI18n()
  const trials = reactive<Record<string, Trial>>({})

  async function send(channel: string): Promise<void> {
    trials[channel] = { state: 'sending', words: t('settings.sending') }
    try {
      const told = await ask<ChannelTest>('POST', `/api/channels/${encodeURIComponent(channel)}/test`)
      trials[channel] = {
        state: told.delivered ? 'delivered' : 'failed',
        words: t(told.delivered ? 'settings.delivered' : 'settings.undelivered', { answer: told.answer }),
      }
    } catch (error) {
      trials[channel] = { state: 'failed', words: error instanceof Problem ? error.message : String(error) }
    }
  }

  return { trials, send }
}
