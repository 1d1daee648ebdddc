import { join } from 'node:path'
import type { ErasurePage, EventPage, LogStatusView, SealedEventView } from '@keelson/server/api'
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
import { callDelivery as call } from './console/consumer.ts'
import { ensureConsole } from './console/dist.ts'
import {
  alter,
  chooseKey,
  contentOf,
  downloadBy,
  failedSteps,
  pickPrivateFile,
  sizeOfPicked,
} from './console/log-steps.ts'
import { KeelsonProcess, removeFolder, scratchFolder } from './process/keelson.ts'

const title = 'the log, its proofs and erasures in a browser'
const reason = `there is no Chromium at ${chromiumPath}: install one, or set CHROMIUM to its path`

/** Whose fields the tests erase: the sample's events name it. */
const subject = 'codertocat'

let folder: string
let keelson: KeelsonProcess
let browser: Browser
let admin: Place
let observer: Place

const visitAs = (who: Place, path: string, steps: (page: Page) => Promise<void>): Promise<void> =>
  inConsole(browser, who.url, async page => {
    await page.setViewportSize({ width: 1366, height: 768 })
    await signIn(page, who.key, path)
    await steps(page)
  })
const visitAt = (path: string, steps: (page: Page) => Promise<void>) => visitAs(admin, path, steps)

