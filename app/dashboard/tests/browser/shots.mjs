// Takes a picture of every page, and of pages that wait or fail: node tests/browser/shots.mjs ADDRESS KEY DIRECTORY [PAGE...]
import { mkdirSync } from 'node:fs'

import { launch, PAGES, signedIn } from './browser.mjs'

const [address, key, directory, ...only] = process.argv.slice(2)
const SHAPES = [['wide', 1440, 900], ['narrow', 360, 780]]
/** How the agent answers questions about the past, beside properly. */
const TROUBLES = {
  loading: () => new Promise(() => undefined),
  failing: (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"title": "down", "detail": "History can\'t be read now."}' }),
}
mkdirSync(directory, { recursive: true })
const browser = await launch()

async function shoot(page, path, name, shape) {
  await page.goto(address + path, { waitUntil: 'load' })
  await page.waitForTimeout(1500)
  await page.screenshot({ path: `${directory}/${name}.png`, fullPage: shape === 'narrow' })
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  if (over > 0) console.log(`${name}: ${over} px too wide`)
}

for (const theme of ['light', 'dark']) {
  for (const [shape, width, height] of SHAPES) {
    const page = await signedIn(browser, { address, key, theme, width, height })
    page.on('console', (message) => message.type() === 'error' && console.log(message.text()))
    page.on('pageerror', (error) => console.log(String(error)))
    for (const path of only.length ? only : PAGES) {
      const name = path.replaceAll(/[/?=&]+/g, '-').replace(/^-/, '') || 'overview'
      await shoot(page, path, `${name}-${theme}-${shape}`, shape)
    }
    for (const [trouble, answer] of only.length ? [] : Object.entries(TROUBLES)) {
      await page.route('**/api/metrics/**', answer)
      await shoot(page, '/', `${trouble}-${theme}-${shape}`, shape)
      await page.unroute('**/api/metrics/**')
    }
    await page.context().close()
  }
}
await browser.close()
