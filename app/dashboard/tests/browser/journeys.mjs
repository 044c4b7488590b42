// What a person does, in a real browser against a real agent: node tests/browser/journeys.mjs ADDRESS KEY HOSTILE_NAME
// Whoever starts this is asked, by a line of standard output, to stop and start the agent, and answers with a line.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import { PAGES } from './browser.mjs'
import { browser, close, journey, opened as visit, please, run, settled } from './journey.mjs'
import { aboutRules } from './rules.mjs'

const [address, key, hostile] = process.argv.slice(2)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const opened = (options = {}) => visit({ address, key, ...options })

/** Whether axe finds anything on the page as it is. */
async function checked(page, what) {
  await page.evaluate(`${axe}; 0`).catch(() => null)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  const told = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(' / ')}`)
  assert.deepEqual(told, [], what)
}

for (const theme of ['light', 'dark']) {
  journey(`every page, ${theme}: axe finds nothing, nothing is too wide at 360 and 1440 pixels`, async () => {
    const page = await opened({ theme })
    for (const path of PAGES) {
      await page.setViewportSize({ width: 1440, height: 900 })
      await page.goto(address + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await settled(page)
      for (const width of [1440, 360]) {
        await page.setViewportSize({ width, height: 800 })
        await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, null, { timeout: 3000 }).catch(() => {
          throw new Error(`${path} is too wide at ${width}`)
        })
        await checked(page, `${path} at ${width}`)
      }
    }
    await close(page)
  })
}

journey('a key is asked for where nobody is signed in, and a wrong one is told', async () => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${address}/cpu?range=1h`)
  await page.getByLabel('API key').fill('tb_wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('not known').waitFor()
  await page.getByLabel('API key').fill(key)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'CPU', level: 1 }).waitFor()
  assert.equal(new URL(page.url()).search, '?range=1h')
  assert.equal(await page.evaluate((secret) => JSON.stringify({ ...localStorage }).includes(secret), key), false)
  await page.context().close()
})

journey('live: the newest values move on by themselves', async () => {
  const page = await opened()
  await page.goto(`${address}/cpu?range=15m`)
  await settled(page)
  const time = page.getByRole('region', { name: 'Newest values' }).first().locator('header span')
  const before = await time.textContent()
  await page.waitForFunction((was) => document.querySelector('section[aria-label="Newest values"] header span')?.textContent !== was, before)
  await page.getByRole('button', { name: 'Live' }).click()
  await page.getByRole('button', { name: 'Paused' }).waitFor()
  await close(page)
})

journey('a chart: a click shows what ran, a drag zooms, a double click resets, the keyboard does the same', async () => {
  const page = await opened({ width: 1440, height: 900 })
  await page.goto(`${address}/?range=15m`)
  await settled(page)
  const chart = page.locator('.chart').first()
  const box = await chart.boundingBox()
  const x = (share) => box.x + 60 + (box.width - 75) * share
  const y = box.y + box.height / 3
  await page.mouse.click(x(0.995), y)
  const moment = page.getByRole('complementary', { name: 'The machine at a moment' })
  await moment.waitFor()
  assert.match(page.url(), /at=\d+/)
  await page.keyboard.press('Escape')
  await moment.waitFor({ state: 'detached' })
  await page.mouse.move(x(0.5), y)
  await page.mouse.down()
  await page.mouse.move(x(0.998), y, { steps: 5 })
  await page.mouse.up()
  await page.waitForURL(/from=\d+&to=\d+/)
  await page.getByRole('button', { name: 'Past' }).waitFor()
  await chart.dblclick({ position: { x: 200, y: 60 } })
  await page.waitForURL((url) => !url.search.includes('from'))
  await settled(page)
  await chart.focus()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await moment.waitFor()
  assert.match(await chart.getAttribute('aria-label'), /CPU by mode\. user: .* now/)
  await close(page)
})

journey('a chart is saved as a table and as a picture', async () => {
  const page = await opened()
  await page.goto(`${address}/memory?range=15m`)
  await settled(page)
  for (const [item, head] of [['Save as table (CSV)', 'time,used'], ['Save as picture (PNG)', '\x89PNG']]) {
    await page.getByRole('button', { name: 'Export Memory in use' }).click()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()])
    const content = readFileSync(await download.path(), 'latin1')
    assert.ok(content.startsWith(head), content.slice(0, 40))
  }
  await close(page)
})

journey('a process whose name is HTML is text on every page that shows it', async () => {
  const page = await opened({ width: 1440, height: 900 })
  for (const path of ['/', '/processes']) {
    await page.goto(address + path)
    await page.getByText(hostile).first().waitFor({ timeout: 20_000 })
    assert.equal(await page.locator('img[src="x"]').count(), 0)
  }
  await page.getByPlaceholder('Search').fill('onerror')
  const found = await page.locator('tbody tr').allTextContents()
  assert.ok(found.length > 0 && found.every((row) => row.includes(hostile)), found.join())
  await page.getByRole('button', { name: 'Memory' }).click()
  assert.equal(await page.locator('th[aria-sort="descending"]').textContent().then((text) => text.trim()), 'Memory')
  assert.equal(await page.evaluate(() => globalThis.hurt), undefined)
  await close(page)
})

journey('Korean throughout, kept for the next time', async () => {
  const page = await opened({ language: 'ko-KR' })
  await page.goto(`${address}/memory`)
  await page.getByRole('heading', { name: '메모리', level: 1 }).waitFor()
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'ko')
  await close(page)
})

aboutRules({ address, opened, close, settled, checked, journey })

journey('the agent stops and starts again under an open page', async () => {
  const page = await opened()
  await page.goto(`${address}/cpu?range=15m`)
  await settled(page)
  await page.evaluate(() => (globalThis.sameDocument = true))
  await please('stop')
  await page.getByText("Can't reach the agent, trying again").waitFor()
  await page.getByText(/What you see is .* old/).waitFor()
  await please('start')
  await page.getByText("Can't reach the agent, trying again").waitFor({ state: 'detached', timeout: 30_000 })
  await settled(page)
  assert.equal(await page.evaluate(() => globalThis.sameDocument), true)
  await close(page)
})

await run()
