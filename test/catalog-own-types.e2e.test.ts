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
import { heading, registerPizzaBaked } from './console/catalog-pages.ts'
import { ensureConsole } from './console/dist.ts'
import { callApi, KeelsonProcess, removeFolder, scratchFolder } from './process/keelson.ts'

const title = 'own types, and what is not there, in a browser'
const reason = `there is no Chromium at ${chromiumPath}: install one, or set CHROMIUM to its path`

let folder: string
let keelson: KeelsonProcess
let browser: Browser
let url: string
let key: string

const visitAt = (path: string, steps: (page: Page) => Promise<void>): Promise<void> =>
  inConsole(browser, url, async page => {
    await signIn(page, key, path)
    await steps(page)
  })

const event = { topic: 'oven', summary: 'A pizza is gone.', producer: 'Guest', orderingKey: '/pizza' }
const schema = { type: 'object', required: ['pizza'], properties: { pizza: { type: 'string' } } }
const deprecation = { reason: 'Ovens are told apart', successor: 'PizzaServed', sunset: '2027-06-30' }
const baked = {
  eventId: 'evt-baked',
  eventType: 'PizzaBaked',
  occurredAt: '2025-06-11T09:00:01Z',
  payload: { pizza: 'margherita', oven: 'o-1' },
}

/** One type with a successor, one that is deleted, and an event from long ago. */
async function prepare(): Promise<void> {
  await registerPizzaBaked(url, key)
  const steps = [
    ['POST', '/v1/schemas/PizzaServed', { schema, event }],
    ['PUT', '/v1/schemas/PizzaBaked/deprecation', deprecation],
    ['POST', '/v1/schemas/PizzaEaten', { schema, event }],
    ['DELETE', '/v1/schemas/PizzaEaten', undefined],
    ['POST', '/v1/events', baked],
  ] as const
  for (const [method, path, body] of steps) {
    const { status } = await callApi(url, path, { key, method, ...(body && { body }) })
    expect(status, `${method} ${path}`).toBeLessThan(300)
  }
}

if (!hasChromium && process.env['CI']) test(title, () => expect.fail(reason))

const name = hasChromium ? title : `${title} (skipped: ${reason})`
if (!hasChromium) console.warn(name)
describe.skipIf(!hasChromium)(name, { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await ensureConsole()
    folder = await scratchFolder('catalog-own-types')
    keelson = new KeelsonProcess(['start', '--json', '--port', '0', '--data-dir', 'data'], { folder })
    const [ready, launched] = await Promise.all([keelson.ready(), launchBrowser()])
    browser = launched
    url = ready.url
    key = ready.sampleKey as string
    await prepare()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await keelson?.end('SIGTERM')
    if (folder) await removeFolder(folder)
  })

  test('an old event leads to its own type, and says its date once', () =>
    visitAt('/events/evt-baked', async page => {
      await heading(page, 'Pizza baked: margherita').waitFor()
      const time = page.getByRole('banner').or(page.locator('header')).locator('time')
      expect(await time.last().textContent()).toMatch(/^2025-06-11 [\d:.]+ \S+$/)
      await page.getByRole('link', { name: 'PizzaBaked' }).click()
      await heading(page, 'PizzaBaked').waitFor()
    }))

  test('says why a type is going away, what to use instead and until when', () =>
    visitAt('/catalog/events/PizzaBaked', async page => {
      const going = page.getByRole('region', { name: 'Deprecated' })
      await going.waitFor()
      expect(await going.textContent()).toMatch(
        /^Deprecated since \d{4}-\d\d-\d\d\. Ovens are told apart\. Use PizzaServed instead\. It must not be used after 2027-06-30\.$/,
      )
      await expectAccessible(page, 'catalog-deprecated')
      await page.keyboard.press('3')
      await page.getByRole('heading', { name: 'Written with version 1.1, refused by version 1.2' }).waitFor()
      await page.getByText('1.2 refuses payloads that 1.1 allows').waitFor()
      await page.getByText('The payload must have "oven"').waitFor()
      await going.getByRole('link', { name: 'PizzaServed' }).click()
      await heading(page, 'PizzaServed').waitFor()
      await page.getByText('Consumers recognise two reports of one fact by it.').waitFor()
    }))

  test('says of a deleted type that it was there, and leads to its events', () =>
    visitAt('/catalog/events/PizzaEaten', async page => {
      await page.getByText('This tenant had registered PizzaEaten and has deleted it.').waitFor()
      await expectAccessible(page, 'catalog-deleted')
      await page.getByRole('link', { name: 'show them' }).click()
      await page.waitForURL(/events\?type=PizzaEaten/)
    }))

  test.each([
    ['/catalog/commands/InviteUsr', 'command', 'InviteUser'],
    ['/catalog/topics/audit.exports', 'topic', 'audit.export'],
    ['/catalog/contexts/audits', 'context', 'audit'],
    ['/catalog/events/UserInvitd', 'event type', 'UserInvited'],
  ])('%s is no %s, and %s is offered', (path, what, near) =>
    visitAt(path, async page => {
      await heading(page, `There is no such ${what}`).waitFor()
      const back = page.getByRole('link', { name: 'Go to the catalogue' })
      const colour = (of: typeof back) => of.evaluate('one => getComputedStyle(one).color')
      expect(await colour(back)).toBe(await colour(page.getByRole('link', { name: 'Catalogue' }).last()))
      await page.getByRole('link', { name: near, exact: true }).click()
      await heading(page, near).waitFor()
    }),
  )

  test('promises nothing of the delivery of what is derived', () =>
    visitAt('/catalog/events/EventAddedToStream', async page => {
      await page.getByText(/^Readers derive this event from the log/).waitFor()
      for (const label of ['Retry', 'Dead letter', 'Retention', 'Flow'])
        expect(await page.getByText(label, { exact: true }).count(), label).toBe(0)
    }))

  test('lists commands like events: by context, and by name in it', () =>
    visitAt('/catalog?show=commands', async page => {
      const list = page.getByRole('region', { name: 'List of commands' })
      await list.getByRole('heading', { name: 'saas' }).waitFor()
      const groups = await list
        .locator('section')
        .evaluateAll(all =>
          all.map(one => [...one.querySelectorAll('li a')].map(a => a.firstElementChild?.textContent)),
        )
      expect(groups).toHaveLength(2)
      for (const names of groups) expect(names).toEqual([...names].sort())
    }))
})
