import { commitBody } from 'keelson/proof'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  ApproverDraft,
  ApproverItem,
  ErasureItem,
  ErasurePage,
  HoldItem,
  RedactionItem,
  RetentionPolicyItem,
  RetentionRunResult,
  SealedEventView,
  SubjectView,
} from '../../../api/types.ts'
import type { TestServer } from '../../../start/fixtures/test-server.ts'
import { makeKey, startTestServer } from '../../../start/fixtures/test-server.ts'
import type { Tenant } from './fixtures/removal-calls.ts'
import { newApprover, removalCalls } from './fixtures/removal-calls.ts'

let test: TestServer
beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.stop())

const { ask, get, publish, until } = removalCalls(() => test)

const search = (subject: string, tenant: Tenant = 'acme') =>
  get<SubjectView>('/v1/subjects/search', { subject }, 200, tenant)
const why = { basis: 'gdpr-17-1-b', request: 'ticket-4711' }

describe('a subject', () => {
  it('is looked for, with what there is of it', async () => {
    const user = 'bea@example.com'
    for (const id of ['bea-1', 'bea-2']) await publish(id, user)
    const bundle = await test.call('/v1/log/bundle', { key: test.keys.acme.admin })
    expect(bundle.status).toBe(200)
    const observer = (await makeKey(test.url, 'acme', 'observer')).secret
    expect((await test.call('/v1/log/bundle', { key: observer })).status).toBe(200)
    const found = await search(user)
    expect(found).toMatchObject({
      events: 2,
      streams: 2,
      types: [{ type: 'SubscriptionActivated', count: 2 }],
      holds: [],
    })
    expect(found.keys).toHaveLength(1)
    // The one that showed personal fields.
    expect(found.exports).toMatchObject([{ withPersonal: true, where: 'downloaded' }])
    expect(Date.parse(found.firstAt ?? '')).toBeLessThanOrEqual(Date.parse(found.lastAt ?? ''))
    for (const [subject, tenant] of [
      ['nobody', 'acme'],
      [user, 'globex'],
    ] as const)
      expect(await search(subject, tenant)).toMatchObject({
        events: 0,
        keys: [],
        firstAt: null,
        exports: [],
      })
  })
})

