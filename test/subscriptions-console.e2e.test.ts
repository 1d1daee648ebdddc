import type { SubscriptionDetail } from '@keelson/server/api'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  chromiumPath,
  expectAccessible,
  hasChromium,
  inConsole,
  launchBrowser,
  signIn,
} from './console/browser.ts'
import type { Place } from './console/consumer.ts'
import { Consumer, callDelivery, publishMany } from './console/consumer.ts'
import { ensureConsole } from './console/dist.ts'
import { callApi, KeelsonProcess, removeFolder, scratchFolder } from './process/keelson.ts'

const title = 'subscriptions in a browser'
const reason = `there is no Chromium at ${chromiumPath}: install one, or set CHROMIUM to its path`

let folder: string
let keelson: KeelsonProcess
let browser: Browser
let admin: Place
let reader: Place
let writer: Place
let failing: Consumer

const visitAs = (who: Place, path: string, steps: (page: Page) => Promise<void>): Promise<void> =>
  inConsole(browser, who.url, async page => {
    await signIn(page, who.key, path)
    await steps(page)
  })
const visitAt = (path: string, steps: (page: Page) => Promise<void>) => visitAs(admin, path, steps)

const make = (body: object) => callDelivery(admin, '/v1/subscriptions', { method: 'POST', body })
const show = (name: string) => callDelivery<SubscriptionDetail>(admin, `/v1/subscriptions/${name}`)
const heading = (page: Page, name: string): Locator => page.getByRole('heading', { level: 1, name })
const rowOf = (page: Page, name: string): Locator =>
  page.getByRole('region', { name: 'List of subscriptions' }).getByRole('row').filter({ hasText: name })
const names = (page: Page): Promise<string[]> =>
  page
    .getByRole('region', { name: 'List of subscriptions' })
    .locator('tbody td:first-child a')
    .allTextContents()

/** One that fails until its breaker opens, one that is paused, one that nobody consumes. */
async function prepare(): Promise<void> {
  const base = { types: ['SubscriptionActivated'], start: 'now' }
  await make({ ...base, name: 'mail', retry: { attempts: 9, initialSeconds: 0.01, maxSeconds: 0.02 } })
  await make({ ...base, name: 'ledger', filter: "payload.editionCode = 'team'" })
  await make({ name: 'archive-export', start: 'now' })
  await callDelivery(admin, '/v1/subscriptions/ledger/pause', { method: 'POST' })
  failing = new Consumer(admin, 'mail', () => ({ name: 'ConnectError', message: 'the mail server is away' }))
  await expect.poll(async () => (await show('mail')).state).toBe('running')
  await publishMany(admin, 'mail', 3)
  await expect.poll(async () => (await show('mail')).breaker).toBe('open')
}

if (!hasChromium && process.env['CI']) test(title, () => expect.fail(reason))

