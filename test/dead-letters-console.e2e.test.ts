import type {
  DeadLetterDetail,
  DeadLetterGroupPage,
  DeadLetterPageView,
  ReplayPage,
} from '@keelson/server/api'
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
import type { Handler, Place } from './console/consumer.ts'
import { Consumer, callDelivery, publishMany, publishOne } from './console/consumer.ts'
import { ensureConsole } from './console/dist.ts'
import { callApi, KeelsonProcess, removeFolder, scratchFolder } from './process/keelson.ts'

const title = 'dead letters and replays in a browser'
const reason = `there is no Chromium at ${chromiumPath}: install one, or set CHROMIUM to its path`

let folder: string
let keelson: KeelsonProcess
let browser: Browser
let admin: Place
let reader: Place
const consumers: Consumer[] = []

const visitAs = (who: Place, path: string, steps: (page: Page) => Promise<void>): Promise<void> =>
  inConsole(browser, who.url, async page => {
    await signIn(page, who.key, path)
    await steps(page)
  })
const visitAt = (path: string, steps: (page: Page) => Promise<void>) => visitAs(admin, path, steps)

const letters = async (query: string) =>
  (await callDelivery<DeadLetterPageView>(admin, `/v1/dead-letters?${query}`)).data
const list = (page: Page): Locator => page.getByRole('table', { name: 'Dead letters', exact: true })
const rows = (page: Page): Locator => list(page).locator('tbody tr')
const expectRows = (page: Page, count: number): Promise<void> =>
  expect.poll(() => rows(page).count()).toBe(count)
const groups = (page: Page): Locator => page.getByRole('table', { name: 'Dead letters by error' })
const dialog = (page: Page): Locator => page.getByRole('dialog')

/** Of twelve events every third has no account, and the fourth meets a fault of the line: five dead letters. */
const failing: Handler = subscriptionId => {
  const number = Number(subscriptionId.split('-')[1])
  if (number % 3 === 0) return { name: 'AccountMissing', message: 'there is no account', isPermanent: true }
  return number === 4 ? { name: 'ConnectError', message: 'the ledger is away' } : undefined
}

function consume(name: string, handle: Handler): Consumer {
  const consumer = new Consumer(admin, name, handle)
  consumers.push(consumer)
  return consumer
}

async function prepare(): Promise<void> {
  const retry = { attempts: 2, initialSeconds: 0.05, maxSeconds: 0.05 }
  const base = { types: ['SubscriptionActivated'], start: 'now', retry }
  await callDelivery(admin, '/v1/subscriptions', { method: 'POST', body: { ...base, name: 'ledger' } })
  const parking = {
    ...base,
    name: 'parking',
    filter: "payload.subscriptionId = 'parked'",
    deadLetter: 'parkKey',
  }
  await callDelivery(admin, '/v1/subscriptions', { method: 'POST', body: parking })
  await callDelivery(admin, '/v1/subscriptions', { method: 'POST', body: { ...base, name: 'unread' } })
  consume('ledger', failing)
  await publishMany(admin, 'event', 12)
  await expect.poll(async () => (await letters('subscription=ledger')).length).toBe(5)
}

if (!hasChromium && process.env['CI']) test(title, () => expect.fail(reason))