describe('an erasure', () => {
  it('closes the fields of its subject for good, and hands out a receipt', async () => {
    const user = 'carla@example.com'
    await publish('carla-1', user)
    await publish('carla-2', user, 'globex')
    const sealed = () => get<SealedEventView>('/v1/events/carla-1/sealed')
    const before = await sealed()
    const readModels = ({ copies }: SubjectView | ErasureItem) =>
      copies.find(({ name }) => name === 'read models')
    const counted = readModels(await search(user))
    expect(counted).toMatchObject({ count: expect.toSatisfy((count: number) => count > 0) })
    const asked = await ask<ErasureItem>('/v1/erasures', { subject: user, ...why })
    expect([asked.status, asked.headers.get('location')]).toEqual([202, `/v1/erasures/${asked.body.id}`])
    expect(asked.text).not.toContain(user)
    const done = await until<ErasureItem>(`/v1/erasures/${asked.body.id}`, 'completed')
    expect(done).toMatchObject({ ...why, approvers: [], approvedBy: [], holds: [] })
    // They are gone over once more at the end, and count once.
    expect(readModels(done)).toMatchObject({ removed: counted && 'count' in counted && counted.count })
    // That of the month of the request too: the subject is kept under it until it is done.
    expect(done.keys).toEqual(expect.arrayContaining([...before.kids]))
    expect(await sealed()).toEqual({ ...before, disclosures: [], hidden: 2, kids: [] })
    expect(JSON.parse(done.record)).toMatchObject({ action: 'erasure', keys: done.keys })
    const receipt = done.receipt
    expect((await test.call(receipt?.proof ?? '', { key: test.keys.acme.reader })).status).toBe(200)
    expect(await search(user)).toMatchObject({ events: 0 })
    // The other tenant's subject of this name is another one.
    expect(await search(user, 'globex')).toMatchObject({ events: 1 })
    const again = await ask('/v1/erasures', { subject: user, ...why })
    expect([again.status, again.body]).toMatchObject([404, { code: 'subject_unknown' }])
  })

  it('is listed in pages, the newest first, for its own tenant alone', async () => {
    const asked: string[] = []
    for (const user of ['dora', 'emil', 'fred']) {
      await publish(`${user}-1`, user)
      asked.push((await get<ErasureItem>('/v1/erasures', { subject: user, ...why }, 202)).id)
    }
    const found: string[] = []
    for (let path = '/v1/erasures?limit=2'; ; ) {
      const { data, page } = await get<ErasurePage>(path)
      found.push(...data.map(({ id }) => id))
      expect(data.length).toBeLessThanOrEqual(2)
      if (page.nextCursor === null) break
      path = `/v1/erasures?limit=2&cursor=${page.nextCursor}`
    }
    expect(found.slice(0, 3)).toEqual(asked.toReversed())
    expect(new Set(found).size).toBe(found.length)
    expect(await get<ErasurePage>('/v1/erasures', undefined, 200, 'globex')).toEqual({
      data: [],
      page: { nextCursor: null, hasMore: false },
    })
    expect((await ask(`/v1/erasures/${asked[0]}`, undefined, 'globex')).status).toBe(404)
    for (const id of asked) await until(`/v1/erasures/${id}`, 'completed')
    expect((await ask('/v1/erasures?cursor=Li4vLi4')).body).toMatchObject({ code: 'cursor_invalid' })
  })

  it('waits for a hold, and goes on when it is released', async () => {
    await publish('gina-1', 'gina')
    const reason = 'suit 12/26'
    const hold = await get<HoldItem>('/v1/holds', { scope: { subject: 'gina' }, reason }, 201)
    expect(hold).toMatchObject({ reason, releasedAt: null, releaseReason: null })
    expect(JSON.stringify(hold)).not.toContain('gina')
    const { id } = await get<ErasureItem>('/v1/erasures', { subject: 'gina', ...why }, 202)
    expect(await until<ErasureItem>(`/v1/erasures/${id}`, 'held')).toMatchObject({ holds: [hold.id] })
    const released = await get<HoldItem>(`/v1/holds/${hold.id}/release`, { reason: 'settled' })
    expect(released).toMatchObject({ id: hold.id, releaseReason: 'settled' })
    await until(`/v1/erasures/${id}`, 'completed')
    const { data } = await get<{ data: HoldItem[] }>('/v1/holds')
    expect(data.find(one => one.id === hold.id)?.releasedAt).toBe(released.releasedAt)
  })

  it.each([
    [{ basis: 'x', request: 'y' }, '/subject'],
    [{ subject: 'a', request: 'y' }, '/basis'],
    [{ subject: 'a', basis: '' }, '/basis'],
    [{ subject: 7, ...why }, '/subject'],
    [{ subject: 'a', ...why, more: 1 }, '/more'],
    [{ subject: 'a', ...why, approvers: [] }, '/approvers'],
  ])('is refused for %j', async (body, pointer) => {
    const answer = await ask('/v1/erasures', body)
    expect([answer.status, answer.body]).toMatchObject([400, { code: 'request_invalid' }])
    expect(JSON.stringify(answer.body)).toContain(`"${pointer}"`)
  })

  it('is refused for a subject that nobody has', async () => {
    expect((await ask('/v1/erasures', { subject: 'a'.repeat(1_025), ...why })).status).toBe(400)
  })
})

describe('exports', () => {
  it('that an erasure does not reach stand in its receipt', async () => {
    await publish('exported-1', 'oda')
    const bundle = (query: string) => test.call(`/v1/log/bundle${query}`, { key: test.keys.acme.admin })
    expect((await bundle('')).status).toBe(200)
    expect((await bundle('?personal=hidden')).status).toBe(200)
    await publish('exported-2', 'oda')
    const { id, exports } = await get<ErasureItem>('/v1/erasures', { subject: 'oda', ...why }, 202)
    expect(exports).toEqual([])
    const [known, ...others] = (await search('oda')).exports
    expect([known?.withPersonal, others]).toEqual([true, []])
    const done = await until<ErasureItem>(`/v1/erasures/${id}`, 'completed')
    expect(done.exports).toEqual([known])
  })
})

describe('a redaction', () => {
  it('takes members out of an event, which keeps its leaf', async () => {
    await publish('redacted-1', 'hugo')
    const before = await get<SealedEventView>('/v1/events/redacted-1/sealed')
    const asked = { eventId: 'redacted-1', pointers: ['/payload/editionCode'], reason: 'ticket-12' }
    const { id } = await get<RedactionItem>('/v1/redactions', asked, 202)
    const done = await until<RedactionItem>(`/v1/redactions/${id}`, 'completed')
    expect(done).toMatchObject({ eventId: 'redacted-1', reason: 'ticket-12', paths: asked.pointers })
    const after = await get<SealedEventView>('/v1/events/redacted-1/sealed')
    expect(after.leaf).toBe(before.leaf)
    expect(JSON.parse(after.body ?? '').payload).not.toHaveProperty('editionCode')
    // The record that commits to the body as it is now is named beside it.
    expect([before.redactions, after.redactions]).toEqual([[], [done.receipt?.eventId]])
    const record = await get<SealedEventView>(`/v1/events/${after.redactions[0]}/sealed`)
    expect(JSON.parse(record.body ?? '').payload).toMatchObject({
      n: after.n,
      leaf: after.leafHash,
      body: commitBody(after.body ?? '', Buffer.from(after.blind ?? '', 'base64url')),
    })
    const { data } = await get<{ data: RedactionItem[] }>('/v1/redactions')
    expect(data.map(one => one.id)).toEqual([id])
    expect((await ask('/v1/redactions', { ...asked, pointers: [] })).status).toBe(400)
    expect((await ask('/v1/redactions', { ...asked, eventId: 'none' })).status).toBe(404)
  })
})

