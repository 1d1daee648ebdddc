import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventDetail, EventItem, EventPage } from '@keelson/server/api'
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
import { ensureConsole } from './console/dist.ts'
import type { ApiCall } from './process/keelson.ts'
import { callApi, KeelsonProcess, removeFolder, scratchFolder } from './process/keelson.ts'

const title = 'the console in a browser'
const reason = `there is no Chromium at ${chromiumPath}: install one, or set CHROMIUM to its path`

let folder: string
let keelson: KeelsonProcess
let browser: Browser
let url: string
/** Administrator of the sample tenant. */
let sampleKey: string
let platformKey: string

const api = async <Answer>(path: string, call: Partial<ApiCall> = {}): Promise<Answer> => {
  const { status, body } = await callApi(url, path, { key: sampleKey, ...call })
  if (status >= 300) throw new Error(`${path} was answered ${status}: ${JSON.stringify(body)}`)
  return body as Answer
}
const visit = (steps: (page: Page) => Promise<void>): Promise<void> => inConsole(browser, url, steps)
/** A visit by the administrator of the sample tenant, from a path of the console on. */
const visitAt = (path: string, steps: (page: Page) => Promise<void>): Promise<void> =>
  visit(async page => {
    await signIn(page, sampleKey, path)
    await steps(page)
  })

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Events' })
/** Rows without the head of the table. */
const rows = (page: Page): Locator => grid(page).locator('[role="row"][aria-selected]')
const count = (page: Page): Locator =>
  page.getByRole('region', { name: 'List of events' }).getByRole('status')
const countOf = async (query: string): Promise<number> =>
  (await api<{ total: number }>(`/v1/events/facets?${query}`)).total
const parameters = (page: Page): Record<string, string> =>
  Object.fromEntries(new URL(page.url()).searchParams)

/** Stores an event of the sample tenant that can be told from all others by its subscription. */
async function publish(): Promise<string> {
  const subscriptionId = `sub-${randomUUID()}`
  const body = {
    eventType: 'SubscriptionActivated',
    occurredAt: new Date().toISOString(),
    payload: { subscriptionId, editionCode: 'team' },
  }
  await api('/v1/events', { method: 'POST', body })
  return subscriptionId
}

/** Id of an event that is alone in its stream. */
async function publishedId(): Promise<string> {
  const stream = `Subscription-${await publish()}`
  return (await api<EventPage>(`/v1/streams/${stream}`)).data[0]?.eventId as string
}

/** An event of the sample with others before and after it in its stream. */
async function eventBetweenOthers(): Promise<EventDetail> {
  const { data } = await api<EventPage>('/v1/events?limit=500&view=summary')
  for (const { eventId } of data.filter(event => event.version > 1)) {
    const detail = await api<EventDetail>(`/v1/events/${eventId}`)
    if (detail.neighbours.next) return detail
  }
  throw new Error('No stream of the sample has three events')
}

/** Runs the command that the console shows for an import, with a file of one delivery. */
async function runPrinted(command: string, key: string): Promise<void> {
  const sender = { login: 'Codertocat', id: 21031067, type: 'User' }
  const repository = { id: 1, full_name: 'Codertocat/Hello-World', updated_at: '2026-06-11T09:00:01Z' }
  const delivery = {
    event: 'ping',
    guid: randomUUID(),
    payload: { zen: 'Keep it simple.', sender, repository },
  }
  const file = { ...delivery, delivered_at: '2026-06-11T09:00:01Z' }
  await writeFile(join(folder, 'FILE'), JSON.stringify(file))
  const args = command.split(' ').slice(2)
  const ingest = new KeelsonProcess(args, { folder, environment: { KEELSON_API_KEY: key } })
  expect(await ingest.end(), ingest.errors).toBe(0)
}

// Where everything is tested, a browser that is missing is a failure.
if (!hasChromium && process.env['CI']) test(title, () => expect.fail(reason))

