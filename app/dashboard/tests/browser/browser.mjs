// A browser for journeys, measurements and pictures: Chromium as the system has it.
import { existsSync } from 'node:fs'

import { chromium } from 'playwright-core'

export const PAGES = [
  '/', '/cpu', '/memory', '/disk', '/network', '/sensors', '/processes', '/alerts', '/alerts/rule', '/settings',
  '/settings?section=collectors', '/settings?section=channels', '/settings?section=secrets', '/settings?section=keys',
  '/diagnostics', '/welcome',
]

const PLACES = [process.env.TRAYBEAT_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export async function launch(args = []) {
  const executablePath = PLACES.find((place) => place && existsSync(place))
  if (!executablePath) throw new Error('no Chromium here; TRAYBEAT_CHROMIUM may name one')
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb', ...args] })
}

/** A page that is signed in with a key, as a tab that was signed in before. */
export async function signedIn(browser, { address, key, theme = 'light', width = 1280, height = 800, language = 'en', motion = 'reduce' }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: motion,
    locale: language,
    deviceScaleFactor: 1,
  })
  await context.addInitScript(
    ([token, origin]) => {
      if (location.origin === origin) sessionStorage.setItem('traybeat', JSON.stringify({ token, scope: null }))
    },
    [key, new URL(address).origin],
  )
  return context.newPage()
}
