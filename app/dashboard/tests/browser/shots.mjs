// Takes a picture of every page: node tests/browser/shots.mjs ADDRESS KEY DIRECTORY [PAGE...]
import { mkdirSync } from 'node:fs'

import { launch, PAGES, signedIn } from './browser.mjs'

const [address, key, directory, ...only] = process.argv.slice(2)
mkdirSync(directory, { recursive: true })
const browser = await launch()
for (const theme of ['light', 'dark']) {
  for (const [shape, width, height] of [['wide', 1440, 900], ['narrow', 360, 780]]) {
    const page = await signedIn(browser, { address, key, theme, width, height })
    page.on('console', (message) => message.type() === 'error' && console.log(message.text()))
    page.on('pageerror', (error) => console.log(String(error)))
    for (const path of only.length ? only : PAGES) {
      await page.goto(address + path, { waitUntil: 'load' })
      await page.waitForTimeout(1500)
      const name = path.replace(/\?.*/, '').replaceAll('/', '') || 'overview'
      await page.screenshot({ path: `${directory}/${name}-${theme}-${shape}.png`, fullPage: shape === 'narrow' })
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (over > 0) console.log(`${path} ${theme} ${shape}: ${over} px too wide`)
    }
    await page.context().close()
  }
}
await browser.close()