const name = hasChromium ? title : `${title} (skipped: ${reason})`
if (!hasChromium) console.warn(name)
describe.skipIf(!hasChromium)(name, { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await ensureConsole()
    folder = await scratchFolder('subscriptions-console')
    keelson = new KeelsonProcess(['start', '--json', '--port', '0', '--data-dir', 'data'], { folder })
    const [ready, launched] = await Promise.all([keelson.ready(), launchBrowser()])
    browser = launched
    admin = { url: ready.url, key: ready.sampleKey as string }
    const keyOf = async (role: 'reader' | 'writer'): Promise<Place> => {
      const body = { name: `is a ${role}`, role }
      const { secret } = await callDelivery<{ secret: string }>(admin, '/v1/keys', { method: 'POST', body })
      return { ...admin, key: secret }
    }
    reader = await keyOf('reader')
    writer = await keyOf('writer')
  }, 120_000)
  afterAll(async () => {
    await failing?.stop()
    await browser?.close()
    await keelson?.end('SIGTERM')
    if (folder) await removeFolder(folder)
  })

  test('teaches how to make the first one, and makes it', () =>
    visitAt('/subscriptions', async page => {
      await page.getByRole('heading', { name: 'No subscriptions yet' }).waitFor()
      await page.getByText('platform.deliver({').waitFor()
      await page.getByText(`curl ${admin.url}/v1/subscriptions `).first().waitFor()
      await expectAccessible(page, 'subscriptions-none')
      const taught = [...(await page.locator('main').innerText()).matchAll(/"?types"?: \[["'](\w+)["']\]/g)]
      expect(taught).toHaveLength(2)
      for (const [, type] of taught) await callDelivery(admin, `/v1/catalog/events/${type}`)
      const foot = await page.getByRole('button', { name: 'Refresh' }).boundingBox()
      expect(foot?.y, 'the status bar is at the foot of the page').toBeGreaterThan(760)
      await page.getByRole('button', { name: 'Make one here' }).click()
      const form = page.getByRole('dialog', { name: 'New subscription' })
      await form.getByLabel('Name').fill('not a name')
      await form.getByRole('button', { name: 'Make the subscription' }).click()
      await form.getByText('must be 1 to 50 letters').waitFor()
      await expectAccessible(page, 'subscriptions-new')
      await form.getByLabel('Name').fill('first')
      await form.getByLabel('Filter', { exact: true }).fill('payload.amount >')
      await form.getByRole('button', { name: 'Make the subscription' }).click()
      await form.locator('textarea[aria-invalid="true"]').waitFor()
      await form.getByText(/at line 1, column \d+/).waitFor()
      expect(await form.getByRole('alert').count()).toBe(0)
      expect(await form.getByText('Every event that was ever stored, and then the new ones').count()).toBe(1)
      await form.getByLabel('Filter', { exact: true }).fill('payload.amount > 100')
      await form.getByText('Retries, dead letters and limits').click()
      await form.getByLabel('Tries', { exact: true }).fill('3')
      await form.getByRole('button', { name: 'Make the subscription' }).click()
      await page.waitForURL('**/subscriptions/first')
      await heading(page, 'first').waitFor()
      await page.getByText('subscriptions/first/pull').waitFor()
      expect((await show('first')).settings).toMatchObject({
        filter: 'payload.amount > 100',
        retry: { attempts: 3 },
      })
    }))

  test('says that a name is taken, changes what can be changed, and deletes after one has typed the name', () =>
    visitAt('/subscriptions?new=true', async page => {
      const usual = page.viewportSize() ?? { width: 1280, height: 800 }
      const low = { ...usual, height: 500 }
      await page.setViewportSize(low)
      const form = page.getByRole('dialog')
      await form.getByLabel('Name').fill('first')
      await form.getByRole('button', { name: 'Make the subscription' }).click()
      await form.getByText('subscription_exists').waitFor()
      // What failed pushes no button out of the dialog, on a low screen either.
      const make = await form.getByRole('button', { name: 'Make the subscription' }).boundingBox()
      expect((make?.y ?? low.height) + (make?.height ?? 0)).toBeLessThan(low.height)
      await page.setViewportSize(usual)
      await form.getByRole('button', { name: 'Cancel' }).click()
      await rowOf(page, 'first').getByRole('link', { name: 'first' }).click()
      await page.getByRole('button', { name: 'Change' }).click()
      await form.getByLabel('Filter', { exact: true }).fill('payload.amount > 200')
      await form.getByRole('button', { name: 'Save' }).click()
      await form.waitFor({ state: 'detached' })
      await page.getByText('payload.amount > 200').first().waitFor()
      expect((await show('first')).settings).toMatchObject({
        filter: 'payload.amount > 200',
        retry: { attempts: 3 },
      })
      await page.getByRole('button', { name: 'Delete' }).click()
      const confirm = form.getByRole('button', { name: 'Delete it' })
      expect(await confirm.isDisabled()).toBe(true)
      await expectAccessible(page, 'subscription-delete')
      await form.getByLabel('Type first to go on').fill('first')
      await confirm.click()
      await page.getByRole('heading', { name: 'No subscriptions yet' }).waitFor()
      expect((await callApi(admin.url, '/v1/subscriptions/first', admin)).status).toBe(404)
    }))

  test('shows how each of them does, and finds those in trouble', async () => {
    await prepare()
    await visitAt('/subscriptions', async page => {
      await rowOf(page, 'mail').getByText('open', { exact: true }).waitFor()
      expect(await names(page)).toEqual(['archive-export', 'ledger', 'mail'])
      expect(await rowOf(page, 'mail').textContent()).toMatch(/the mail server is away/)
      expect(await rowOf(page, 'mail').textContent()).toMatch(/this server/)
      expect(await rowOf(page, 'ledger').textContent()).toMatch(/paused\d+ positions/)
      expect(await rowOf(page, 'archive-export').textContent()).toMatch(/idle.*nobody/)
      await expectAccessible(page, 'subscriptions')
      await page.getByText('In trouble').click()
      await page.waitForURL(/show=trouble/)
      expect(await names(page)).toEqual(['mail'])
      await page.getByText(/^All \d+$/).click()
      await page.keyboard.press('/')
      await page.keyboard.type('paused nothing')
      await page.getByRole('heading', { name: 'None of the subscriptions fits' }).waitFor()
      await page.getByRole('button', { name: 'Show all' }).click()
      await page.getByRole('button', { name: 'Behind' }).click()
      await page.waitForURL(/sort=lag/)
      await page.reload()
      await rowOf(page, 'mail').waitFor()
      expect(new URL(page.url()).search).toBe('?sort=lag')
    })
  })

  test('shows new numbers by itself', () =>
    visitAt('/subscriptions', async page => {
      const events = async () =>
        Number(/(\d+) positions/.exec((await rowOf(page, 'ledger').textContent()) ?? '')?.[1])
      await rowOf(page, 'ledger').waitFor()
      const before = await events()
      await publishMany(admin, 'more', 2)
      await expect.poll(events).toBe(before + 2)
    }))

  test('pauses and resumes', () =>
    visitAt('/subscriptions/archive-export', async page => {
      await page.getByRole('button', { name: 'Pause' }).click()
      await page.getByRole('button', { name: 'Resume' }).waitFor()
      expect((await show('archive-export')).state).toBe('paused')
      await page.getByRole('button', { name: 'Resume' }).click()
      await page.getByRole('button', { name: 'Pause' }).waitFor()
      expect((await show('archive-export')).state).not.toBe('paused')
    }))

  test('shows a reader everything, and no button that would be refused', () =>
    visitAs(reader, '/subscriptions', async page => {
      await rowOf(page, 'mail').waitFor()
      expect(await page.getByRole('button', { name: 'New subscription' }).count()).toBe(0)
      await rowOf(page, 'mail').getByRole('link', { name: 'mail', exact: true }).click()
      await heading(page, 'mail').waitFor()
      await page.getByText('Partitions').waitFor()
      for (const button of ['Pause', 'Resume', 'Change', 'Delete'])
        expect(await page.getByRole('button', { name: button }).count(), button).toBe(0)
      const pause = { key: reader.key, method: 'POST' } as const
      expect((await callApi(admin.url, '/v1/subscriptions/mail/pause', pause)).status).toBe(403)
    }))

  test('leads a writer to no page that it is refused', () =>
    visitAs(writer, '/subscriptions', async page => {
      await heading(page, 'This key may look at nothing').waitFor()
      expect(await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').count()).toBe(0)
      await expectAccessible(page, 'writer')
    }))

  test('says why they cannot be shown, and tries again', () =>
    visitAt('/events', async page => {
      const refusal = { status: 429, contentType: 'application/problem+json', body: '{"code":"too_busy"}' }
      await page.route('**/v1/subscriptions', route => route.fulfill(refusal))
      await page.getByRole('link', { name: 'Subscriptions' }).click()
      await page.getByRole('alert').getByText('too_busy').waitFor()
      await page.unroute('**/v1/subscriptions')
      await page.getByRole('button', { name: 'Try again' }).click()
      await rowOf(page, 'mail').waitFor()
    }))

  test('says that a list is stale while the server is away, and fetches it when it is back', () =>
    visitAt('/events', async page => {
      const rows = page.getByRole('grid', { name: 'Events' }).getByRole('row')
      await rows.nth(1).waitFor()
      // In the page, because a request that finds no server would be a complaint of the browser's.
      await page.evaluate(
        '{ window.kept = fetch; window.fetch = async () => { throw new TypeError("away") } }',
      )
      await page.getByRole('link', { name: 'Subscriptions' }).click()
      await page.getByText('The server cannot be reached').waitFor()
      await page.getByRole('link', { name: 'Events', exact: true }).click()
      await page.getByText(/^stale, updated/).waitFor()
      await page.getByRole('link', { name: 'Subscriptions' }).click()
      await publishMany(admin, 'missed', 1)
      await page.evaluate('{ window.fetch = kept }')
      await page.getByText('The server cannot be reached').waitFor({ state: 'detached' })
      await page.getByRole('link', { name: 'Events', exact: true }).click()
      await rows.filter({ hasText: 'missed' }).first().waitFor()
    }))

  test('says of a name that is not there that it is not', () =>
    visitAt('/subscriptions/nothing', async page => {
      await heading(page, 'There is no such subscription').waitFor()
      await expectAccessible(page, 'subscription-missing')
    }))

  // Last, because its chart needs points that come every ten seconds.
  test('says what an open breaker means, and lets it go on', () =>
    visitAt('/subscriptions/mail', async page => {
      await page.getByText('Open: too much failed, so nothing is pulled.').waitFor()
      await page.getByText('the mail server is away').first().waitFor()
      // The history has a point in ten seconds.
      await page.getByRole('slider', { name: 'Positions behind the newest' }).waitFor({ timeout: 40_000 })
      await expectAccessible(page, 'subscription')
      failing.handle = () => undefined
      await page.getByRole('button', { name: 'Resume' }).click()
      await page.getByText('up to date').waitFor()
      await page.getByText('Closed: events are handled as they come.').waitFor()
      expect(failing.done.length).toBeGreaterThanOrEqual(3)
      const chart = page.getByRole('slider', { name: 'Positions behind the newest' })
      await chart.focus()
      const now = await chart.getAttribute('aria-valuetext')
      expect(now).toMatch(/^\d\d:\d\d:\d\d: \d+ positions?$/)
      await page.keyboard.press('Home')
      expect(await chart.getAttribute('aria-valuenow')).toBe('0')
    }))
})
