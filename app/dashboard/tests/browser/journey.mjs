// What journeys share: pages whose faults fail them, and how they are run and told.
import assert from 'node:assert/strict'
import { createInterface } from 'node:readline'

import { launch, signedIn } from './browser.mjs'

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
export const browser = await launch()
const journeys = []
export const journey = (name, act) => journeys.push([name, act])

/** Ask whoever started this for something, by a line of standard output; gives the line that comes back. */
export async function please(what) {
  console.log(`please ${what}`)
  return (await answers.next()).value
}

/** A page whose faults, and whose requests to anybody else, fail the journey. */
export async function opened(options) {
  const page = await signedIn(browser, options)
  page.setDefaultTimeout(12_000)
  page.faults = []
  page.on('pageerror', (error) => page.faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/ERR_CONNECTION|WebSocket connection|Failed to load resource/.test(message.text())) {
      page.faults.push(message.text())
    }
  })
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && new URL(request.url()).host !== new URL(options.address).host) {
      page.faults.push(`went to ${request.url()}`)
    }
  })
  return page
}

export async function close(page) {
  assert.deepEqual(page.faults, [])
  await page.context().close()
}

export async function settled(page) {
  await page.locator('.live-badge.live, .welcome').waitFor()
  await page.waitForFunction(() => !document.querySelector('.skeleton')).catch(async (error) => {
    const left = await page.locator('.skeleton').evaluateAll((all) => all.map((one) => `${one.parentElement.className} ${one.parentElement.textContent}`))
    throw new Error(`still loading: ${left.join('\n')}`, { cause: error })
  })
}

/** Run all of them, tell how each went, and end the process. */
export async function run() {
  let failed = 0
  for (const [name, act] of journeys) {
    const begun = performance.now()
    try {
      await act()
      console.log(`ok ${name} (${((performance.now() - begun) / 1000).toFixed(1)} s)`)
    } catch (error) {
      failed += 1
      console.log(`failed ${name}: ${String(error?.stack ?? error).replaceAll('\n', '\n  ')}`)
    }
  }
  await browser.close()
  process.exit(failed ? 1 : 0)
}