const name = hasChromium ? title : `${title} (skipped: ${reason})`
if (!hasChromium) console.warn(name)
describe.skipIf(!hasChromium)(name, { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await ensureConsole()
    folder = await scratchFolder('console')
    keelson = new KeelsonProcess(['start', '--json', '--port', '0', '--data-dir', 'data'], { folder })
    const [ready, launched] = await Promise.all([keelson.ready(), launchBrowser()])
    browser = launched
    url = ready.url
    sampleKey = ready.sampleKey as string
    platformKey = ready.platformKey as string
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await keelson?.end('SIGTERM')
    if (folder) await removeFolder(folder)
  })

  test('refuses a wrong key and says why', () =>
    visit(async page => {
      await page.goto('/')
      await page.waitForURL(/\/sign-in/)
      await expectAccessible(page, 'sign-in')
      await page.getByLabel('API key').fill('kl_wrong')
      await page.getByRole('button', { name: 'Sign in' }).click()
      const alert = page.getByRole('alert')
      await alert.getByText('authentication_failed').waitFor()
      expect(await alert.textContent()).toMatch(/HTTP 401/)
      expect(new URL(page.url()).pathname).toBe('/sign-in')
      await expectAccessible(page, 'sign-in-refused')
    }))

  test('shows the events of the sample to who signs in', () =>
    visit(async page => {
      const { data } = await api<EventPage>('/v1/events?limit=20')
      await signIn(page, sampleKey, '/')
      await rows(page).first().waitFor()
      expect(new URL(page.url()).pathname).toBe('/events')
      const shown = await rows(page).allTextContents()
      expect(shown.length).toBeGreaterThan(10)
      for (const [at, event] of data.slice(0, 10).entries()) expect(shown[at]).toContain(event.audit.summary)
      await count(page)
        .getByText(`${await countOf('')} events`, { exact: true })
        .waitFor()
      await expectAccessible(page, 'events')
      // The key is in the tab's memory, and nowhere where it would outlive it or be seen.
      expect(
        await page.evaluate('JSON.stringify([localStorage, document.cookie, location.href])'),
      ).not.toContain(sampleKey)
    }))

  test('finds events by their words', () =>
    visitAt('/events', async page => {
      const found = await countOf('q=deployment')
      expect(found).toBeGreaterThan(0)
      await rows(page).first().waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('deployment')
      await page.waitForURL(/q=deployment/)
      await count(page).getByText(`${found} events`, { exact: true }).waitFor()
      await expectAccessible(page, 'events-found')
      await page.getByLabel('Search the events').fill('nothingissocalled')
      await page.getByRole('heading', { name: 'No event matches' }).waitFor()
      await expectAccessible(page, 'events-none')
      await page.getByRole('button', { name: 'Clear the filter' }).click()
      await rows(page).first().waitFor()
      expect(parameters(page)).toEqual({})
    }))

  test('narrows by a value of the facets, also after a reload', () =>
    visitAt('/events', async page => {
      const failures = await countOf('outcome=failure')
      const all = await countOf('')
      expect(failures).toBeGreaterThan(0)
      const expectFailuresOnly = async () => {
        await count(page)
          .getByText(new RegExp(`^${failures} events?$`))
          .waitFor()
        await expect.poll(() => rows(page).count()).toBe(failures)
        for (const text of await rows(page).allTextContents()) expect(text).toContain('failure')
        expect(parameters(page)).toEqual({ outcome: 'failure' })
      }
      await page.getByRole('group', { name: 'Outcome' }).getByLabel('failure').check()
      await page.waitForURL(/outcome=failure/)
      await expectFailuresOnly()
      await expectAccessible(page, 'events-facet')
      await page.reload()
      await expectFailuresOnly()
      await page.getByRole('button', { name: 'Remove the filter Outcome: failure' }).click()
      await count(page).getByText(`${all} events`, { exact: true }).waitFor()
      expect(parameters(page)).toEqual({})
    }))

  test('narrows by time', () =>
    visitAt('/events', async page => {
      const all = await countOf('')
      const { data } = await api<EventPage>('/v1/events?limit=500&view=summary')
      const times = data.map(event => event.occurredAt).sort()
      const [from, to] = [times[20] as string, times[60] as string]
      await page.getByRole('button', { name: 'All time' }).click()
      await page.getByRole('button', { name: 'Last 24 hours' }).waitFor()
      await expectAccessible(page, 'time-range')
      await page.getByRole('button', { name: 'Last 24 hours' }).click()
      await page.waitForURL(/range=24h/)
      const shownCount = async () => Number.parseInt((await count(page).textContent()) ?? '', 10)
      await expect.poll(shownCount).toBeLessThan(all)
      expect(await shownCount()).toBeGreaterThan(0)

      await page.getByRole('button', { name: 'Last 24 hours' }).click()
      await page.getByLabel(/^From/).fill(from)
      await page.getByLabel(/^To/).fill(to)
      await page.getByRole('button', { name: 'Apply' }).click()
      await page.waitForURL(/from=/)
      expect(parameters(page)).toEqual({ from, to })
      await count(page)
        .getByText(`${await countOf(`from=${from}&to=${to}`)} events`, { exact: true })
        .waitFor()
      expect(await rows(page).count()).toBeGreaterThan(5)
    }))

  test('shows a row beside the list, by mouse and by keys', () =>
    visitAt('/events', async page => {
      const [first, second] = (await api<EventPage>('/v1/events?limit=2')).data as [EventItem, EventItem]
      const panel = page.getByRole('complementary', { name: 'Selected event' })
      await rows(page).first().click()
      await panel.getByRole('heading', { name: first.audit.summary }).waitFor()
      expect(parameters(page)).toEqual({ event: first.eventId })
      await panel.getByText(first.eventId, { exact: true }).first().waitFor()
      await panel.getByRole('region', { name: 'Payload' }).waitFor()
      await expectAccessible(page, 'events-panel')
      await page.keyboard.press('j')
      await panel.getByRole('heading', { name: second.audit.summary }).waitFor()
      expect(parameters(page)).toEqual({ event: second.eventId })
      await page.keyboard.press('Escape')
      await panel.waitFor({ state: 'detached' })
      expect(parameters(page)).toEqual({})
    }))

  test('shows an event on a page of its own, and verifies its seal', () =>
    visitAt('/events', async page => {
      const [event] = (await api<EventPage>('/v1/events?limit=1')).data as [EventItem]
      await rows(page).first().click()
      await page.getByRole('link', { name: 'Open page' }).click()
      await page.waitForURL(`**/events/${event.eventId}`)
      await page.getByRole('heading', { level: 1, name: event.audit.summary }).waitFor()
      await page.getByRole('tabpanel', { name: 'Payload' }).getByRole('region', { name: 'Payload' }).waitFor()
      await expectAccessible(page, 'event-payload')
      await page.getByRole('tab', { name: 'Envelope' }).click()
      await page.getByRole('tabpanel', { name: 'Envelope' }).getByText(event.correlationId).first().waitFor()
      await expectAccessible(page, 'event-envelope')
      await page.getByRole('tab', { name: 'Stream' }).click()
      await page.getByText('That is the whole stream.').waitFor()
      await expectAccessible(page, 'event-stream')
      await page.getByRole('tab', { name: 'Integrity' }).click()
      await page.getByText(event.leafHash, { exact: true }).first().waitFor()
      await page.getByText('Verified in your browser').waitFor()
      expect(await page.getByLabel('Passed').count()).toBeGreaterThanOrEqual(5)
      expect(await page.getByLabel('Failed').count()).toBe(0)
      expect(parameters(page)).toEqual({ tab: 'integrity' })
      await expectAccessible(page, 'event-integrity')
    }))

  test('says so when an event is not what its leaf was made from', () =>
    visit(async page => {
      const { event } = await eventBetweenOthers()
      // What is shown is another event than the one that was sealed.
      await page.route(`**/v1/events/${event.eventId}`, async route => {
        const response = await route.fetch()
        const detail = (await response.json()) as EventDetail
        await route.fulfill({ response, json: { ...detail, event: { ...detail.event, source: 'X' } } })
      })
      await signIn(page, sampleKey, `/events/${event.eventId}?tab=integrity`)
      await page.getByText('One step failed: do not rely on this event as shown.').waitFor()
      await page.getByText('/source differs from the body').waitFor()
      await expectAccessible(page, 'event-integrity-failed')
    }))

  test('leads to the neighbours in the stream and back', async () => {
    const { event, neighbours } = await eventBetweenOthers()
    await visitAt(`/events/${event.eventId}`, async page => {
      await page.getByRole('link', { name: 'Next in the stream' }).click()
      await page.waitForURL(`**/events/${neighbours.next?.eventId}`)
      await page.getByRole('heading', { level: 1, name: neighbours.next?.audit.summary as string }).waitFor()
      await page.getByRole('link', { name: 'Previous in the stream' }).click()
      await page.waitForURL(`**/events/${event.eventId}`)
      await page.keyboard.press('[')
      await page.waitForURL(`**/events/${neighbours.previous?.eventId}`)
      await page.getByRole('link', { name: 'Events', exact: true }).first().click()
      await rows(page).first().waitFor()
    })
  })

  test('follows what is stored, holds still when paused, and goes on', () =>
    visitAt('/events', async page => {
      const row = (subscriptionId: string) => rows(page).filter({ hasText: subscriptionId })
      await page.getByRole('button', { name: 'Live', exact: true }).click()
      await page.getByText(/^0\.0\/s$/).waitFor()
      const live = await publish()
      await row(live).waitFor()
      expect(await rows(page).first().textContent()).toContain(live)

      await page.getByRole('button', { name: 'Pause the live tail' }).click()
      const held = [await publish(), await publish()]
      await page.getByRole('button', { name: '2 new events' }).waitFor()
      for (const subscriptionId of held) expect(await row(subscriptionId).count()).toBe(0)
      await expectAccessible(page, 'events-live-paused')
      await page.getByRole('button', { name: 'Resume the live tail' }).click()
      for (const subscriptionId of held) await row(subscriptionId).waitFor()
      await page.getByRole('button', { name: '2 new events' }).waitFor({ state: 'detached' })
      const after = await publish()
      await row(after).waitFor()
    }))

  test('forgets the key when one signs out', () =>
    visitAt('/events', async page => {
      await rows(page).first().click()
      await page.waitForURL(/event=/)
      expect(await page.evaluate('JSON.stringify(sessionStorage)')).toContain(sampleKey)
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      expect(await page.evaluate('JSON.stringify([sessionStorage, localStorage])')).not.toContain(sampleKey)
      await page.goBack()
      await page.getByLabel('API key').waitFor()
      expect(await grid(page).count()).toBe(0)
    }))

  test('asks to sign in again when the key is revoked, and comes back to the same place', () =>
    visit(async page => {
      const body = { name: 'soon revoked', role: 'reader' }
      const key = await api<{ id: string; secret: string }>('/v1/keys', { method: 'POST', body })
      await signIn(page, key.secret, '/events?outcome=failure')
      await rows(page).first().waitFor()
      await api(`/v1/keys/${key.id}`, { method: 'DELETE' })
      await page.getByRole('button', { name: 'Refresh' }).click()
      await page.waitForURL(/\/sign-in/)
      await page.getByText(/You were signed out: .+ You will come back to where you were/).waitFor()
      await expectAccessible(page, 'signed-out')
      await page.getByLabel('API key').fill(sampleKey)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await rows(page).first().waitFor()
      expect(parameters(page)).toEqual({ outcome: 'failure' })
    }))

  test('lets the key of the platform choose and change the tenant', () =>
    visit(async page => {
      const body = { id: 'fresh', name: 'Fresh Ltd' }
      await api('/v1/tenants', { key: platformKey, method: 'POST', body })
      await signIn(page, platformKey)
      await page.getByRole('heading', { name: 'Choose a tenant' }).waitFor()
      await page.getByRole('button', { name: 'Fresh Ltd' }).waitFor()
      await expectAccessible(page, 'tenants')
      await page.getByRole('button', { name: 'Sample' }).click()
      await rows(page).first().waitFor()
      await page.getByRole('button', { name: 'Sample' }).click()
      await page.getByRole('menuitem', { name: 'Fresh Ltd' }).waitFor()
      await expectAccessible(page, 'tenant-menu')
      await page.getByRole('menuitem', { name: 'Fresh Ltd' }).click()
      await page.getByRole('heading', { name: 'No events yet' }).waitFor()
      expect(await rows(page).count()).toBe(0)
      await page.getByText("-H 'Keelson-Tenant: fresh'").first().waitFor()
      await expectAccessible(page, 'events-empty')
      const command = (await page.getByText(/^npx keelson ingest/).textContent()) as string
      await runPrinted(command, platformKey)
      await page.getByRole('button', { name: 'Look again' }).click()
      await rows(page).filter({ hasText: 'Codertocat/Hello-World' }).waitFor()
    }))

  test('says what it cannot find, and helps with the keys', async () =>
    visitAt(`/events/${await publishedId()}?tab=stream`, async page => {
      await page.getByText('That is the whole stream.').waitFor()
      // Of an event that is alone in its stream there is nothing near it.
      expect(await page.getByRole('listitem').filter({ hasText: 'Subscription activated' }).count()).toBe(1)
      await page.goto('/events/evt-of-nobody')
      await page.getByRole('heading', { name: 'There is no such event' }).waitFor()
      await expectAccessible(page, 'event-missing')
      await page.goto('/nowhere')
      await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
      await page.getByRole('link', { name: 'Integrity' }).waitFor()
      await expectAccessible(page, 'not-found')
      await page.getByRole('link', { name: 'Go to the events' }).click()
      await rows(page).first().waitFor()
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
      await expectAccessible(page, 'shortcuts')
    }))
})