describe('retention', () => {
  it('is set by policies, of which a locked one does not shrink, and applied', async () => {
    const policy = { id: 'books', minimumDays: 3_650, locked: true }
    const made = await get<RetentionPolicyItem>('/v1/retention-policies', policy, 201)
    expect(made).toEqual({ ...policy, version: 1, eventTypes: null, approvedBy: [] })
    const shorter = await ask('/v1/retention-policies', { ...policy, minimumDays: 30 })
    expect(shorter.body).toMatchObject({ code: 'policy_locked' })
    const { data } = await get<{ data: RetentionPolicyItem[] }>('/v1/retention-policies')
    expect(data).toEqual([made])
    const before = '2026-01-01T00:00:00Z'
    for (const dryRun of [true, false])
      expect(
        await get<RetentionRunResult>('/v1/retention-runs', { policy: 'books', before, dryRun }),
      ).toEqual({
        policy: 'books@1',
        dryRun,
        removed: 0,
        held: 0,
        unreachable: 0,
        receipts: [],
      })
    expect((await ask('/v1/retention-runs', { policy: 'none' })).status).toBe(404)
    expect((await ask('/v1/retention-runs', { policy: 'books', before: 'soon' })).status).toBe(400)
  })

  it('warns of a policy for types that nobody knows', async () => {
    const set = (eventTypes: readonly string[]) =>
      get<RetentionPolicyItem>('/v1/retention-policies', { id: 'typed', minimumDays: 1, eventTypes }, 201)
    expect((await set(['AuditEventReceived'])).warning).toBeUndefined()
    expect((await set(['AuditEventReceived', 'Nope', 'Nope'])).warning).toBe(
      'There is no event type Nope, in the catalogue or the log: the policy is for what comes later; look whether the name is right',
    )
    const { data } = await get<{ data: RetentionPolicyItem[] }>('/v1/retention-policies')
    expect(data.find(({ id }) => id === 'typed')?.warning).toBeUndefined()
  })
})

describe('holds', () => {
  it('say what they cover, and warn where that is nothing', async () => {
    await publish('hold-1', 'horst')
    const set = (scope: object) => get<HoldItem>('/v1/holds', { scope, reason: 'x' }, 201)
    const holds = [
      await set({ subject: 'horst' }),
      await set({ subject: 'hurst' }),
      await set({ stream: 'nowhere' }),
      await set({ all: true }),
    ]
    expect(holds.map(({ matches }) => matches)).toEqual([1, 0, 0, null])
    expect(holds.map(({ warning }) => warning?.slice(0, 40))).toEqual([
      undefined,
      'There is nothing of this subject in the ',
      'There is nothing of this stream in the l',
      undefined,
    ])
    for (const { id } of holds) await get(`/v1/holds/${id}/release`, { reason: 'x' })
    expect((await get<{ data: HoldItem[] }>('/v1/holds')).data.map(({ id }) => id).slice(0, 4)).toEqual(
      holds.map(({ id }) => id).toReversed(),
    )
  })

  it.each([
    { reason: 'x' },
    { scope: {}, reason: 'x' },
    { scope: { all: false }, reason: 'x' },
    { scope: { all: true, stream: 'a' }, reason: 'x' },
    { scope: { everything: true }, reason: 'x' },
    { scope: 'all', reason: 'x' },
    { scope: { all: true } },
  ])('are refused for %j', async body => {
    const answer = await ask('/v1/holds', body)
    expect([answer.status, answer.body]).toMatchObject([400, { code: 'request_invalid' }])
  })
})

