import { readFile } from 'node:fs/promises'
import type { CatalogDocument, EventDetailDocument, EventDocument, VersionPair } from '@keelson/server/api'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  chromiumPath,
  expectAccessible,
  hasChromium,
  inConsole,
  launchBrowser,
  signIn,
} from './console/browser.ts'
import {
  heading,
  listNames,
  listRows,
  listStatus,
  registerPizzaBaked,
  types,
} from './console/catalog-pages.ts'
import { ensureConsole } from './console/dist.ts'
import { callApi, KeelsonProcess, removeFolder, scratchFolder } from './process/keelson.ts'

const title = 'the catalogue in a browser'
const reason = `there is no Chromium at ${chromiumPath}: install one, or set CHROMIUM to its path`

let folder: string
let keelson: KeelsonProcess
let browser: Browser
let url: string
let key: string
let catalog: CatalogDocument

/** A visit that begins with a deep link, from which the sign-in leads back. */
const visitAt = (path: string, steps: (page: Page) => Promise<void>): Promise<void> =>
  inConsole(browser, url, async page => {
    await signIn(page, key, path)
    await steps(page)
  })

const eventOf = (type: string) => catalog.events.find(one => one.type === type) as EventDocument

if (!hasChromium && process.env['CI']) test(title, () => expect.fail(reason))

