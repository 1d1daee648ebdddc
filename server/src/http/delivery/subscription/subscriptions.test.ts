import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SubscriptionDetail, SubscriptionPage } from '../../../api/types.ts'
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
  readonly line?: number
  readonly column?: number
  readonly errors?: readonly { readonly pointer: string }[]
}

const detail = (name: string) => acme.get<SubscriptionDetail>(`/v1/subscriptions/${name}`)

describe('a subscription', () => {
  it('has what was said of it, and defaults for the rest', async () => {
    const made = await acme.ask<SubscriptionDetail>('/v1/subscriptions', {
      name: 'orders',
      types: ['SubscriptionActivated'],
      filter: 'payload.amount > 100',
      retry: { attempts: 2 },
    })
    expect([made.status, made.headers.get('location')]).toEqual([201, '/v1/subscriptions/orders'])
    expect(made.headers.get('etag')).toBe(made.body.etag)
    expect(made.body).toMatchObject({
      name: 'orders',
      kind: 'delivery',
      scope: 'tenant',
      isOwn: true,
      state: 'idle',
      lag: { events: 0 },
      breaker: 'closed',
      owner: null,
      settings: {
        types: ['SubscriptionActivated'],
        topics: null,
        filter: 'payload.amount > 100',
        start: 'beginning',
        retry: { attempts: 2, backoff: 'exponential', initialSeconds: 1, maxSeconds: 300, jitter: 'full' },
        deadLetter: 'setAside',
        concurrency: 100,
        timeoutSeconds: 30,
      },
    })
    const list = await acme.get<SubscriptionPage>('/v1/subscriptions')
    expect(list.data.map(({ name }) => name)).toEqual(['orders'])
  })

  it('is made once, and a request that is repeated with its key finds it', async () => {
    const headers = { 'idempotency-key': 'once' }
    const ask = (more: object) => acme.ask<Refusal>('/v1/subscriptions', { name: 'once' }, more)
    expect((await ask({ headers })).status).toBe(201)
    expect((await ask({ headers })).status).toBe(200)
    const other = await ask({ headers: { 'idempotency-key': 'another' } })
    expect([other.status, other.body.code]).toEqual([409, 'subscription_exists'])
    expect((await ask({})).status).toBe(409)
    const several = await Promise.all([1, 2, 3].map(() => acme.ask('/v1/subscriptions', { name: 'at-once' })))
    expect(several.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  })

  it('starts where it was told, as of the time when it was made', async () => {
    await acme.publish(['before'])
    await acme.make('from-now', { start: 'now' })
    await acme.make('from-beginning')
    await acme.publish(['after'])
    expect(idsOf(await acme.pullAll('from-now', 1))).toEqual(['after'])
    expect(idsOf(await acme.pullAll('from-beginning', 2))).toEqual(['before', 'after'])
    const { recordedAt } = await acme
      .get<{ event: { recordedAt: string } }>('/v1/events/after')
      .then(({ event }) => event)
    await acme.make('from-time', { start: { time: recordedAt } })
    expect(idsOf(await acme.pullAll('from-time', 1))).toContain('after')
  })

  it('is not made where it starts beyond the log, and one that is there all the same hides no other', async () => {
    const beyond = { name: 'beyond', start: { position: 1_000_000 } }
    const refused = await acme.ask<Refusal>('/v1/subscriptions', beyond)
    expect([refused.status, refused.body.code]).toEqual([400, 'request_invalid'])
    expect(refused.body.errors).toMatchObject([{ pointer: '/start/position' }])
    expect((await acme.ask('/v1/subscriptions/beyond')).status).toBe(404)
    await acme.make('broken', { start: 'now' })
    const { store } = test.server.platform
    const document = await store.document('acme', 'pull-subscription', 'broken')
    const value = document?.value as { id: string } | undefined
    const name = `delivery/t/acme/broken@${value?.id}#0`
    const from = await store.checkpoint(name)
    await store.commit({ scope: { tenantId: 'acme' }, checkpoint: { name, from, to: 1_000_000 } })
    const { data } = await acme.get<SubscriptionPage>('/v1/subscriptions')
    expect(data.map(one => one.name)).toEqual(expect.arrayContaining(['broken', 'orders']))
    expect(await detail('broken')).toMatchObject({ name: 'broken', state: 'idle' })
    expect((await acme.ask('/v1/subscriptions/broken', undefined, { method: 'DELETE' })).status).toBe(204)
  })

  it('is changed only as it was seen, where If-Match says so', async () => {
    await acme.make('edited')
    const { etag } = await detail('edited')
    const put = (headers: Record<string, string>, body: object = { concurrency: 5 }) =>
      acme.ask<SubscriptionDetail & Refusal>('/v1/subscriptions/edited', body, { method: 'PUT', headers })
    const changed = await put({ 'if-match': etag as string })
    expect([changed.status, changed.body.settings.concurrency]).toEqual([200, 5])
    expect(changed.body.settings.types).toBeNull()
    const late = await put({ 'if-match': etag as string })
    expect([late.status, late.body.code]).toEqual([412, 'precondition_failed'])
    expect((await put({ 'if-match': `"x", ${changed.headers.get('etag')}` })).status).toBe(200)
    expect((await put({}, { start: 'now' })).status).toBe(400)
    const remove = (tag: string) =>
      acme.ask('/v1/subscriptions/edited', undefined, { method: 'DELETE', headers: { 'if-match': tag } })
    expect((await remove(etag as string)).status).toBe(412)
    expect((await remove('*')).status).toBe(204)
    expect((await acme.ask('/v1/subscriptions/edited')).status).toBe(404)
  })

  it('that was deleted leaves nothing to one of its name', async () => {
    await acme.make('reborn', { start: 'now' })
    await acme.publish(['r-1', 'r-2'])
    await acme.fail('reborn', ['r-1', 'r-2'])
    await acme.ask('/v1/subscriptions/reborn', undefined, { method: 'DELETE' })
    const { store } = test.server.platform
    const owners = await store.documents({ tenantId: 'platform' }, 'delivery-owner', { limit: 1_000 })
    expect(owners.filter(({ id }) => id.includes('/reborn@'))).toEqual([])
    await acme.make('reborn', { start: 'now' })
    expect(await detail('reborn')).toMatchObject({ deadLetters: 0, lag: { events: 0 } })
    expect(await acme.get('/v1/dead-letters?subscription=reborn')).toMatchObject({ data: [] })
    await acme.publish(['r-3'])
    expect(idsOf(await acme.pullAll('reborn', 1))).toEqual(['r-3'])
  })

  it('leaves a trace in the audit trail of what was done to it by hand', async () => {
    await acme.make('traced')
    const told = await acme.ask<Refusal>('/v1/subscriptions/traced/pause', { reason: 'a fair' })
    expect([told.status, told.body.code]).toEqual([400, 'request_invalid'])
    await acme.get('/v1/subscriptions/traced/pause', {})
    await acme.ask('/v1/subscriptions/traced', undefined, { method: 'DELETE' })
    const found = await acme.get<{ data: { audit: { action: string; actor: { name: string } } }[] }>(
      '/v1/events?resource=traced&order=asc',
    )
    expect(found.data.map(({ audit }) => [audit.action, audit.actor.name])).toEqual(
      ['created', 'paused', 'deleted'].map(done => [`subscription.${done}`, 'acme admin']),
    )
  })

  it('has a history of how far it was behind', async () => {
    await acme.make('watched', { start: 'now' })
    await acme.publish(['h-1'])
    expect(await detail('watched')).toMatchObject({ lag: { events: 1 }, history: [], handled: 0 })
    await acme.done('watched', await acme.pullAll('watched', 1))
    await until(async () => (await detail('watched')).history.length > 0)
    const { history, throughput } = await detail('watched')
    expect(history[0]).toMatchObject({ at: expect.stringMatching(/Z$/), events: expect.any(Number) })
    expect(throughput.handledPerSecond).toBeGreaterThan(0)
  })
})

describe('what is refused', () => {
  const text = (length: number) => 'x'.repeat(length)
  const many = Array.from({ length: 101 }, (_, at) => `T${at}`)

  it.each<[string, object, number, string, string?]>([
    ['no name', {}, 400, 'request_invalid', '/name'],
    ['a name with a slash', { name: 'a/b' }, 400, 'request_invalid', '/name'],
    ['a name that begins with a dot', { name: '.a' }, 400, 'request_invalid', '/name'],
    ['a name with a line break', { name: 'a\n' }, 400, 'request_invalid', '/name'],
    ['a name of another alphabet', { name: 'ümlaut' }, 400, 'request_invalid', '/name'],
    ['a name of 51 characters', { name: text(51) }, 400, 'request_invalid', '/name'],
    ['a name that is a number', { name: 7 }, 400, 'request_invalid', '/name'],
    ['a foreign name', { name: 't/globex/x' }, 400, 'request_invalid', '/name'],
    ['an unknown member', { name: 'a', tenantId: 'globex' }, 400, 'request_invalid', '/tenantId'],
    ['__proto__', JSON.parse('{"name":"a","__proto__":{}}'), 400, 'json_forbidden_key'],
    ['no types in a list', { name: 'a', types: [] }, 400, 'request_invalid', '/types'],
    ['101 types', { name: 'a', types: many }, 400, 'request_invalid', '/types'],
    ['types that are a text', { name: 'a', types: 'T' }, 400, 'request_invalid', '/types'],
    ['a topic that is a number', { name: 'a', topics: [1] }, 400, 'request_invalid', '/topics'],
    ['a filter that is cut off', { name: 'a', filter: 'payload.x = ' }, 400, 'filter_invalid'],
    ['a filter that is a list', { name: 'a', filter: [] }, 400, 'request_invalid', '/filter'],
    ['a filter of 10,001 characters', { name: 'a', filter: text(10_001) }, 400, 'request_invalid', '/filter'],
    ['a start that is no word', { name: 'a', start: 'soon' }, 400, 'request_invalid', '/start'],
    [
      'a start of two kinds',
      { name: 'a', start: { position: 1, time: '2026-01-01T00:00:00Z' } },
      400,
      'request_invalid',
      '/start',
    ],
    [
      'a start before the beginning',
      { name: 'a', start: { position: -1 } },
      400,
      'request_invalid',
      '/start/position',
    ],
    [
      'a time without a zone',
      { name: 'a', start: { time: '2026-01-01' } },
      400,
      'request_invalid',
      '/start/time',
    ],
    ['no attempts', { name: 'a', retry: { attempts: 0 } }, 400, 'request_invalid', '/retry/attempts'],
    [
      'an endless wait',
      { name: 'a', retry: { maxSeconds: 1e12 } },
      400,
      'request_invalid',
      '/retry/maxSeconds',
    ],
    [
      'a backoff of its own',
      { name: 'a', retry: { backoff: 'mine' } },
      400,
      'request_invalid',
      '/retry/backoff',
    ],
    ['a retry that is a number', { name: 'a', retry: 5 }, 400, 'request_invalid', '/retry'],
    ['half a consumer', { name: 'a', concurrency: 0.5 }, 400, 'request_invalid', '/concurrency'],
    ['201 consumers', { name: 'a', concurrency: 201 }, 400, 'request_invalid', '/concurrency'],
    ['no time', { name: 'a', timeoutSeconds: 0 }, 400, 'request_invalid', '/timeoutSeconds'],
    ['a dead letter office', { name: 'a', deadLetter: 'office' }, 400, 'request_invalid', '/deadLetter'],
  ])('%s', async (_, body, status, code, pointer) => {
    const answer = await acme.ask<Refusal>('/v1/subscriptions', JSON.stringify(body))
    expect([answer.status, answer.body.code]).toEqual([status, code])
    if (pointer !== undefined) expect(answer.body.errors?.map(fault => fault.pointer)).toContain(pointer)
    expect((await acme.ask('/v1/subscriptions/a')).status).toBe(404)
  })

  it('of a filter is told with its place', async () => {
    const { body } = await acme.ask<Refusal>('/v1/subscriptions', { name: 'a', filter: 'a = 1 AND\n  b ==' })
    expect(body).toMatchObject({ code: 'filter_invalid', line: 2, column: expect.any(Number) })
  })

  it('is all told at once', async () => {
    const body = { name: '', types: 1, concurrency: 'x', retry: { attempts: 'y' }, more: 1 }
    const answer = await acme.ask<Refusal>('/v1/subscriptions', body)
    expect(answer.body.errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/concurrency',
      '/more',
      '/name',
      '/retry/attempts',
      '/types',
    ])
  })

  it.each<[string, string, unknown]>([
    ['a pull of none', 'pull', { max: 0 }],
    ['a pull of 1,001', 'pull', { max: 1_001 }],
    ['a pull that waits for ever', 'pull', { waitSeconds: 1e9 }],
    ['a pull with something else', 'pull', { min: 1 }],
    ['nothing to settle', 'settle', {}],
    ['two empty lists', 'settle', { done: [], failed: [] }],
    ['tokens that are a text', 'settle', { done: 't' }],
    ['a token that is a number', 'settle', { done: [1] }],
    ['1,001 tokens', 'settle', { done: Array.from({ length: 1_001 }, (_, at) => `t${at}`) }],
    ['a token that is done and failed', 'settle', { done: ['t'], failed: [{ token: 't', error: 'e' }] }],
    ['a failure without a token', 'settle', { failed: [{ error: 'e' }] }],
    ['a failure without an error', 'settle', { failed: [{ token: 't' }] }],
    ['an error without a message', 'settle', { failed: [{ token: 't', error: { name: 'E' } }] }],
    ['a failure that is null', 'settle', { failed: [null] }],
  ])('%s', async (_, verb, body) => {
    await acme.ask('/v1/subscriptions', { name: 'strict' })
    const answer = await acme.ask<Refusal>(`/v1/subscriptions/strict/${verb}`, body)
    expect([answer.status, answer.body.code]).toEqual([400, 'request_invalid'])
    expect(answer.body.errors?.length).toBeGreaterThan(0)
  })

  it('is one more than a tenant may have', async () => {
    const { data, limit } = await globex.get<SubscriptionPage>('/v1/subscriptions')
    for (let count = data.length; count < limit; count += 1) await globex.make(`g-${count}`)
    const answer = await globex.ask<Refusal>('/v1/subscriptions', { name: 'too-many' })
    expect([answer.status, answer.body.code]).toEqual([409, 'subscription_limit'])
    for (const name of ['g-98', 'g-99'])
      await globex.ask(`/v1/subscriptions/${name}`, undefined, { method: 'DELETE' })
    const names = Array.from({ length: 10 }, (_, at) => `at-once-${at}`)
    const several = await Promise.all(names.map(name => globex.ask('/v1/subscriptions', { name })))
    expect(several.filter(({ status }) => status === 201)).toHaveLength(2)
    expect((await globex.get<SubscriptionPage>('/v1/subscriptions')).data).toHaveLength(limit)
    for (const name of names) await globex.ask(`/v1/subscriptions/${name}`, undefined, { method: 'DELETE' })
    for (let count = data.length; count < limit; count += 1)
      await globex.ask(`/v1/subscriptions/g-${count}`, undefined, { method: 'DELETE' })
  })
})

