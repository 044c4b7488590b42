// Setting Traybeat up by its pages: node tests/browser/setting-up.mjs ADDRESS ADMIN_KEY VIEWER_KEY METRICS PEER
// Whoever starts this is asked, by a line of standard output, for a code, or to edit the settings file by hand.
import assert from 'node:assert/strict'

import { browser, close, journey, opened as visit, please, run, settled } from './journey.mjs'

const [address, admin, viewer, metrics, peer] = process.argv.slice(2)
const opened = (path, options = {}) =>
  visit({ address, key: admin, ...options }).then(async (page) => {
    await page.goto(address + path)
    return page
  })
const asked = async (path, key = admin) => {
  const answer = await fetch(address + path, { headers: { authorization: `Bearer ${key}` } })
  return { status: answer.status, body: await answer.json() }
}
const scraped = async (password) => {
  const headers = password ? { authorization: `Basic ${Buffer.from(`prometheus:${password}`).toString('base64')}` } : {}
  for (let turn = 0; ; turn += 1) {
    try {
      return (await fetch(metrics, { headers })).status
    } catch (error) {
      // While the listener opens at another address, it can't be reached for a moment.
      if (turn === 50) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

journey('the first window shows the welcome, once, and what is chosen there is in force', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${address}/#code=${await please('code')}`)
  await page.getByRole('heading', { name: 'Traybeat watches this machine' }).waitFor()
  assert.equal(page.url(), `${address}/welcome`)
  await page.getByText('Temperatures and fans').waitFor()

  const login = page.getByRole('switch', { name: 'Start at login' })
  assert.equal(await login.isChecked(), false)
  await Promise.all([page.waitForResponse((one) => one.url().endsWith('/api/login') && one.ok()), login.click()])
  assert.equal((await asked('/api/welcome')).body.login.on, true)

  const prometheus = page.getByRole('region', { name: 'For Prometheus' })
  assert.equal(await prometheus.getByLabel('This machine only').isChecked(), true)
  assert.equal(await scraped(), 200)
  await prometheus.getByText('The network, with a password').click()
  await prometheus.getByText(/listens on every network.*firewall/s).waitFor()
  assert.equal(await prometheus.getByRole('button', { name: 'Open it' }).isDisabled(), true)
  await prometheus.getByLabel('Password for the user prometheus').fill('hush, hush')
  await prometheus.getByRole('button', { name: 'Open it' }).click()
  await prometheus.getByText('Saved, and in force.').waitFor()
  assert.deepEqual([await scraped(), await scraped('hush, hush')], [401, 200])
  assert.equal((await asked('/api/welcome')).body.network, true)
  await prometheus.getByText('This machine only').click()
  await prometheus.getByRole('button', { name: 'Close it again' }).click()
  await prometheus.getByRole('button', { name: 'Close it again' }).waitFor({ state: 'detached' })
  assert.equal((await asked('/api/welcome')).body.network, false)

  await page.getByText("Alerts can't be shown on this desktop.").waitFor()
  await page.getByRole('link', { name: 'Open the dashboard' }).click()
  await page.waitForURL(`${address}/`)
  await context.close()

  const again = await (await browser.newContext()).newPage()
  await again.goto(`${address}/#code=${await please('code')}`)
  await again.getByRole('heading', { name: 'CPU', level: 2, exact: true }).waitFor()
  assert.equal(again.url(), `${address}/`)
  await again.context().close()
})

journey('settings changed on the page are in force; wrong ones are told beside their field', async () => {
  const page = await opened('/settings?section=collectors')
  const interval = page.getByLabel('interval_seconds').nth(1)
  await interval.fill('fast')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.locator('[id="collectors.cpu.interval_seconds"][aria-invalid="true"]').waitFor()
  await page.getByRole('alert').getByText(/number from 0.5 to 3600/).waitFor()
  await page.getByText('Nothing was changed.').waitFor()
  await interval.fill('1')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Saved, and in force.').waitFor()
  await page.goto(`${address}/settings`)
  await page.locator('[id="appearance.tray"]').selectOption('number')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Saved, and in force.').waitFor()
  await page.goto(`${address}/diagnostics`)
  await page.getByRole('row', { name: /^cpu healthy 1\ss/ }).waitFor({ timeout: 15_000 })
  assert.equal((await asked('/api/settings')).body.settings.appearance.tray, 'number')
  await close(page)
})

journey('what the environment sets is shown as such, and left alone', async () => {
  const page = await opened('/settings?section=limits')
  const field = page.getByLabel('cpu_percent')
  assert.equal(await field.isDisabled(), true)
  assert.equal(await field.inputValue(), '90')
  await page.getByText('Set by the environment').first().waitFor()
  await close(page)
})

journey('theme and language of the settings reach every open page; who only reads has a look of their own', async () => {
  const [page, other] = [await opened('/settings'), await opened('/settings', { key: viewer })]
  const shade = (one, wanted) => one.waitForFunction((theme) => document.documentElement.dataset.theme === theme, wanted)
  await other.getByText('Your key may read, not change.').waitFor()
  await page.getByText('Dark', { exact: true }).click()
  await Promise.all([shade(page, 'dark'), shade(other, 'dark')])
  await other.getByText('Light', { exact: true }).click()
  await shade(other, 'light')
  await other.reload()
  await shade(other, 'light')
  await shade(page, 'dark')
  await please('edit theme: dark -> language: ko')
  await Promise.all([page, other].map((one) => one.getByRole('heading', { name: '설정', level: 1 }).waitFor()))
  await shade(page, 'light')
  await page.goto(`${address}/settings?section=collectors`)
  await page.getByText('수집 간격(초)').first().waitFor()
  await please('edit language: ko -> language: en')
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
  await Promise.all([close(page), close(other)])
})

journey('a channel is set up and tried, and what the other side answers is shown', async () => {
  const page = await opened('/settings?section=channels')
  await page.locator('[id="channels.webhook.url"]').fill(`${peer}/gone`)
  await page.locator('[id="channels.webhook.allow_loopback"]').click()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Saved, and in force.').waitFor()
  await page.getByRole('button', { name: 'Send a test: webhook' }).click({ timeout: 20_000 })
  await page.getByText(/Not delivered: .*410/).waitFor()
  await page.locator('[id="channels.webhook.url"]').fill(`${peer}/here`)
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Saved, and in force.').waitFor()
  await page.getByRole('button', { name: 'Send a test: webhook' }).click()
  await page.getByText(/^Delivered: .*200/).waitFor()
  await close(page)
})

journey('a secret goes in and never comes out', async () => {
  const page = await opened('/settings?section=secrets')
  const heard = []
  page.on('response', async (answer) => heard.push(await answer.text().catch(() => '')))
  await page.getByLabel('Name').fill('smtp-password')
  await page.getByLabel('Value').fill('swordfish-7')
  await page.getByRole('button', { name: 'Keep' }).click()
  await page.getByText('smtp-password').waitFor()
  assert.equal(await page.getByLabel('Value').inputValue(), '')
  await page.reload()
  await page.getByText('smtp-password').waitFor()
  assert.equal((await page.content()).includes('swordfish-7') || heard.join().includes('swordfish-7'), false)
  await page.getByRole('button', { name: 'Forget: smtp-password' }).click()
  await page.getByText('smtp-password').waitFor({ state: 'detached' })
  await close(page)
})

journey('a key is made, shown once, works, and is worthless once revoked', async () => {
  const page = await opened('/settings?section=keys')
  await page.getByLabel('Name').fill('wall')
  await page.getByRole('button', { name: 'Make a key' }).click()
  const key = await page.getByText(/^tb_/).textContent()
  assert.equal((await asked('/api/session', key)).body.scope, 'viewer')
  await page.reload()
  await page.getByRole('button', { name: 'Revoke: wall' }).waitFor()
  assert.equal((await page.content()).includes(key), false)
  await page.getByRole('button', { name: 'Revoke: wall' }).click()
  await page.getByRole('button', { name: 'Revoke: wall' }).waitFor({ state: 'detached' })
  assert.equal((await asked('/api/session', key)).status, 401)
  await close(page)
})

journey('the report of Diagnostics is copied, says where files lie, and holds no secret', async () => {
  const page = await opened('/diagnostics')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: address })
  await page.getByRole('button', { name: 'Copy a report' }).click()
  await page.getByText('Copied; it holds no secrets.').waitFor()
  const report = await page.evaluate(() => navigator.clipboard.readText())
  assert.deepEqual(JSON.parse(report).files.map((path) => path.split('/').at(-1)), ['settings.yaml', 'rules.yaml', 'telemetry.db', 'journal.db', 'traybeat.log'])
  assert.equal(/hush|swordfish|tb_/.test(report), false)
  await page.getByText('traybeat.log').waitFor()
  await close(page)
})

journey('the policy of the pages lets nothing out, even if a page tried', async () => {
  const page = await opened('/')
  await settled(page)
  const policy = (await page.request.get(address)).headers()['content-security-policy']
  assert.match(policy, /default-src 'none'|default-src 'self'/)
  const outcome = await page.evaluate(async (place) => {
    const blocked = new Promise((done) => document.addEventListener('securitypolicyviolation', (event) => done(event.violatedDirective), { once: true }))
    await fetch(place).catch(() => null)
    return blocked
  }, `${peer}/out`)
  assert.equal(outcome, 'connect-src')
  await page.context().close()
})

await run()
