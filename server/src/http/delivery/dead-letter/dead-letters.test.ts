import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  DeadLetterDetail,
  DeadLetterGroupPage,
  DeadLetterPageView,
  DeadLetterReplayResult,
  ReplayItem,
} from '../../../api/types.ts'
import type { TestServer } from '../../../start/fixtures/test-server.ts'
import { bootstrapKey, startTestServer } from '../../../start/fixtures/test-server.ts'
import { DeliverySteps, idsOf, until } from '../fixtures/delivery-steps.ts'

let test: TestServer
let acme: DeliverySteps
let globex: DeliverySteps
beforeAll(async () => {
  test = await startTestServer()
  acme = DeliverySteps.of(test)
  globex = DeliverySteps.of(test, 'globex')
})
afterAll(() => test.stop())

interface Refusal {
  readonly code: string
  readonly errors?: readonly { readonly pointer: string }[]
}

const now = { start: 'now' }
const list = (query: string) => acme.get<DeadLetterPageView>(`/v1/dead-letters?${query}`)
const ended = (run: ReplayItem | null) =>
  until(async () => (await acme.get<ReplayItem>(`/v1/replays/${run?.id}`)).endedAt !== null)
const actionsOf = async (name: string) =>
  (
    await acme.get<{ data: { audit: { action: string } }[] }>(`/v1/events?resource=${name}&order=asc`)
  ).data.map(({ audit }) => audit.action)