describe('another tenant', () => {
  it('finds nothing under a name, and has names of its own', async () => {
    await acme.make('private', { start: 'now' })
    await acme.publish(['secret-1'])
    const found = await acme.pullAll('private', 1)
    const token = found[0]?.token
    const paths: [string, unknown?, string?][] = [
      ['/v1/subscriptions/private'],
      ['/v1/subscriptions/private', {}, 'PUT'],
      ['/v1/subscriptions/private', undefined, 'DELETE'],
      ['/v1/subscriptions/private/pull', {}],
      ['/v1/subscriptions/private/settle', { done: [token] }],
      ['/v1/subscriptions/private/pause', {}],
      ['/v1/subscriptions/private/resume', {}],
      [`/v1/subscriptions/${encodeURIComponent('t/acme/private')}`],
      [`/v1/subscriptions/${encodeURIComponent('../acme/private')}`],
      ['/v1/subscriptions/AuditEventProjection'],
    ]
    for (const [path, body, method] of paths) {
      const answer = await globex.ask<Refusal>(path, body, method === undefined ? {} : { method })
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'subscription_unknown'])
      expect(answer.text).not.toContain('secret-1')
    }
    await globex.make('private', { start: 'now' })
    expect((await globex.settle('private', { done: [token] })).unknown).toEqual([token])
    expect(await globex.pull('private', { waitSeconds: 1 })).toEqual([])
    expect((await globex.get<SubscriptionPage>('/v1/subscriptions')).data).toMatchObject([
      { name: 'private' },
    ])
    await acme.done('private', found)
  })
})

