// Rules and alerts: written, tried, dragged, kept, fired, looked at, removed.
import assert from 'node:assert/strict'

const METRIC = 'system_cpu_busy_ratio'
const number = (text) => Number(text.replace('%', ''))

export function aboutRules({ address, opened, close, settled, checked, journey }) {
  const threshold = (page) => page.getByRole('textbox', { name: 'Threshold', exact: true })
  const handle = (page) => page.getByRole('slider', { name: 'Threshold' })
  const tries = (page, at) =>
    page.waitForRequest((one) => one.url().includes('/backtest') && Math.abs(one.postDataJSON().threshold - at() / 100) < 1e-9)

  async function writing(options = {}) {
    const page = await opened({ width: 1440, height: 900, ...options })
    await page.goto(`${address}/alerts/rule`)
    await settled(page)
    await handle(page).waitFor()
    return page
  }

  /** The number, the sentence and the handle say the same, and it was tried on the past. */
  async function agreed(page, before) {
    const value = number(await threshold(page).inputValue())
    assert.notEqual(value, before)
    await page.locator('.sentence').getByText(`above ${value}`).waitFor()
    assert.equal(number(await handle(page).getAttribute('aria-valuenow')), value)
    return value
  }

  for (const theme of ['light', 'dark']) {
    journey(`a threshold is dragged by mouse and moved by keys, ${theme}; number, sentence and trial follow`, async () => {
      const page = await writing({ theme })
      const proposed = number(await threshold(page).inputValue())
      assert.ok(proposed > 0, 'a new rule begins with a threshold from the past')

      const box = await handle(page).boundingBox()
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
      let dragged = NaN
      const tried = tries(page, () => dragged)
      await page.mouse.move(x, y)
      await page.mouse.down()
      await page.mouse.move(x - 5, y + 20, { steps: 4 })
      await page.mouse.move(x - 5, y + 45, { steps: 4 })
      dragged = await agreed(page, proposed)
      assert.ok(dragged < proposed)
      await page.mouse.up()
      await tried
      await page.getByRole('region', { name: 'What it would have done' }).locator('h2').getByText(/would (not )?have fired/).waitFor()

      await handle(page).focus()
      await page.keyboard.press('ArrowUp')
      const up = await agreed(page, dragged)
      assert.ok(up > dragged)
      let far = NaN
      const again = tries(page, () => far)
      await page.keyboard.press('PageDown')
      far = await agreed(page, up)
      assert.ok(far < up)
      await again
      await page.getByLabel('Clears below').fill(String(far / 2))
      await page.getByText(/^clears at/).waitFor()
      const chart = page.locator('.trial-chart .chart')
      await chart.focus()
      await page.keyboard.press('End')
      await page.keyboard.press('+')
      await page.getByRole('button', { name: 'Show all of it' }).click()
      await page.getByRole('button', { name: 'Export What it would have done' }).click()
      const [table] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Save as table (CSV)' }).click()])
      assert.equal(table.suggestedFilename(), `traybeat-${METRIC}.csv`)
      await checked(page, 'a rule that is written')
      await close(page)
    })
  }

  journey('by finger, the line is dragged too and the page stays where it is', async () => {
    const page = await writing({ width: 360, height: 780 })
    const before = number(await threshold(page).inputValue())
    await handle(page).evaluate((one) => one.scrollIntoView({ block: 'center' }))
    const [box, scrolled] = [await handle(page).boundingBox(), await page.evaluate(() => scrollY)]
    const session = await page.context().newCDPSession(page)
    const touch = (type, y) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x: box.x + 8, y: box.y + 8 + y }] })
    await touch('touchStart', 0)
    for (const y of [10, 25, 40]) await touch('touchMove', y)
    await touch('touchEnd', 40)
    assert.ok((await agreed(page, before)) < before)
    assert.equal(await page.evaluate(() => scrollY), scrolled)
    await close(page)
  })

  journey('what can not be in a rule is said beside its field, and what is left unsaved comes back', async () => {
    const page = await writing()
    await page.getByLabel('For at least').fill('-3')
    const wrong = page.locator('[aria-invalid="true"]')
    assert.equal(await wrong.count(), 1)
    const told = await wrong.evaluate((one) => document.getElementById(one.getAttribute('aria-describedby')).textContent)
    assert.equal(told, 'From 0 to 10080.')
    await page.getByText('It is tried as soon as').waitFor()
    await page.getByRole('button', { name: 'Save rule' }).click()
    await page.getByRole('alert').getByText('Not saved').waitFor()
    await checked(page, 'a rule that can not be')
    await page.getByRole('link', { name: 'Memory' }).click()
    await page.getByRole('heading', { name: 'Memory', level: 1 }).waitFor()
    await page.goBack()
    await page.getByText('What you left unsaved is back.').waitFor()
    assert.equal(await page.getByLabel('For at least').inputValue(), '-3')
    await page.getByRole('button', { name: 'Discard it' }).click()
    assert.equal(await page.getByLabel('For at least').inputValue(), '10')
    await close(page)
  })

  journey('the past and the trial fail and come back', async () => {
    const page = await opened({ width: 1440, height: 900 })
    await page.route(/api\/metrics\/cpu\?|backtest/, (route) => route.fulfill({ status: 503, json: { title: 'x', detail: 'History rests.' } }))
    await page.goto(`${address}/alerts/rule`)
    await page.getByRole('alert').getByText('History rests.').waitFor()
    await checked(page, 'a trial that failed')
    await page.unroute(/api\/metrics\/cpu\?|backtest/)
    await page.getByRole('button', { name: 'Try again' }).click()
    await handle(page).waitFor()
    await close(page)
  })

  journey('a rule is kept, fires, is acknowledged, stands in the timeline with what ran then, and goes', async () => {
    const page = await opened({ width: 1440, height: 900 })
    await page.goto(`${address}/alerts`)
    await settled(page)
    await page.getByRole('link', { name: 'New rule' }).click()
    await handle(page).waitFor()
    assert.equal(await page.getByLabel('Metric').inputValue(), METRIC)
    await page.getByLabel('Looking at').selectOption('newest value')
    await page.getByLabel('For at least').fill('0')
    await threshold(page).fill('0.1')
    await page.getByText('Tell me as soon as CPU busy is above 0.1').waitFor()
    await page.getByRole('list', { name: /When it would have fired/ }).getByRole('button').first().click()
    await page.locator('[aria-pressed="true"]').getByText(/peak/).waitFor()
    await page.getByRole('radio', { name: 'critical' }).check()
    await page.getByLabel('Name', { exact: true }).fill('Journey')
    await page.getByRole('button', { name: 'Save rule' }).click()

    const active = page.getByRole('region', { name: 'Active now' })
    await active.getByRole('button', { name: 'Acknowledge' }).click({ timeout: 30_000 })
    await active.getByText(/acknowledged/).waitFor()
    const history = page.getByRole('region', { name: 'History' })
    const bar = history.getByRole('group', { name: 'Alerts over time' }).getByRole('button', { name: /^Journey, critical: / })
    await bar.click()
    const details = history.locator('details[open]')
    await details.getByRole('table', { name: 'What ran then' }).waitFor()
    assert.match(await details.locator('summary').textContent(), /critical.*Journey/)
    await page.emulateMedia({ colorScheme: 'dark' })
    await checked(page, 'an alert that is looked at, dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await checked(page, 'an alert that is looked at, light')
    await history.getByLabel('Severity').selectOption('info')
    await history.getByText('Nothing that fits fired in this time.').waitFor()
    await history.getByRole('button', { name: 'Show all' }).click()
    await bar.waitFor()

    await page.getByRole('link', { name: 'Edit: journey' }).click()
    await handle(page).waitFor()
    assert.equal(await threshold(page).inputValue(), '0.1')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Remove: journey' }).click()
    await page.getByRole('button', { name: 'Really remove?: journey' }).click()
    await page.getByRole('button', { name: 'Remove: journey' }).waitFor({ state: 'detached' })
    await close(page)
  })
}