const dialog = (page: Page): Locator => page.getByRole('dialog')
const tab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name }).click()
const button = (page: Page | Locator, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' })

const subjectField = (page: Page): Locator => page.getByRole('textbox', { name: 'Subject' })

if (!hasChromium && process.env['CI']) test(title, () => expect.fail(reason))

const name = hasChromium ? title : `${title} (skipped: ${reason})`
if (!hasChromium) console.warn(name)
describe.skipIf(!hasChromium)(name, { timeout: 60_000 }, () => {
  let eventId: string
  beforeAll(async () => {
    await ensureConsole()
    folder = await scratchFolder('log-console')
    keelson = new KeelsonProcess(['start', '--json', '--port', '0', '--data-dir', 'data'], { folder })
    const [ready, launched] = await Promise.all([keelson.ready(), launchBrowser()])
    browser = launched
    admin = { url: ready.url, key: ready.sampleKey as string }
    const body = { name: 'sees no names', role: 'observer' }
    const { secret } = await call<{ secret: string }>(admin, '/v1/keys', { method: 'POST', body })
    observer = { ...admin, key: secret }
    const { data } = await call<EventPage>(admin, '/v1/events?type=SubscriptionActivated&limit=1')
    eventId = data[0]?.eventId as string
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await keelson?.end('SIGTERM')
    if (folder) await removeFolder(folder)
  })

  test('shows how the log stands, has it checked, and hands the evidence over', () =>
    visitAt('/integrity', async page => {
      await page.getByText('The signature is right. The head is kept here').waitFor()
      const { origin, checkpoint } = await call<LogStatusView>(admin, '/v1/log')
      await page.getByText(origin, { exact: true }).first().waitFor()
      await button(page, 'Verify now').click()
      await page.getByText(/^All \d+ entries are as they were signed\.$/).waitFor()
      await page.getByLabel('Numbers of the log').getByText('sound', { exact: true }).waitFor()
      await expectAccessible(page, 'integrity')

      const head = await downloadBy(page, () => button(page, 'Download the checkpoint').click())
      expect(head.suggestedFilename()).toBe('checkpoint.txt')
      expect((await contentOf(head)).toString()).toMatch(new RegExp(`^${origin}\n\\d+\n.{44}\n\n— `))
      await page.getByLabel('From leaf', { exact: true }).fill('3')
      await page.getByLabel('To before leaf').fill('5')
      // As in a browser without a dialog for files: the bundle waits in its private storage, and is a download then.
      await page.evaluate('delete window.showSaveFilePicker')
      const bundle = await downloadBy(page, () => button(page, 'Download the bundle').click())
      const tar = await contentOf(bundle)
      expect(bundle.suggestedFilename()).toBe('keelson.local_t_sample_main.tar')
      expect(tar.toString('latin1')).toContain('leaves.ndjson')
      await page.evaluate(pickPrivateFile)
      await button(page, 'Download the bundle').click()
      await expect.poll(() => page.evaluate(sizeOfPicked), { timeout: 15_000 }).toBe(tar.length)
      const table = page.getByRole('table', { name: 'Kept checkpoints' })
      const kept = await downloadBy(page, () =>
        button(table, `Download the checkpoint of ${checkpoint?.size}`).click(),
      )
      expect((await contentOf(kept)).toString()).toBe(checkpoint?.text)
    }))

  test('changes the key after a question, and shows both', () =>
    visitAt('/integrity', async page => {
      await button(page, 'Change the key…').click()
      await expectAccessible(page, 'integrity-key')
      await button(dialog(page), 'Change the key').click()
      await dialog(page).waitFor({ state: 'detached' })
      await page.getByText('signed before', { exact: true }).waitFor()
      expect(await page.getByText('signs now', { exact: true }).count()).toBe(1)
    }))

  test('notices a log that does not go on from the head that this browser has kept', () =>
    visitAt('/events', async page => {
      const { origin, checkpoint } = await call<LogStatusView>(admin, '/v1/log')
      const note = checkpoint?.text.replace(/^.{44}$/m, `${'A'.repeat(43)}=`)
      const kept = JSON.stringify({ note, at: '2026-11-01T00:00:00.000Z' })
      await page.evaluate(`localStorage.setItem('keelson.head.${origin}', ${JSON.stringify(kept)})`)
      await page.getByRole('link', { name: 'Integrity' }).click()
      await page.getByText('The log does not go on from the head').waitFor()
      await button(page, 'Keep this head instead').click()
      await page.getByText('it is the head that was kept here').waitFor()
    }))

  test('says in plain words what is wrong with a log, and what to do', () =>
    visitAt('/integrity', async page => {
      const states: readonly [string, Partial<LogStatusView>, string][] = [
        ['quorum missing', { hasQuorum: false }, 'See whether the witnesses can be reached'],
        ['standby', { state: 'standby' }, 'Another server signs this log'],
        ['forked', { state: 'forked', reason: 'leaf 12 is another' }, 'compare them with a backup'],
      ]
      for (const [word, change, words] of states) {
        await page.unrouteAll({ behavior: 'ignoreErrors' })
        await alter<LogStatusView>(page, '/v1/log', body => ({ ...body, ...change }))
        await page.reload()
        await page.getByText(word, { exact: true }).waitFor()
        await page.getByText(words).waitFor()
      }
      await expectAccessible(page, 'integrity-forked')
      await page.unrouteAll({ behavior: 'ignoreErrors' })
    }))

  test('verifies an event in the browser, step by step', () =>
    visitAt(`/events/${eventId}?tab=integrity`, async page => {
      await page.getByText(/^Verified in your browser: 6 steps passed, 1 had nothing to verify\.$/).waitFor()
      expect(await page.getByLabel('Passed', { exact: true }).count()).toBe(6)
      expect(await page.getByText('No witness is set up for this log.').count()).toBe(1)
      await page.getByRole('img', { name: /steps up to the root/ }).waitFor()
      await expectAccessible(page, 'event-proof')
      const proof = await downloadBy(page, () => button(page, 'Download the proof').click())
      expect(proof.suggestedFilename()).toBe(`${eventId}.tlog-proof`)
      expect((await contentOf(proof)).toString()).toMatch(/^c2sp\.org\/tlog-proof@v1\n/)
    }))

  test('shows the one step that a changed answer fails', () =>
    visitAt('/events', async page => {
      const open = async (): Promise<readonly string[]> => {
        await page.goto(`/events/${eventId}?tab=integrity`)
        await page.getByText('One step failed: do not rely on this event as shown.').waitFor()
        const failed = await failedSteps(page)
        await page.unrouteAll()
        return failed
      }
      const sealed = `/v1/events/${eventId}/sealed`
      const change = (of: (body: SealedEventView) => Partial<SealedEventView>) =>
        alter<SealedEventView>(page, sealed, body => ({ ...body, ...of(body) }))
      await change(({ body }) => ({ body: body?.replace(/"source":"./, '"source":"X') ?? null }))
      expect(await open()).toEqual(['The leaf commits to this body'])
      await expectAccessible(page, 'event-proof-failed')
      await change(({ leaf }) => ({ leaf: leaf.replace('"v":1', '"v":2') }))
      expect(await open()).toEqual(['The leaf is canonical, and it is the leaf of this event'])
      await change(() => ({ disclosures: ['WyJzYWx0IiwidXNlciIsImV2ZSJd'] }))
      expect(await open()).toEqual(['Each personal field is one that the body has a digest of'])
      await page.route(`**/v1/events/${eventId}/proof`, async route => {
        const response = await route.fetch()
        const lines = (await response.text()).split('\n')
        lines[4] = `${'A'.repeat(43)}=`
        await route.fulfill({ response, body: lines.join('\n') })
      })
      expect(await open()).toEqual(['The path leads from the leaf to the root of the log'])
      await page.route('**/v1/log/policy', async route => {
        const response = await route.fetch()
        const policy = await response.text()
        const log = /^log .*\n/gm
        const [, older = ''] = policy.match(log) ?? []
        expect(older).not.toBe('')
        // Of the two keys only the one that signs no more.
        await route.fulfill({ response, body: policy.replaceAll(log, '').replace(/^/, older) })
      })
      expect(await open()).toEqual(["The log's key has signed that root"])
    }))

  test('says so where the code of a page does not come, and fetches it when it does', () =>
    visitAt('/events', async page => {
      await page.route('**/assets/*', route => route.fulfill({ status: 404, body: '' }))
      await page.getByRole('link', { name: 'Integrity' }).click()
      await page.getByText('This page could not be fetched').waitFor()
      await expectAccessible(page, 'page-missing')
      await page.unrouteAll({ behavior: 'ignoreErrors' })
      await button(page, 'Try again').click()
      await button(page, 'Verify now').waitFor()
    }))

  test('shows an observer proofs without names, and no button that would be refused', () =>
    visitAs(observer, `/events/${eventId}?tab=integrity`, async page => {
      await page.getByText('No personal field was disclosed to this key.').waitFor()
      expect(await failedSteps(page)).toEqual([])
      expect(await page.getByRole('link', { name: 'Erasure' }).count()).toBe(0)
      await tab(page, 'Payload')
      expect(await button(page, 'Redact…').count()).toBe(0)
      await tab(page, 'Envelope')
      await page.getByText('are digests of personal fields').waitFor()
      await page.getByRole('link', { name: 'Integrity' }).click()
      await button(page, 'Verify now').waitFor()
      expect(await button(page, 'Verify now').isDisabled()).toBe(true)
      expect(await page.getByLabel('with personal fields').isDisabled()).toBe(true)
      expect(await button(page, /Sign now|Change the key/).count()).toBe(0)
      await page.getByRole('link', { name: 'Events', exact: true }).click()
      const search = page.getByRole('searchbox', { name: 'Search the events' })
      await page.getByRole('group', { name: 'Action' }).waitFor()
      expect(await search.isDisabled()).toBe(true)
      expect(await page.getByRole('group', { name: 'Actor' }).count()).toBe(0)
      await page.goto('/erasure')
      await page.getByText('This key may not remove content').waitFor()
    }))

  test('registers approvers with keys that are made in the browser, the second with consent', () =>
    visitAt('/erasure?tab=approvers', async page => {
      await page.getByText('No approver is registered').waitFor()
      for (const who of ['ada', 'bob']) {
        await button(page, 'Register an approver…').click()
        await dialog(page).getByLabel('Name', { exact: true }).fill(who)
        const key = await downloadBy(page, () => button(dialog(page), /^Make it/).click())
        expect(key.suggestedFilename()).toBe(`approver-${who}.pem`)
        await key.saveAs(join(folder, `${who}.pem`))
        if (who === 'bob') {
          expect(await button(dialog(page), 'Register').isDisabled()).toBe(true)
          await chooseKey(page, join(folder, 'bob.pem'))
          await dialog(page).getByText('It is the key of none of those who can sign here').waitFor()
          await chooseKey(page, join(folder, 'ada.pem'))
          await dialog(page).getByText('the key of ada').waitFor()
          await expectAccessible(page, 'erasure-approver')
        }
        await button(dialog(page), 'Register').click()
        await dialog(page).waitFor({ state: 'detached' })
        await page.getByRole('cell', { name: who, exact: true }).waitFor()
      }
      await expectAccessible(page, 'erasure-approvers')
    }))

  test('keeps a subject from being erased, and lets it go', () =>
    visitAt('/erasure?tab=holds', async page => {
      await button(page, 'Set a hold…').click()
      await dialog(page).getByLabel('Subject', { exact: true }).fill(subject)
      await dialog(page).getByLabel('Reason').fill('case 7')
      await button(dialog(page), 'Set the hold').click()
      await dialog(page).waitFor({ state: 'detached' })
      await page.getByRole('row', { name: /active/ }).waitFor()
      await expectAccessible(page, 'erasure-holds')
      await tab(page, 'Erase a subject')
      await subjectField(page).fill(subject)
      await page.keyboard.press('Enter')
      await page.getByText(/A hold on one subject, 1 key keeps it: case 7\./).waitFor()
      await tab(page, 'Holds')
      await button(page, 'Release…').click()
      await dialog(page).getByLabel('Reason').fill('case 7 is closed')
      await button(dialog(page), 'Release it').click()
      await page.getByRole('row', { name: /released: case 7 is closed/ }).waitFor()
    }))

  test('erases a subject: what will go, the signature, the progress, the receipt', () =>
    visitAt('/erasure', async page => {
      const urls: string[] = []
      page.on('request', request => urls.push(request.url()))
      await subjectField(page).fill('nobody at all')
      await button(page, 'See what there is').click()
      await page.getByText('There is nothing of this subject here').waitFor()
      await subjectField(page).fill(subject)
      await button(page, 'See what there is').click()
      const found = page.getByRole('region', { name: 'What there is of the subject' })
      await found.getByText('SubscriptionActivated').waitFor()
      await page.getByLabel('Basis').fill('GDPR Art. 17 (1) b')
      await page.getByLabel('Reference').fill('DSR-42')
      await page.getByRole('checkbox', { name: 'bob' }).check()
      await expectAccessible(page, 'erasure-subject')
      await button(page, /^Erase the fields of \d+ events$/).click()
      await page.waitForURL(/\/erasure\/erasure-\w+$/)
      await page.getByText('bob has to sign the record below.').waitFor()
      await expectAccessible(page, 'erasure-waits')
      await chooseKey(page, join(folder, 'ada.pem'))
      await page.getByText('It is the key of none of those who can sign here').waitFor()
      await chooseKey(page, join(folder, 'bob.pem'))
      await button(page, 'Sign the record').click()
      await page.getByRole('heading', { name: 'Receipt' }).waitFor()
      await page.getByText('completed', { exact: true }).waitFor()
      await expectAccessible(page, 'erasure-done')
      const [erasure] = (await call<ErasurePage>(admin, '/v1/erasures')).data
      expect(erasure).toMatchObject({ status: 'completed', approvers: ['bob'], approvedBy: ['bob'] })
      const file = await downloadBy(page, () => button(page, 'Download the receipt').click())
      expect(JSON.parse((await contentOf(file)).toString())).toMatchObject({
        request: 'DSR-42',
        n: erasure?.receipt?.n,
      })
      expect(urls.filter(url => url.includes(subject))).toEqual([])
      await page.getByRole('link', { name: 'Erasures' }).click()
      await page.getByRole('row', { name: /DSR-42.*completed bob/ }).waitFor()
      await expectAccessible(page, 'erasure-list')
    }))

  test('verifies an event still after its fields were erased', () =>
    visitAt(`/events/${eventId}?tab=integrity`, async page => {
      await page.getByText(/what they stand for was erased/).waitFor()
      await page
        .getByText(/^Verified in your browser/)
        .last()
        .waitFor()
      expect(await failedSteps(page)).toEqual([])
      await tab(page, 'Envelope')
      await page.getByRole('link', { name: 'Erasure DSR-42' }).waitFor()
      await expectAccessible(page, 'event-erased')
    }))

  test('takes a field out of one event: who signs, the hold that keeps it, the record that proves the rest', async () => {
    const hold = { method: 'POST', body: { scope: { all: true }, reason: 'case 9' } } as const
    await call(admin, '/v1/holds', hold)
    await visitAt(`/events/${eventId}`, async page => {
      await button(page, 'Redact…').click()
      await dialog(page).getByRole('checkbox', { name: '/payload/editionCode' }).check()
      await dialog(page).getByLabel('Reason').fill('ticket 12')
      await dialog(page).getByRole('checkbox', { name: 'bob' }).check()
      await expectAccessible(page, 'event-redact')
      await button(dialog(page), 'Redact 1 field').click()
      await page.waitForURL(/\/erasure\/redactions\/redaction-\w+$/)
      await chooseKey(page, join(folder, 'bob.pem'))
      await button(page, 'Sign the record').click()
      await page.getByText(/covers the whole log, set .* by sample administrator/).waitFor()
      await expectAccessible(page, 'redaction-held')
      await page.getByRole('link', { name: 'case 9' }).click()
      const kept = page.getByRole('row', { name: /active the whole log all case 9 .* sample administrator/ })
      expect(await kept.getAttribute('aria-current')).toBe('true')
      await button(kept, 'Release…').click()
      await dialog(page).getByLabel('Reason').fill('case 9 is closed')
      await button(dialog(page), 'Release it').click()
      await tab(page, 'Redactions')
      await page.getByLabel('State of the redactions').selectOption('Completed')
      const row = page.getByRole('row', { name: /ticket 12 .*editionCode.* completed bob/ })
      await page.getByLabel('Search the redactions').fill('nothing like it')
      await page.getByText('None of the redactions fits.').waitFor()
      await page.getByLabel('Search the redactions').fill('BOB ticket')
      await row.waitFor()
      await expectAccessible(page, 'redaction-list')
      await row.getByRole('link', { name: eventId }).click()
      await tab(page, 'Integrity')
      await page.getByText(/took fields out and commits to what is left\.$/).waitFor()
      expect(await failedSteps(page)).toEqual([])
      await page.goto(`/events/${eventId}`)
      await page.getByRole('link', { name: /^The redaction, leaf/ }).waitFor()
      await expectAccessible(page, 'event-redacted')
    })
  })

  test('revokes an approver with the consent of another', () =>
    visitAt('/erasure?tab=approvers', async page => {
      const row = page.getByRole('row', { name: /^ada/ })
      await button(row, 'Revoke…').click()
      await chooseKey(page, join(folder, 'bob.pem'))
      await button(dialog(page), 'Revoke').click()
      await row.getByText('revoked', { exact: true }).waitFor()
    }))

  test('sets a retention policy, and says first what it would remove', () =>
    visitAt('/erasure?tab=retention', async page => {
      await page.getByText('There is no policy: everything is kept.').waitFor()
      await button(page, 'Set a policy…').click()
      await dialog(page).getByLabel('Name').fill('audit')
      await dialog(page).getByLabel('Days that events are kept at least').fill('365')
      await dialog(page).getByLabel('Locked: it can only be made longer').check()
      await chooseKey(page, join(folder, 'bob.pem'))
      await button(dialog(page), 'Set the policy').click()
      await page.getByRole('row', { name: /audit@1 .*365 days.*to longer only.*all types bob/ }).waitFor()
      await expectAccessible(page, 'erasure-retention')
      await button(page, 'Apply…').click()
      await dialog(page).getByText('No event that it covers was recorded more than 365 days ago.').waitFor()
      expect(await button(dialog(page), 'Nothing to remove').isDisabled()).toBe(true)
      await page.keyboard.press('Escape')
      await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Apply…')
      const body = { policy: 'audit' }
      await call(admin, '/v1/retention-runs', { method: 'POST', body })
      await page.reload()
      await page.getByRole('row', { name: /^audit 0 0 0 sample administrator/ }).waitFor()
    }))
})