describe('a platform administrator', () => {
  it('sees the projections, and with a tenant its subscriptions too', async () => {
    const list = async (tenant?: string) =>
      (
        await test.call<SubscriptionPage>('/v1/subscriptions', {
          key: bootstrapKey,
          ...(tenant === undefined ? {} : { tenant }),
        })
      ).body.data.map(({ name, kind, scope }) => `${name} ${kind} ${scope}`)
    expect(await list()).toEqual(['AuditEventProjection projection platform'])
    expect(await list('globex')).toEqual([
      'private delivery tenant',
      'AuditEventProjection projection platform',
    ])
    const pause = await test.call<Refusal>('/v1/subscriptions/AuditEventProjection/pause', {
      key: bootstrapKey,
      body: {},
    })
    expect([pause.status, pause.body.code]).toEqual([400, 'request_invalid'])
  })

  it('sees what was made in code, and holds it back', async () => {
    const handled: string[] = []
    test.server.platform.deliver({
      name: 'mail',
      types: ['SubscriptionActivated'],
      start: 'now',
      handle: event => void handled.push(event.eventId),
    })
    const call = (path: string, body?: object) =>
      test.call<SubscriptionDetail>(`/v1/subscriptions/mail${path}`, {
        key: bootstrapKey,
        ...(body === undefined ? {} : { body }),
      })
    await until(async () => (await call('')).body.isOwnedHere)
    await acme.publish(['m-1'])
    await until(async () => handled.includes('m-1'))
    expect((await call('')).body).toMatchObject({ scope: 'platform', isOwn: false, state: 'running' })
    expect((await call('/pause', {})).body.state).toBe('paused')
    await acme.publish(['m-2'])
    await until(async () => (await call('')).body.lag.events > 0)
    expect(handled).not.toContain('m-2')
    await call('/resume', {})
    await until(async () => handled.includes('m-2'))
    expect((await acme.ask('/v1/subscriptions/mail')).status).toBe(404)
    const metrics = await test.call('/metrics')
    expect(metrics.text).toMatch(
      /keelson_subscription_handled_total\{subscription="mail",scope="platform"\} \d/,
    )
    expect(metrics.text).not.toContain('acme')
    expect(metrics.text).not.toContain('private')
  })
})

