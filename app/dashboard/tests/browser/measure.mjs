// What the dashboard costs in Chromium: node tests/browser/measure.mjs ADDRESS KEY; prints one line of JSON.
import { launch, signedIn } from './browser.mjs'

const [address, key] = process.argv.slice(2)
const LIVE_SECONDS = 60
const HOUR_OF_MESSAGES = 1800
const browser = await launch()
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

async function fresh(path, options = {}) {
  const page = await signedIn(browser, { address, key, width: 1440, height: 900, ...options })
  await page.goto(address + path)
  return page
}

const drawn = (page) =>
  page.waitForFunction(() => document.querySelector('.chart canvas') && !document.querySelector('.skeleton'))

async function starting() {
  const [paints, overviews] = [[], []]
  for (let turn = 0; turn < 7; turn += 1) {
    const page = await fresh('/')
    await drawn(page)
    overviews.push(await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(performance.now())))))
    paints.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime))
    await page.context().close()
  }
  return { first_paint_ms: median(paints), overview_ms: median(overviews) }
}

/** The page with the most charts: each of eight cores by itself, and the four that are always there. */
const MANY = '/cpu?cores=each'
const CHARTS = 12
const manyDrawn = (page) => page.locator('.chart canvas').nth(CHARTS - 1).waitFor()

/** From the end of the answer to the frame in which the last of the charts is drawn anew. */
async function redrawing() {
  const page = await fresh(MANY)
  await manyDrawn(page)
  const times = []
  for (let turn = 0; turn < 7; turn += 1) {
    await page.waitForTimeout(500)
    const drawnAt = page.evaluate(() => new Promise((done) => {
      const last = [...document.querySelectorAll('.chart')].at(-1)
      new MutationObserver((_, observer) => {
        observer.disconnect()
        requestAnimationFrame(() => setTimeout(() => done(performance.now())))
      }).observe(last, { attributeFilter: ['aria-label'] })
    }))
    await page.getByRole('button', { name: turn % 2 ? '7 d' : '30 d' }).click()
    const drawn = await drawnAt
    const answered = await page.evaluate(() =>
      performance.getEntriesByType('resource').filter((one) => one.name.includes('/api/metrics/cpu?')).at(-1).responseEnd)
    if (answered >= drawn) throw new Error('drawn before it was answered')
    times.push(drawn - answered)
  }
  const charts = await page.locator('.chart').count()
  await page.context().close()
  return { charts, redraw_ms: median(times) }
}

/** This machine may have fewer cores than the one whose history is shown: the others are told of as copies of the first. */
function grown(message) {
  const told = JSON.parse(message)
  const values = told.sources?.cpu?.values
  const first = values?.find((one) => one.metric === 'system_cpu_core_busy_ratio')
  for (let core = 0; first && core < 8; core += 1) {
    const known = values.some((one) => one.metric === first.metric && one.labels.core === String(core))
    if (!known) values.push({ ...first, labels: { core: String(core) } })
  }
  return told
}

/** The page's thread, while real messages come at their own rhythm. */
async function living() {
  const page = await signedIn(browser, { address, key, width: 1440, height: 900, motion: 'no-preference' })
  await page.routeWebSocket('**/api/live', (route) => {
    const server = route.connectToServer()
    server.onMessage((message) => route.send(JSON.stringify(grown(message))))
  })
  await page.goto(`${address}${MANY}&range=15m`)
  await manyDrawn(page)
  await page.waitForTimeout(3000)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const spent = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find((one) => one.name === 'TaskDuration').value
  }
  const before = await spent()
  await page.waitForTimeout(LIVE_SECONDS * 1000)
  const share = ((await spent()) - before) / LIVE_SECONDS
  await page.context().close()
  return { live_share_of_a_core: share }
}

/** An hour of messages, told faster, with the page's clock going along. */
async function remembering() {
  const page = await signedIn(browser, { address, key, width: 1440, height: 900 })
  let told = null
  let socket = null
  await page.clock.install()
  await page.routeWebSocket('**/api/live', (route) => {
    socket = route
    const server = route.connectToServer()
    server.onMessage((message) => {
      const parsed = grown(message)
      if (told === null) route.send(JSON.stringify(parsed))
      if (parsed.type === 'readings') told ??= parsed
    })
  })
  await page.goto(`${address}${MANY}&range=15m`)
  await manyDrawn(page)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const used = async () => {
    await session.send('HeapProfiler.collectGarbage')
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find((one) => one.name === 'JSHeapUsedSize').value
  }
  const play = async (count) => {
    for (let turn = 0; turn < count; turn += 1) {
      await page.clock.runFor(2000)
      told.time += 2
      for (const source of Object.values(told.sources)) source.time += 2
      socket.send(JSON.stringify(told))
    }
  }
  while (told === null) await new Promise((resolve) => setTimeout(resolve, 50))
  await play(500)
  const before = await used()
  await play(HOUR_OF_MESSAGES)
  const after = await used()
  await page.context().close()
  return { heap_before: before, heap_after_an_hour: after }
}

const results = { ...(await starting()), ...(await redrawing()), ...(await living()), ...(await remembering()) }
console.log(JSON.stringify(results))
await browser.close()