describe('dead letters', () => {
  it('are listed page by page, over all subscriptions, by what is asked of them', async () => {
    await acme.make('list-a', now)
    await acme.make('list-b', now)
    await acme.publish(['a-1', 'a-2', 'a-3'])
    await acme.fail('list-a', ['a-1', 'a-2', 'a-3'], { name: 'CardError', message: 'card 17 declined' })
    await acme.fail('list-b', ['a-1', 'a-2', 'a-3'], 'out of stock')
    const seen: string[] = []
    let cursor: string | null = ''
    let pages = 0
    while (cursor !== null) {
      const page: DeadLetterPageView = await list(`limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(...page.data.map(({ subscription, eventId }) => `${subscription} ${eventId}`))
      cursor = page.page.nextCursor
      pages += 1
    }
    expect(seen).toEqual(
      ['list-a', 'list-b'].flatMap(name => ['a-1', 'a-2', 'a-3'].map(id => `${name} ${id}`)),
    )
    expect(pages).toBe(3)
    const [first] = (await list('subscription=list-b')).data
    expect(first).toMatchObject({ subscription: 'list-b', reason: 'permanent', attempts: 1, isEdited: false })
    expect((await list(`fingerprint=${first?.fingerprint}`)).data).toHaveLength(3)
    expect((await list('cause=exhausted')).data).toEqual([])
    expect((await list('type=SubscriptionActivated')).data).toHaveLength(6)
    expect((await list('type=SubscriptionCancelled')).data).toEqual([])
    expect((await list('to=2020-01-01T00:00:00Z')).data).toEqual([])
    expect((await list('orderingKey=Subscription-a-2')).data).toHaveLength(2)
  })

  it('are grouped by the kind of error, whatever the numbers in it', async () => {
    await acme.make('groups', now)
    await acme.publish(['g-1', 'g-2', 'g-3'])
    const found = await acme.pullAll('groups', 3)
    const failed = found.map(({ token }, at) => ({
      token,
      error: `order ${100 + at} is unknown`,
      retry: false,
    }))
    await acme.settle('groups', { failed })
    await until(async () => (await list('subscription=groups')).data.length === 3)
    const { data, isComplete } = await acme.get<DeadLetterGroupPage>(
      '/v1/dead-letters/groups?subscription=groups',
    )
    expect(isComplete).toBe(true)
    expect(data).toMatchObject([
      { subscription: 'groups', count: 3, reason: 'permanent', eventTypes: { SubscriptionActivated: 3 } },
    ])
    const all = await acme.get<DeadLetterGroupPage>('/v1/dead-letters/groups')
    expect(all.data.map(({ count }) => count)).toEqual([3, 3, 3])
  })

  it('show their whole event and every try', async () => {
    await acme.make('shown', { ...now, retry: { attempts: 2, backoff: 'fixed', initialSeconds: 0 } })
    await acme.publish(['s-1'])
    for (const message of ['first', 'second']) {
      const [one] = await acme.pullAll('shown', 1)
      await acme.settle('shown', { failed: [{ token: one?.token, error: message }] })
    }
    await until(async () => (await list('subscription=shown')).data.length === 1)
    const [{ id } = { id: 0 }] = (await list('subscription=shown')).data
    const letter = await acme.get<DeadLetterDetail>(`/v1/dead-letters/shown/${id}`)
    expect(letter.tries.map(({ message }) => message)).toEqual(['first', 'second'])
    expect(letter).toMatchObject({
      reason: 'exhausted',
      event: { eventId: 's-1', tenantId: 'acme', payload: { subscriptionId: 's-1' } },
      edits: [],
    })
    expect(letter).not.toHaveProperty('editedPayload')
  })
})

describe('an edit', () => {
  it('is kept with what it changed, checked by the catalogue, and delivered at the replay', async () => {
    await acme.make('edited', now)
    await acme.publish(['e-1'])
    await acme.fail('edited', ['e-1'])
    const [{ id } = { id: 0 }] = (await list('subscription=edited')).data
    const path = `/v1/dead-letters/edited/${id}`
    const { etag } = await acme.get<DeadLetterDetail>(path)
    const patch = (payload: unknown, headers: Record<string, string> = {}) =>
      acme.ask<DeadLetterDetail & Refusal>(path, { payload }, { method: 'PATCH', headers })
    const wrong = await patch({ subscriptionId: 7, editionCode: 'team' })
    expect([wrong.status, wrong.body.code]).toEqual([422, 'payload_invalid'])
    expect(wrong.body.errors?.map(({ pointer }) => pointer)).toEqual(['/payload/subscriptionId'])
    expect((await patch('a text')).status).toBe(422)
    expect((await patch(null)).status).toBe(400)
    const mended = { subscriptionId: 'e-1', editionCode: 'enterprise' }
    const done = await patch(mended, { 'if-match': etag })
    expect([done.status, done.body.isEdited, done.body.editedPayload]).toEqual([200, true, mended])
    expect(done.body.edits).toMatchObject([
      {
        by: expect.stringMatching(/^key-/),
        diff: [{ pointer: '/editionCode', from: 'team', to: 'enterprise' }],
      },
    ])
    expect(done.body.event?.payload).toMatchObject({ editionCode: 'team' })
    const late = await patch(mended, { 'if-match': etag })
    expect([late.status, late.body.code]).toEqual([412, 'precondition_failed'])
    await acme.get<DeadLetterReplayResult>('/v1/dead-letters/replay', { subscription: 'edited' }, 202)
    const [again] = await acme.pullAll('edited', 1)
    expect([again?.attempt, again?.event.payload]).toEqual([2, mended])
    await acme.settle('edited', { done: [again?.token] })
    const [found] = (
      await acme.get<{ data: { payload: unknown; audit: { action: string } }[] }>(
        '/v1/events?action=dead_letter.edited',
      )
    ).data
    // Where it was changed, and nothing of what stands there.
    expect(JSON.stringify(found)).toContain('/editionCode')
    expect(JSON.stringify(found)).not.toContain('enterprise')
  })
})

describe('a replay', () => {
  it('says first what would come of it, then brings those that were meant', async () => {
    await acme.make('again', now)
    await acme.publish(['r-1', 'r-2', 'r-3'])
    await acme.fail('again', ['r-1', 'r-2', 'r-3'])
    const letters = (await list('subscription=again')).data
    const ids = letters.slice(0, 2).map(({ id }) => id)
    const ask = (body: object, status: number) =>
      acme.get<DeadLetterReplayResult>('/v1/dead-letters/replay', { subscription: 'again', ...body }, status)
    expect(await ask({ dryRun: true }, 200)).toEqual({
      dryRun: true,
      matched: 3,
      replayed: 0,
      held: 0,
      skipped: 0,
      run: null,
    })
    expect((await list('subscription=again')).data).toHaveLength(3)
    const { run, matched } = await ask({ ids }, 202)
    expect([matched, run?.kind, run?.subscription]).toEqual([2, 'dead-letters', 'again'])
    await ended(run)
    expect(await acme.get<ReplayItem>(`/v1/replays/${run?.id}`)).toMatchObject({
      state: 'done',
      query: { ids },
      progress: { matched: 2, replayed: 2 },
    })
    const found = await acme.pullAll('again', 2)
    expect([idsOf(found), found.map(({ attempt }) => attempt)]).toEqual([
      ['r-1', 'r-2'],
      [2, 2],
    ])
    for (const { replay, replayOf } of found) {
      expect([replay, replayOf]).toMatchObject([null, { reason: 'permanent', times: 1, by: run?.startedBy }])
      expect(Date.parse(replayOf?.replayedAt ?? '')).toBeGreaterThanOrEqual(
        Date.parse(replayOf?.setAsideAt ?? ''),
      )
    }
    await acme.done('again', found)
    expect((await list('subscription=again')).data.map(({ eventId }) => eventId)).toEqual(['r-3'])
    expect(await actionsOf('again')).toEqual(['subscription.created', 'dead_letters.replayed'])
  })

  it('at a rate can be paused, resumed and aborted', async () => {
    await acme.make('slow', now)
    const ids = ['p-1', 'p-2', 'p-3', 'p-4']
    await acme.publish(ids)
    await acme.fail('slow', ids)
    const { run } = await acme.get<DeadLetterReplayResult>(
      '/v1/dead-letters/replay',
      { subscription: 'slow', ratePerSecond: 0.05 },
      202,
    )
    const steer = (verb: string, status = 200) =>
      acme.get<ReplayItem & Refusal>(`/v1/replays/${run?.id}/${verb}`, {}, status)
    expect((await steer('pause')).state).toBe('paused')
    expect((await steer('pause', 409)).code).toBe('run_ended')
    expect((await steer('resume')).state).toBe('running')
    expect((await steer('abort')).state).toBe('aborted')
    expect((await steer('resume', 409)).code).toBe('run_ended')
    const left = (await list('subscription=slow')).data
    expect(left.length).toBeGreaterThan(1)
    expect(await actionsOf('slow')).toEqual([
      'subscription.created',
      'dead_letters.replayed',
      'replay.paused',
      'replay.resumed',
      'replay.aborted',
    ])
  })
})

describe('discarding', () => {
  it('needs a reason, counts first, and keeps who and why', async () => {
    await acme.make('given-up', now)
    await acme.publish(['d-1', 'd-2'])
    await acme.fail('given-up', ['d-1', 'd-2'])
    const ask = (body: object) =>
      acme.ask<Refusal>('/v1/dead-letters/discard', { subscription: 'given-up', ...body })
    for (const reason of [undefined, '', '   ', 7]) expect((await ask({ reason })).status).toBe(400)
    expect((await ask({ reason: 'test orders', dryRun: true })).body).toEqual({
      dryRun: true,
      matched: 2,
      discarded: 0,
      skipped: 0,
    })
    expect((await ask({ reason: 'test orders' })).body).toMatchObject({ matched: 2, discarded: 2 })
    expect((await list('subscription=given-up')).data).toEqual([])
    expect((await acme.ask('/v1/events/d-1')).status).toBe(200)
    const [found] = (
      await acme.get<{ data: { payload: object }[] }>('/v1/events?action=dead_letters.discarded')
    ).data
    expect(found?.payload).toMatchObject({
      reason: 'test orders',
      actor: { name: 'acme admin' },
      payload: { discarded: 2 },
    })
  })
})

describe('a parked key', () => {
  it('goes on when it is told to, with the event that stopped it or without', async () => {
    await acme.make('parked', { ...now, deadLetter: 'parkKey' })
    await acme.publish(['k-1', 'k-2', 'other'], id => (id === 'other' ? 'other' : 'same'))
    const first = await acme.pullAll('parked', 2)
    expect(idsOf(first)).toEqual(['k-1', 'other'])
    const failed = [{ token: first[0]?.token, error: 'no', retry: false }]
    await acme.settle('parked', { done: [first[1]?.token], failed })
    await until(async () => (await list('subscription=parked')).data.length === 2)
    expect((await list('subscription=parked')).data.map(({ reason }) => reason)).toEqual([
      'permanent',
      'parked',
    ])
    const unpark = (orderingKey: string) =>
      acme.ask<Refusal>('/v1/dead-letters/unpark', { subscription: 'parked', orderingKey, how: 'again' })
    expect((await unpark('Subscription-nobody')).status).toBe(404)
    expect((await unpark('Subscription-same')).body).toEqual({ released: 2 })
    for (const id of ['k-1', 'k-2']) {
      const found = await acme.pullAll('parked', 1)
      expect(idsOf(found)).toEqual([id])
      await acme.done('parked', found)
    }
  })
})

describe('what is refused', () => {
  it.each<[string, string, unknown?]>([
    ['an unknown parameter', '/v1/dead-letters?tenantId=globex'],
    ['a limit of none', '/v1/dead-letters?limit=0'],
    ['a cursor of one’s own', '/v1/dead-letters?cursor=abc'],
    ['an unknown cause', '/v1/dead-letters?cause=because'],
    ['a time without zone', '/v1/dead-letters?from=2026-01-01'],
    ['no subscription', '/v1/dead-letters/replay', {}],
    ['ids that are texts', '/v1/dead-letters/replay', { subscription: 'again', ids: ['1'] }],
    ['no ids', '/v1/dead-letters/replay', { subscription: 'again', ids: [] }],
    ['a rate of none', '/v1/dead-letters/replay', { subscription: 'again', ratePerSecond: 0 }],
    ['a dry run perhaps', '/v1/dead-letters/replay', { subscription: 'again', dryRun: 'maybe' }],
    ['another way', '/v1/dead-letters/unpark', { subscription: 'again', orderingKey: 'k', how: 'else' }],
    ['a body that is a list', '/v1/dead-letters/replay', []],
  ])('%s', async (_, path, body) => {
    const answer = await acme.ask<Refusal>(path, body)
    expect([path, answer.status]).toEqual([path, 400])
    expect(answer.body.code).toMatch(/^(request|query|cursor)_invalid$/)
  })

  it.each(['1', '999999', 'x', '-1', '1e3', '9'.repeat(30)])('a dead letter by the number %s', async id => {
    const answer = await acme.ask<Refusal>(`/v1/dead-letters/again/${id}`)
    expect([answer.status, answer.body.code]).toEqual([404, 'dead_letter_unknown'])
  })
})

describe('another tenant', () => {
  it('neither sees nor changes dead letters, also not of a subscription with the same name', async () => {
    await acme.make('ours', now)
    await acme.publish(['secret-1'])
    await acme.fail('ours', ['secret-1'], 'secret reason')
    const [{ id } = { id: 0 }] = (await list('subscription=ours')).data
    await globex.make('ours', now)
    const paths: [string, unknown?, string?][] = [
      [`/v1/dead-letters/ours/${id}`],
      [`/v1/dead-letters/ours/${id}`, { payload: {} }, 'PATCH'],
      ['/v1/dead-letters?subscription=list-a'],
      ['/v1/dead-letters/replay', { subscription: 'list-a' }],
      ['/v1/dead-letters/discard', { subscription: 'list-a', reason: 'x' }],
    ]
    for (const [path, body, method] of paths) {
      const answer = await globex.ask(path, body, method === undefined ? {} : { method })
      expect([path, answer.status]).toEqual([path, 404])
      expect(answer.text).not.toContain('secret')
    }
    for (const path of ['/v1/dead-letters', '/v1/dead-letters/groups', '/v1/replays'])
      expect((await globex.get<{ data: [] }>(path)).data).toEqual([])
    const none = await globex.get<DeadLetterReplayResult>('/v1/dead-letters/replay', {
      subscription: 'ours',
      dryRun: true,
    })
    expect(none.matched).toBe(0)
    await globex.get('/v1/dead-letters/discard', { subscription: 'ours', reason: 'mine' })
    expect((await list('subscription=ours')).data).toHaveLength(1)
    const own = await acme.get<{ data: { id: string }[] }>('/v1/replays')
    for (const verb of ['', '/abort']) {
      const answer = await globex.ask<Refusal>(
        `/v1/replays/${own.data[0]?.id}${verb}`,
        verb === '' ? undefined : {},
      )
      expect([answer.status, answer.body.code]).toEqual([404, 'run_unknown'])
    }
  })

  it('is not seen by the platform without being named', async () => {
    const without = await test.call<Refusal>('/v1/dead-letters', { key: bootstrapKey })
    expect([without.status, without.body.code]).toEqual([400, 'tenant_required'])
    const named = await test.call<DeadLetterPageView>('/v1/dead-letters', {
      key: bootstrapKey,
      tenant: 'globex',
    })
    expect(named.body.data).toEqual([])
  })
})