describe('what is to be delivered later', () => {
  it('is shown as what waits for its time, to its tenant alone', async () => {
    for (const steps of [acme, globex]) await steps.make('later', { start: 'now' })
    expect((await detail('later')).scheduled).toEqual({ waiting: 0, nextAt: null })
    const due = [2, 1].map(days => new Date(Date.now() + days * 86_400_000).toISOString())
    for (const deliverAt of due)
      await acme.publish([`later-${deliverAt}`], id => id, { metadata: { deliverAt } })
    await acme.publish(['not-later'])
    await globex.publish(['not-later-either'])
    await acme.done('later', await acme.pullAll('later', 1))
    await globex.pullAll('later', 1)
    const expected = { waiting: 2, nextAt: due[1] }
    // What is done is kept as such a moment later.
    const isKept = ({ scheduled, lag }: SubscriptionDetail) => scheduled?.waiting === 2 && lag.events === 0
    await until(async () => isKept(await detail('later')))
    const { scheduled, retriesWaiting, partitions } = await detail('later')
    expect([scheduled, partitions[0]?.scheduled, retriesWaiting]).toEqual([expected, expected, 0])
    const { data } = await globex.get<SubscriptionPage>('/v1/subscriptions')
    expect(data.find(({ name }) => name === 'later')?.scheduled).toEqual({ waiting: 0, nextAt: null })
  })
})