// The last ones: from here on nothing is removed without a signature.
describe('approvers', () => {
  const [ada, bob] = [newApprover('ada'), newApprover('bob')]

  it('are registered, the second with the consent of the first', async () => {
    const made = await get<ApproverItem>('/v1/approvers', { key: ada.key }, 201)
    expect(made).toMatchObject({ name: 'ada', key: ada.key, revokedAt: null })
    const wanted = { key: bob.key, approvalsNeeded: 1 }
    expect((await ask('/v1/approvers', wanted)).body).toMatchObject({ code: 'approval_invalid' })
    const { record } = await get<ApproverDraft>('/v1/approvers', { ...wanted, dryRun: true })
    expect(JSON.parse(record)).toEqual({ action: 'register', role: 'approver', name: 'bob', ...wanted })
    const consent = { name: 'ada', signature: ada.sign(record) }
    await get('/v1/approvers', { ...wanted, consent }, 201)
    const { data, approvalsNeeded } = await get<{ data: ApproverItem[]; approvalsNeeded: number }>(
      '/v1/approvers',
    )
    expect(approvalsNeeded).toBe(wanted.approvalsNeeded)
    expect(data.map(({ name }) => name)).toEqual(['ada', 'bob'])
    expect((await ask('/v1/approvers', { key: 'no-key' })).body).toMatchObject({ code: 'request_invalid' })
  })

  it('sign a policy of retention before anything is removed by it', async () => {
    const policy = { id: 'logs', minimumDays: 90 }
    const unsigned = await ask('/v1/retention-policies', policy)
    expect(unsigned.body).toMatchObject({ code: 'approval_invalid' })
    const { record } = await get<ApproverDraft>('/v1/retention-policies', { ...policy, dryRun: true })
    const consent = { name: 'ada', signature: ada.sign(record) }
    const made = await get<RetentionPolicyItem>('/v1/retention-policies', { ...policy, consent }, 201)
    expect(made).toMatchObject({ ...policy, version: 1, approvedBy: ['ada'] })
    // Set when there was nobody to sign.
    const older = await ask('/v1/retention-runs', { policy: 'books' })
    expect(older.body).toMatchObject({ code: 'approval_invalid' })
    expect((await ask('/v1/retention-runs', { policy: 'logs' })).status).toBe(200)
  })

  it('sign what is erased, before it is', async () => {
    await publish('ines-1', 'ines')
    const asked = { subject: 'ines', ...why, approvers: ['bob'] }
    const { id, record, status } = await get<ErasureItem>('/v1/erasures', asked, 202)
    expect(status).toBe('awaiting-approval')
    const path = `/v1/erasures/${id}/approvals`
    for (const approval of [
      { key: 'bob', signature: ada.sign(record) },
      { key: 'ada', signature: ada.sign(record) },
      { key: 'bob', signature: bob.sign(`${record} `) },
    ])
      expect((await ask(path, approval)).body).toMatchObject({ code: 'approval_invalid' })
    expect((await ask(path, { key: 'bob' })).status).toBe(400)
    await get(path, { key: 'bob', signature: bob.sign(record) })
    const done = await until<ErasureItem>(`/v1/erasures/${id}`, 'completed')
    expect(done).toMatchObject({ approvers: ['bob'], approvedBy: ['bob'] })
  })

  it('need not sign what is taken back', async () => {
    await publish('jan-1', 'jan')
    const { id } = await get<ErasureItem>('/v1/erasures', { subject: 'jan', ...why }, 202)
    expect(await get(`/v1/erasures/${id}/withdrawal`, {})).toMatchObject({ status: 'withdrawn' })
    expect(await search('jan')).toMatchObject({ events: 1 })
  })

  it('are revoked with the consent of one of them', async () => {
    const path = '/v1/approvers/bob/revocation'
    expect((await ask(path, {})).body).toMatchObject({ code: 'approval_invalid' })
    const { record } = await get<ApproverDraft>(path, { dryRun: true })
    const consent = { name: 'ada', signature: ada.sign(record) }
    const revoked = await get<ApproverItem>(path, { consent })
    expect(revoked.revokedAt).not.toBe(null)
    expect((await ask('/v1/approvers/none/revocation', { dryRun: true })).status).toBe(404)
  })
})

describe('what is done by hand', () => {
  it('is written down in the log, without who it is about', async () => {
    const { data } = await get<{ data: { payload: { action: string } }[] }>(
      '/v1/events?type=AuditEventReceived&limit=500',
    )
    const actions = new Set(data.map(({ payload }) => payload.action))
    for (const action of [
      'erasure.requested',
      'erasure.approved',
      'hold.set',
      'hold.released',
      'approver.registered',
    ])
      expect(actions).toContain(action)
    expect(JSON.stringify(data)).not.toMatch(/carla|dora|gina|ines|hugo/)
    expect(test.log.join()).not.toMatch(/carla|dora|gina|ines|hugo/)
  })
})