const name = hasChromium ? title : `${title} (skipped: ${reason})`
if (!hasChromium) console.warn(name)
describe.skipIf(!hasChromium)(name, { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await ensureConsole()
    folder = await scratchFolder('catalog-console')
    keelson = new KeelsonProcess(['start', '--json', '--port', '0', '--data-dir', 'data'], { folder })
    const [ready, launched] = await Promise.all([keelson.ready(), launchBrowser()])
    browser = launched
    url = ready.url
    key = ready.sampleKey as string
    await registerPizzaBaked(url, key)
    catalog = (await callApi(url, '/v1/catalog', { key })).body as CatalogDocument
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await keelson?.end('SIGTERM')
    if (folder) await removeFolder(folder)
  })

  test('lists every event, and finds by names, summaries and fields', () =>
    visitAt('/events', async page => {
      await page.getByRole('link', { name: 'Catalogue' }).click()
      await listStatus(page).getByText(`${catalog.events.length} events`, { exact: true }).waitFor()
      expect((await listNames(page)).sort()).toEqual(types(catalog.events))
      expect(await page.title()).toBe('Catalogue · Keelson')
      await expectAccessible(page, 'catalog')
      await page.keyboard.press('/')
      await page.keyboard.type('editioncode')
      await page.waitForURL(/q=editioncode/)
      expect(await listNames(page)).toContain('SubscriptionActivated')
      expect((await listNames(page)).length).toBeLessThan(10)
      await page.getByText('field editionCode').first().waitFor()
      await expectAccessible(page, 'catalog-found')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('j')
      const second = (await listNames(page))[1] as string
      await page.keyboard.press('Enter')
      await heading(page, second).waitFor()
      await page.goBack()
      await expect.poll(() => page.getByLabel('Search the catalogue').inputValue()).toBe('editioncode')
      await page.getByLabel('Search the catalogue').fill('nothingissocalled')
      await page.getByRole('heading', { name: 'None of the events fits' }).waitFor()
      await expectAccessible(page, 'catalog-none')
      await page.getByRole('button', { name: 'Clear the filter' }).last().click()
      await listStatus(page).getByText(`${catalog.events.length} events`, { exact: true }).waitFor()
    }))

  test('narrows by facets, also after a reload', () =>
    visitAt('/catalog', async page => {
      const kept = catalog.events.filter(
        event => event.context === 'saas' && event.consumers.includes('Notification'),
      )
      expect(kept.length).toBeGreaterThan(0)
      await page.getByRole('group', { name: 'Context' }).getByLabel('saas').check()
      await page
        .getByRole('group', { name: 'Consumer' })
        .getByLabel(/^Notification *\d+$/)
        .check()
      await expect.poll(async () => (await listNames(page)).sort()).toEqual(types(kept))
      await page.reload()
      await expect.poll(async () => (await listNames(page)).sort()).toEqual(types(kept))
      await page.goBack()
      await expect.poll(async () => (await listNames(page)).length).toBeGreaterThan(kept.length)
    }))

  test('lists what a tenant defined itself', () =>
    visitAt('/catalog', async page => {
      await page.getByLabel(/^Own types only/).check()
      await expect.poll(() => listNames(page)).toEqual(['PizzaBaked'])
      await listRows(page).first().click()
      await heading(page, 'PizzaBaked').waitFor()
      await page.getByText('own type', { exact: true }).waitFor()
      await expectAccessible(page, 'catalog-own')
    }))

  test('shows an event type, and leads to its events and back', () =>
    visitAt('/catalog/events/AuditEventReceived', async page => {
      const { personal, rules } = eventOf('AuditEventReceived')
      await heading(page, 'AuditEventReceived').waitFor()
      expect(await page.title()).toBe('AuditEventReceived · Catalogue · Keelson')
      const fields = page.getByRole('region', { name: 'Fields of the payload' })
      const email = fields.getByRole('row', { name: /^email/ })
      expect(await email.textContent()).toMatch(/optional.*Personal data \(email\) of actor\.id/)
      expect(await fields.getByText('Personal data').count()).toBe(personal.length)
      for (const rule of rules) await page.getByText(rule.replaceAll('`', '')).waitFor()
      await expectAccessible(page, 'catalog-event')
      await fields.getByRole('button', { name: 'Fields of actor' }).click()
      await email.waitFor({ state: 'hidden' })

      await page.getByRole('link', { name: 'Events of this type' }).click()
      await page.waitForURL(/events\?type=AuditEventReceived/)
      await page.getByRole('grid', { name: 'Events' }).locator('[role="row"][aria-selected]').first().click()
      await page.getByRole('link', { name: 'Open page' }).click()
      await page.getByRole('link', { name: 'AuditEventReceived' }).click()
      await heading(page, 'AuditEventReceived').waitFor()
    }))

  test('gives examples and the schema away', () =>
    visitAt('/catalog/events/SubscriptionActivated', async page => {
      const { examples, schema } = eventOf('SubscriptionActivated')
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await heading(page, 'SubscriptionActivated').waitFor()
      await page.keyboard.press('2')
      await page.getByRole('button', { name: 'Copy example 1' }).click()
      expect(JSON.parse(await page.evaluate('navigator.clipboard.readText()'))).toEqual(examples[0])
      await expectAccessible(page, 'catalog-examples')
      await page.keyboard.press('4')
      await page.waitForURL(/tab=schema/)
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download' }).click(),
      ])
      expect(file.suggestedFilename()).toBe('SubscriptionActivated-1.0.schema.json')
      expect(JSON.parse(await readFile(await file.path(), 'utf8'))).toEqual(schema)
      await expectAccessible(page, 'catalog-schema')
    }))

  test('compares any two versions, and says what breaks', () =>
    visitAt('/catalog/events/PizzaBaked?tab=versions', async page => {
      const last = page.getByRole('region', { name: 'From 1.1 to 1.2' })
      await last.getByText(/^Breaking/).waitFor()
      expect(await last.textContent()).toMatch(/breaking\/oven.*required/)
      const refused = last.getByRole('region', { name: 'Payload that is refused' })
      expect(await refused.textContent()).toContain('pizza')
      expect(await refused.textContent()).not.toContain('oven')
      const lines = page.getByRole('region', { name: 'Differences of the schemas' })
      expect(await lines.textContent()).toMatch(/added: +"oven"/)
      await page.getByLabel('From', { exact: true }).selectOption('1.0')
      await page.waitForURL(/from=1.0/)
      await page.getByText('Over 2 steps: Not proven compatible').waitFor()
      await page
        .getByRole('region', { name: 'From 1.0 to 1.1' })
        .getByText(/^Compatible/)
        .waitFor()
      await expectAccessible(page, 'catalog-versions')
      await page.getByLabel('To', { exact: true }).selectOption('1.1')
      await last.waitFor({ state: 'hidden' })
    }))

  test('shows how the versions of a type really differ', () =>
    visitAt('/catalog/events/ReportGenerated?tab=versions', async page => {
      const { body } = await callApi(url, '/v1/catalog/events/ReportGenerated', { key })
      const step = (body as EventDetailDocument).comparisons[0] as VersionPair
      const shown = page.getByRole('region', { name: `From ${step.from} to ${step.to}` })
      for (const { message } of step.differences) await shown.getByText(message.replaceAll('`', '')).waitFor()
      expect(step.verdict).toBe('compatible')
      await shown.getByText(/^Compatible/).waitFor()
      await page.getByRole('region', { name: `Version ${step.from}` }).waitFor()
    }))

  test('draws the flow of an event, a topic and a context', () =>
    visitAt('/catalog/events/SubscriptionActivated', async page => {
      const flow = (of: string) => page.getByRole('group', { name: `Flow of ${of}` })
      const node = (name: string) => flow('SubscriptionActivated').getByRole('link', { name, exact: true })
      for (const consumer of ['Configuration', 'Notification', 'Audit'])
        await node(`consumer ${consumer}`).waitFor()
      await page.getByText('The diagram in words').click()
      await page
        .getByText(/^Subscription & Billing publishes SubscriptionActivated on .* and Audit\.$/)
        .waitFor()
      await node('topic subscription-events').focus()
      await page.keyboard.press('Enter')
      await heading(page, 'subscription-events').waitFor()
      await flow('subscription-events').waitFor()
      await expectAccessible(page, 'catalog-topic')
      await page.getByRole('link', { name: 'SubscriptionCancelled' }).click()
      await heading(page, 'SubscriptionCancelled').waitFor()
      await page.getByRole('link', { name: 'saas', exact: true }).click()
      await flow('the context saas').getByRole('link', { name: 'producer Identity Service' }).click()
      await page.waitForURL(/\/catalog\?producer=Identity/)
      const made = catalog.events.filter(({ producer }) => producer === 'Identity Service')
      await expect.poll(async () => (await listNames(page)).sort()).toEqual(types(made))
      await page.goto('/catalog/contexts/governance')
      await flow('the context governance').waitFor()
      await expectAccessible(page, 'catalog-context')
    }))

  test('shows commands, and says what is not there', () =>
    visitAt('/catalog?show=commands', async page => {
      await expect.poll(() => listRows(page, 'commands').count()).toBe(catalog.commands.length)
      await listRows(page, 'commands').filter({ hasText: 'ActivateSubscription' }).click()
      await heading(page, 'ActivateSubscription').waitFor()
      await page.getByText('subscriptions:write').waitFor()
      await expectAccessible(page, 'catalog-command')
      await page.getByRole('link', { name: 'SubscriptionActivated' }).click()
      await heading(page, 'SubscriptionActivated').waitFor()

      await page.goto('/catalog/events/SubscriptionActivatd')
      await heading(page, 'There is no such event type').waitFor()
      await page.getByRole('link', { name: 'SubscriptionActivated' }).click()
      await heading(page, 'SubscriptionActivated').waitFor()
    }))

  test('says why it cannot be shown, and tries again', () =>
    visitAt('/events', async page => {
      const refusal = { status: 429, contentType: 'application/problem+json', body: '{"code":"too_busy"}' }
      await page.route('**/v1/catalog', route => route.fulfill(refusal))
      await page.getByRole('link', { name: 'Catalogue' }).click()
      await page.getByRole('alert').getByText('too_busy').waitFor()
      await expectAccessible(page, 'catalog-failed')
      await page.unroute('**/v1/catalog')
      await page.getByRole('button', { name: 'Try again' }).click()
      await listRows(page).first().waitFor()
    }))
})