const name = hasChromium ? title : `${title} (skipped: ${reason})`
if (!hasChromium) console.warn(name)
describe.skipIf(!hasChromium)(name, { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await ensureConsole()
    folder = await scratchFolder('dead-letters-console')
    keelson = new KeelsonProcess(['start', '--json', '--port', '0', '--data-dir', 'data'], { folder })
    const [ready, launched] = await Promise.all([keelson.ready(), launchBrowser()])
    browser = launched
    admin = { url: ready.url, key: ready.sampleKey as string }
    const body = { name: 'looks only', role: 'reader' }
    const { secret } = await callDelivery<{ secret: string }>(admin, '/v1/keys', { method: 'POST', body })
    reader = { ...admin, key: secret }
  }, 120_000)
  afterAll(async () => {
    await Promise.all(consumers.map(consumer => consumer.stop()))
    await browser?.close()
    await keelson?.end('SIGTERM')
    if (folder) await removeFolder(folder)
  })

  test('says what a dead letter is where there is none', () =>
    visitAt('/dead-letters', async page => {
      await page.getByRole('heading', { name: 'No dead letters' }).waitFor()
      await expectAccessible(page, 'dead-letters-none')
    }))

  test('groups them by error, and keeps the filter in the URL', async () => {
    await prepare()
    const { data } = await callDelivery<DeadLetterGroupPage>(admin, '/v1/dead-letters/groups')
    await visitAt('/dead-letters', async page => {
      await expectRows(page, 5)
      expect(await groups(page).locator('tbody tr').count()).toBe(2)
      const [first] = data
      expect(await groups(page).locator('tbody tr').first().textContent()).toMatch(
        /^AccountMissing: there is no account.*4$/,
      )
      await expectAccessible(page, 'dead-letters')
      await groups(page)
        .getByRole('link', { name: /AccountMissing/ })
        .click()
      await page.waitForURL(`**/dead-letters?subscription=ledger&fingerprint=${first?.fingerprint}`)
      await expectRows(page, 4)
      await page.reload()
      await expectRows(page, 4)
      await page.getByRole('button', { name: 'Remove the filter Error' }).click()
      await page.getByLabel('Cause', { exact: true }).selectOption('exhausted')
      await page.waitForURL(/cause=exhausted/)
      await expectRows(page, 1)
      expect(await rows(page).first().textContent()).toMatch(/ConnectError: the ledger is away.*2/)
      await page.getByLabel('Cause', { exact: true }).selectOption('parked')
      await page.getByRole('heading', { name: 'No dead letter fits' }).waitFor()
      await page.getByRole('button', { name: 'Clear the filter' }).click()
      await expectRows(page, 5)
    })
  })

  test('shows a reader all of it, and no button that would be refused', () =>
    visitAs(reader, '/dead-letters?subscription=ledger', async page => {
      await expectRows(page, 5)
      expect(await list(page).getByRole('checkbox').count()).toBe(0)
      const buttons = page.getByRole('button', { name: /Replay|Discard|Edit|New|Let its key/ })
      expect(await buttons.count()).toBe(0)
      await rows(page).first().getByRole('link').first().click()
      await page.getByRole('heading', { name: 'The try' }).waitFor()
      expect(await buttons.count()).toBe(0)
      await page.getByRole('link', { name: 'Replays' }).click()
      await page.getByRole('heading', { name: 'No replays yet' }).waitFor()
      await expectAccessible(page, 'replays-none')
      expect(await buttons.count()).toBe(0)
      const body = { subscription: 'ledger' }
      const replay = { key: reader.key, method: 'POST', body } as const
      expect((await callApi(admin.url, '/v1/dead-letters/replay', replay)).status).toBe(403)
      expect((await callApi(admin.url, '/v1/replays', replay)).status).toBe(403)
    }))

  test('shows the whole envelope and every try, and edits the payload after a look at the difference', async () => {
    const [letter] = await letters('subscription=ledger&cause=exhausted')
    await visitAt(`/dead-letters/ledger/${letter?.id}`, async page => {
      await page.getByRole('heading', { name: '2 tries' }).waitFor()
      expect(await page.getByText('the ledger is away').count()).toBe(2)
      await page
        .getByRole('region', { name: 'Envelope' })
        .getByText(letter?.eventId as string)
        .first()
        .waitFor()
      await expectAccessible(page, 'dead-letter')
      await page.getByRole('button', { name: 'Edit', exact: true }).click()
      const text = page.getByRole('textbox', { name: 'Payload as JSON' })
      const look = page.getByRole('button', { name: 'Look at the change' })
      await text.fill('{"subscriptionId": ')
      await page.getByText(/JSON/).first().waitFor()
      expect(await look.isDisabled()).toBe(true)
      await text.fill('{"subscriptionId": "event-4", "editionCode": 7}')
      await look.click()
      await page.getByRole('region', { name: 'What changes' }).waitFor()
      await page.getByRole('button', { name: 'Save the change' }).click()
      await page.getByRole('alert').getByText('/payload/editionCode', { exact: true }).waitFor()
      await expectAccessible(page, 'dead-letter-refused')
      await page.getByRole('button', { name: 'Edit further' }).click()
      await text.fill('{"subscriptionId": "event-4", "editionCode": "enterprise"}')
      await look.click()
      await page.getByRole('region', { name: 'What changes' }).getByText('"enterprise"').waitFor()
      await page.getByRole('button', { name: 'Save the change' }).click()
      await page.getByRole('heading', { name: 'Payload, as it was edited' }).waitFor()
      await page.getByRole('heading', { name: 'Changes by hand' }).waitFor()
      await expectAccessible(page, 'dead-letter-edited')
    })
    const path = `/v1/dead-letters/ledger/${letter?.id}`
    expect((await callDelivery<DeadLetterDetail>(admin, path)).editedPayload).toMatchObject({
      editionCode: 'enterprise',
    })
  })

  test('discards with a reason, chosen by keyboard alone', () =>
    visitAt('/dead-letters?subscription=ledger&cause=permanent', async page => {
      await expectRows(page, 4)
      await rows(page).first().getByRole('checkbox').focus()
      await page.keyboard.press('Space')
      await page.getByText('1 dead letter of ledger chosen').waitFor()
      await page.getByRole('button', { name: 'Discard…' }).focus()
      await page.keyboard.press('Enter')
      const confirm = dialog(page).getByRole('button', { name: 'Discard 1' })
      await confirm.waitFor()
      expect(await confirm.isDisabled()).toBe(true)
      await page.keyboard.type('it was a test account')
      await expectAccessible(page, 'dead-letters-discard')
      await confirm.click()
      await dialog(page).waitFor({ state: 'detached' })
      await expectRows(page, 3)
      expect(await letters('subscription=ledger')).toHaveLength(4)
    }))

  test('says first what a replay would do, then does it, and shows the result', () =>
    visitAt('/dead-letters?subscription=ledger', async page => {
      const [ledger] = consumers as [Consumer]
      ledger.handle = () => undefined
      await expectRows(page, 4)
      await rows(page).filter({ hasText: 'AccountMissing' }).first().getByRole('checkbox').check()
      await page.getByRole('button', { name: 'Replay…' }).click()
      await dialog(page).getByText('1 dead letter would be delivered again').waitFor()
      expect(await letters('subscription=ledger')).toHaveLength(4)
      await expectAccessible(page, 'dead-letters-replay')
      await dialog(page).getByRole('button', { name: 'Replay 1' }).click()
      await dialog(page).getByText('1 of 1 replayed').waitFor()
      await dialog(page).getByRole('button', { name: 'Close' }).last().click()
      await expectRows(page, 3)
      const mended = () => ledger.done.filter(id => Number(id.split('-')[1]) % 3 === 0).length
      await expect.poll(mended).toBe(1)

      await rows(page).filter({ hasText: 'ConnectError' }).getByRole('link').first().click()
      await page.getByRole('button', { name: 'Replay…' }).click()
      await dialog(page).getByRole('button', { name: 'Replay 1' }).click()
      await dialog(page).getByText('1 of 1 replayed').waitFor()
      await dialog(page).getByRole('button', { name: 'Close' }).last().click()
      await page.getByText('It is no dead letter any more').waitFor()
      expect(await page.getByRole('button', { name: /Replay|Discard|Edit/ }).count()).toBe(0)
      await expectAccessible(page, 'dead-letter-gone')
    }))

  test('pauses, resumes and aborts a replay of all at a rate', () =>
    visitAt('/dead-letters?subscription=ledger', async page => {
      await page.getByRole('button', { name: 'Replay all…' }).click()
      await dialog(page).getByLabel('At most, per second').fill('0.05')
      await dialog(page).getByRole('button', { name: 'Replay 2' }).click()
      await dialog(page).getByRole('button', { name: 'Pause' }).click()
      await dialog(page).getByRole('button', { name: 'Resume' }).waitFor()
      await dialog(page).getByText('paused').waitFor()
      await expectAccessible(page, 'dead-letters-run')
      await dialog(page).getByRole('button', { name: 'Resume' }).click()
      await dialog(page).getByRole('button', { name: 'Pause' }).waitFor()
      await dialog(page).getByRole('link', { name: 'See all replays' }).click()
      await page.waitForURL(/\/replays\?run=/)
      const row = page.getByRole('row').filter({ hasText: 'running' })
      await row.getByRole('button', { name: 'Abort' }).click()
      await page.getByText('aborted', { exact: true }).waitFor()
      await page.getByText('by sample administrator').first().waitFor()
      await expectAccessible(page, 'replays')
      const { data } = await callDelivery<ReplayPage>(admin, '/v1/replays')
      expect(data.map(({ state }) => state)).toEqual(['aborted', 'done', 'done'])
      expect((await letters('subscription=ledger')).length).toBeGreaterThan(0)
    }))

  test('lets a parked key go on', async () => {
    const parking = consume('parking', () => ({ name: 'Locked', message: 'it is locked', isPermanent: true }))
    await publishOne(admin, 'parked')
    await publishOne(admin, 'parked')
    await expect.poll(async () => (await letters('subscription=parking')).length).toBe(2)
    parking.handle = () => undefined
    await visitAt('/dead-letters?subscription=parking&cause=permanent', async page => {
      await rows(page).first().getByRole('link').first().click()
      await page.getByRole('button', { name: 'Let its key go on…' }).click()
      await expectAccessible(page, 'dead-letter-unpark')
      await dialog(page).getByLabel('is tried again first, and the others follow in order').check()
      await dialog(page).getByRole('button', { name: 'Let it go on' }).click()
      await page.getByText('2 events let go on').waitFor()
      await expect.poll(() => parking.done).toEqual(['parked', 'parked'])
    })
  })

  test('replays a stretch of the log, with side effects off, after it has said how much that is', () =>
    visitAt('/replays?new=true', async page => {
      const [ledger] = consumers as [Consumer]
      const before = ledger.done.length
      const nobody = dialog(page).getByText('Nobody consumes unread now', { exact: false })
      await dialog(page).getByLabel('Subscription').selectOption('unread')
      await dialog(page).getByRole('button', { name: 'See what it would do' }).click()
      await nobody.waitFor()
      await dialog(page).getByLabel('Subscription').selectOption('ledger')
      await nobody.waitFor({ state: 'detached' })
      await dialog(page).getByLabel('From').selectOption('position')
      await dialog(page).getByLabel('From position').fill('999999')
      await dialog(page).getByRole('button', { name: 'See what it would do' }).click()
      await dialog(page).getByText('No event of that stretch is for ledger.').waitFor()
      await dialog(page).getByLabel('From', { exact: true }).selectOption('open')
      await dialog(page).getByRole('button', { name: 'See what it would do' }).click()
      const go = dialog(page).getByRole('button', { name: /^Replay \d+$/ })
      await go.waitFor()
      const count = Number(/\d+/.exec((await go.textContent()) ?? '')?.[0])
      expect(count).toBeGreaterThan(12)
      await expectAccessible(page, 'replays-new')
      await go.click()
      await dialog(page).getByText(`${count} of ${count} replayed`).waitFor()
      await expect.poll(() => ledger.done.length - before).toBeGreaterThanOrEqual(count)
      const [run] = (await callDelivery<ReplayPage>(admin, '/v1/replays')).data
      expect(run).toMatchObject({ kind: 'log', state: 'done', withSideEffects: false })
    }))
})
