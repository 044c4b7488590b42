import { beforeEach, describe, expect, it } from 'vitest'

import { followLook, keepOwn, look, own, tell } from '@/lib/appearance'
import { i18n } from '@/lib/language'
import { followTheme, shade } from '@/lib/theme'

/** Korean is loaded when it is first spoken, which a busy machine takes its time for. */
const PATIENT = { timeout: 20_000 }

describe('how the page looks and speaks', () => {
  beforeEach(() => {
    keepOwn({})
    tell({ language: 'system', theme: 'system' })
  })

  it('follows the settings, also when they change under an open page', async () => {
    followTheme()
    await followLook()
    tell({ language: 'ko', theme: 'dark' })
    await expect.poll(() => i18n.global.locale.value, PATIENT).toBe('ko')
    expect(shade.value).toBe('dark')
    expect(document.documentElement.lang).toBe('ko')
    expect(document.documentElement.dataset['theme']).toBe('dark')
    tell({ language: 'en', theme: 'light' })
    await expect.poll(() => i18n.global.locale.value, PATIENT).toBe('en')
    expect(shade.value).toBe('light')
  }, 30_000)

  it('keeps what was told for the next start', () => {
    tell({ language: 'ko', theme: 'dark' })
    expect(JSON.parse(localStorage.getItem('traybeat-look') ?? '')).toEqual({ language: 'ko', theme: 'dark' })
  })

  it('lets a browser have its own, part by part, and go back', () => {
    keepOwn({ theme: 'dark' })
    tell({ language: 'ko', theme: 'light' })
    expect(look.value).toEqual({ language: 'ko', theme: 'dark' })
    keepOwn({})
    expect([look.value.theme, own.value]).toEqual(['light', {}])
  })
})
