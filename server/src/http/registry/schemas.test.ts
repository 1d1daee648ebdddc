import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { bootstrapKey, startTestServer } from '../../start/fixtures/test-server.ts'

let test: TestServer
beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.stop())

interface Body {
  readonly code?: string
  readonly [member: string]: unknown
}

const order = (more: object = {}) => ({
  title: 'Order',
  type: 'object',
  properties: { id: { type: 'string' }, ...more },
  required: ['id'],
})
const call = (path: string, options: Parameters<TestServer['call']>[1] = {}) =>
  test.call<Body>(path, { key: test.keys.acme.admin, ...options })

describe('/v1/schemas', () => {
  it('registers, finds and lists, with ETags that save a second transfer', async () => {
    const made = await call('/v1/schemas/orders-value', { body: { schema: order() } })
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe('/v1/schemas/orders-value/versions/1')
    expect(made.body).toMatchObject({
      subject: 'orders-value',
      version: 1,
      schemaType: 'JSON',
      scope: 'tenant',
    })
    const { id, hash } = made.body
    expect((await call('/v1/schemas/orders-value', { body: { schema: order() } })).status).toBe(200)
    for (const path of [
      '/v1/schemas',
      '/v1/schemas?q=ord&limit=1&scope=tenant&deprecated=false&prefix=orders',
      '/v1/schemas/orders-value',
      '/v1/schemas/orders-value/versions',
      '/v1/schemas/orders-value/versions/1',
      '/v1/schemas/orders-value/versions/latest',
      '/v1/schemas/orders-value/compatibility',
      `/v1/schemas/by-id/${id}`,
      `/v1/schemas/by-hash/${hash}`,
    ]) {
      const answer = await call(path, { key: test.keys.acme.reader })
      expect([path, answer.status]).toEqual([path, 200])
      const etag = answer.headers.get('etag') as string
      expect(etag).toMatch(/^"/)
      expect((await call(path, { headers: { 'if-none-match': etag } })).status).toBe(304)
    }
    const missing = await call('/v1/schemas/by-id/999')
    expect([missing.status, missing.body.code]).toEqual([404, 'schema_not_found'])
  })

  it('pages', async () => {
    for (const name of ['page-a', 'page-b', 'page-c'])
      await call(`/v1/schemas/${name}`, { body: { schema: true } })
    const first = await call('/v1/schemas?prefix=page-&limit=2')
    const { nextCursor } = first.body['page'] as { nextCursor: string }
    const second = await call(`/v1/schemas?prefix=page-&limit=2&cursor=${nextCursor}`)
    expect(
      [first, second].flatMap(({ body }) =>
        (body['data'] as { subject: string }[]).map(item => item.subject),
      ),
    ).toEqual(['page-a', 'page-b', 'page-c'])
    expect(second.body['page']).toEqual({ nextCursor: null })
  })

  it('refuses what does not fit with the differences and a counter-example', async () => {
    await call('/v1/schemas/strict', { body: { schema: order() } })
    const refused = await call('/v1/schemas/strict', {
      body: { schema: { ...order({ n: { type: 'number' } }), required: ['id', 'n'] } },
    })
    expect([refused.status, refused.body.code]).toEqual([409, 'schema_incompatible'])
    expect(refused.body).toMatchObject({ verdict: 'incompatible', counterExample: { direction: 'backward' } })
    expect(refused.body['messages']).not.toEqual([])
    const dry = await call('/v1/schemas/strict?dryRun=true', { body: { schema: { type: 'string' } } })
    expect([dry.status, dry.body]).toMatchObject([
      200,
      { isCompatible: false, mode: 'backward', comparedWith: 1 },
    ])
    const check = await call('/v1/schemas/strict/compatibility-check?version=1', {
      body: { schema: order() },
    })
    expect(check.body).toMatchObject({ isCompatible: true })
    expect((await call('/v1/schemas/strict/versions')).body['data']).toHaveLength(1)
  })

  it('checks against a subject that there is, and names the nearest where there is none', async () => {
    await call('/v1/schemas/invoice-value', { body: { schema: order() } })
    const check = (path: string, body: object = { schema: order() }) =>
      call(`/v1/schemas/${path}`, { body, key: test.keys.acme.reader })
    expect((await check('invoice-value/compatibility-check')).body).toMatchObject({ isCompatible: true })
    for (const query of ['', '?version=1', '?version=latest']) {
      const { status, body } = await check(`invoice-valeu/compatibility-check${query}`)
      expect([status, body.code]).toEqual([404, 'schema_not_found'])
    }
    const { body } = await check('invoice-valeu/compatibility-check')
    expect(body['detail']).toContain('did you mean invoice-value?')
    const builtIn = await check('UserInvitd/compatibility-check')
    expect(builtIn.body['nearest']).toContain('UserInvited')
    const elsewhere = await call('/v1/schemas/invoice-valeu/compatibility-check', {
      body: { schema: order() },
      key: test.keys.globex.reader,
    })
    expect([elsewhere.status, elsewhere.text.includes('invoice-value?')]).toEqual([404, false])
  })

  it('checks in the mode that the registration would keep to', async () => {
    const event = { topic: 'orders', summary: 'Billed.', producer: 'Shop' }
    const dryRun = (body: object) => call('/v1/schemas/OrderBilled?dryRun=true', { body })
    expect((await dryRun({ schema: order() })).body['mode']).toBe('backward')
    expect((await dryRun({ schema: order(), event })).body['mode']).toBe('full')
    expect((await dryRun({ schema: order(), event, compatibility: 'none' })).body['mode']).toBe('none')
    await call('/v1/schemas/OrderBilled', { body: { schema: order() } })
    const check = (body: object) => call('/v1/schemas/OrderBilled/compatibility-check', { body })
    expect((await check({ schema: order() })).body['mode']).toBe('backward')
    expect((await check({ schema: order(), event })).body['mode']).toBe('full')
    await call('/v1/schemas/OrderBilled', { body: { schema: order(), event } })
    expect((await check({ schema: order() })).body['mode']).toBe('full')
    const taken = await call('/v1/schemas/UserInvited?dryRun=true', { body: { schema: order() } })
    expect([taken.status, taken.body.code]).toEqual([409, 'schema_subject_taken'])
  })

  it('says that a schema is no event type, also to whoever publishes events of its name', async () => {
    const made = await call('/v1/schemas/PlainSchema', { body: { schema: order() } })
    expect(made.body['hint']).toContain('register it with `event`')
    const read = await call('/v1/schemas/PlainSchema/versions/1')
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'))
    expect(read.body).not.toHaveProperty('hint')
    const event = { eventType: 'PlainSchema', occurredAt: '2026-06-11T09:00:01Z', payload: { id: 'o' } }
    const refused = await call('/v1/events', { body: event })
    expect([refused.status, refused.body.code]).toEqual([422, 'event_type_unknown'])
    expect(refused.body['detail']).toContain('registered, but not as an event type')
  })

  it('registers only on the version that If-Match names', async () => {
    await call('/v1/schemas/matched', { body: { schema: order(), compatibility: 'NONE' } })
    const etag = (await call('/v1/schemas/matched/versions/latest')).headers.get('etag') as string
    const register = (schema: object, tag: string) =>
      call('/v1/schemas/matched', { body: { schema }, headers: { 'if-match': tag } })
    const made = await register({ type: 'string' }, etag)
    expect(made.status).toBe(201)
    const late = await register({ type: 'number' }, etag)
    expect([late.status, late.body.code]).toEqual([412, 'precondition_failed'])
    expect((await register({ type: 'number' }, made.headers.get('etag') as string)).status).toBe(201)
    const none = await call('/v1/schemas/never', { body: { schema: true }, headers: { 'if-match': '*' } })
    expect(none.status).toBe(412)
  })

  it('deprecates, sets compatibility and deletes', async () => {
    await call('/v1/schemas/old', { body: { schema: order() } })
    const put = { method: 'PUT' }
    const said = await call('/v1/schemas/old/deprecation', {
      ...put,
      body: { reason: 'Old.', successor: 'new', sunset: '2027-01-31' },
    })
    expect(said.body['deprecation']).toMatchObject({ reason: 'Old.', successor: 'new' })
    for (const body of [{}, { reason: 7 }, { reason: 'x', sunset: '2027-02-31' }, { reason: 'x', more: 1 }])
      expect((await call('/v1/schemas/old/deprecation', { ...put, body })).status).toBe(400)
    await call('/v1/schemas/old/deprecation', { ...put, body: { isDeprecated: false } })
    expect((await call('/v1/schemas/old')).body['deprecation']).toBeUndefined()
    expect(
      (await call('/v1/schemas/old/compatibility', { ...put, body: { compatibility: 'full' } })).body,
    ).toEqual({ compatibility: 'full', isInherited: false })
    expect(
      (await call('/v1/schemas/old/compatibility', { ...put, body: { compatibility: null } })).body,
    ).toEqual({ compatibility: 'backward', isInherited: true })
    expect(
      (await call('/v1/schemas/old/compatibility', { ...put, body: { compatibility: 'best' } })).status,
    ).toBe(400)
    expect((await call('/v1/schemas/old/versions/1?permanent=true', { method: 'DELETE' })).status).toBe(409)
    expect((await call('/v1/schemas/old/versions/1', { method: 'DELETE' })).status).toBe(204)
    expect((await call('/v1/schemas/old')).status).toBe(404)
    expect((await call('/v1/schemas/old?permanent=true', { method: 'DELETE' })).status).toBe(204)
  })

  it.each<[string, string, object | string]>([
    ['no JSON', '/v1/schemas/x', '{'],
    ['no schema', '/v1/schemas/x', {}],
    ['an unknown member', '/v1/schemas/x', { schema: true, name: 'x' }],
    ['references that are no list', '/v1/schemas/x', { schema: true, references: 'x' }],
    ['a reference that is no object', '/v1/schemas/x', { schema: true, references: [1] }],
    ['an unknown language', '/v1/schemas/x', { schema: 'x', schemaType: 'XML' }],
    ['an unknown parameter', '/v1/schemas/x?dry=true', { schema: true }],
    ['a reserved name', '/v1/schemas/by-hash', { schema: true }],
    ['a name that is too long', `/v1/schemas/${'x'.repeat(300)}`, { schema: true }],
  ])('answers 400 to %s', async (_, path, body) => {
    expect((await call(path, { body })).status).toBe(400)
  })

  it('answers 422 with the faults of a schema, and 413 to a body that is too large', async () => {
    const wrong = await call('/v1/schemas/x', { body: { schema: { type: 'strng', required: 'x' } } })
    expect([wrong.status, wrong.body.code]).toEqual([422, 'schema_invalid'])
    expect(wrong.body['errors']).toHaveLength(2)
    expect((await call('/v1/schemas/x', { body: { schema: 'x'.repeat(600_000) } })).status).toBe(413)
    const proto = await call('/v1/schemas/x', { body: { schemaType: 'PROTOBUF', schema: 'message {' } })
    expect(proto.status).toBe(422)
    const avro = await call('/v1/schemas/x', { body: { schemaType: 'AVRO', schema: '{"type":"recrd"}' } })
    expect(avro.status).toBe(422)
  })
})

describe('roles', () => {
  const schema = { schema: true }
  it.each<['admin' | 'writer' | 'reader', number, number, number]>([
    ['admin', 200, 201, 204],
    ['writer', 200, 201, 403],
    ['reader', 200, 403, 403],
  ])('%s reads with %i, registers with %i and deletes with %i', async (role, read, register, remove) => {
    const key = test.keys.globex[role]
    await call(`/v1/schemas/kept-${role}`, { key: test.keys.globex.admin, body: schema })
    expect((await call('/v1/schemas', { key })).status).toBe(read)
    expect((await call(`/v1/schemas/made-by-${role}`, { key, body: schema })).status).toBe(register)
    expect((await call(`/v1/schemas/kept-${role}`, { key, method: 'DELETE' })).status).toBe(remove)
  })

  it('nobody comes in without a key', async () => {
    const { status, body } = await test.call<Body>('/v1/schemas')
    expect([status, body.code]).toEqual([401, 'authentication_required'])
    const foreign = await test.call<{ error_code: number }>('/subjects')
    expect([foreign.status, foreign.body.error_code]).toEqual([401, 40101])
  })
})

describe('tenants', () => {
  it("see their own subjects and the platform's, and change their own alone", async () => {
    const made = await call('/v1/schemas/acme-secret', { body: { schema: order() } })
    await test.call('/v1/schemas/shared', {
      key: bootstrapKey,
      body: { schema: order({ n: { type: 'number' } }) },
    })
    const key = test.keys.globex.admin
    const { id, hash } = made.body
    for (const path of [
      '/v1/schemas/acme-secret',
      '/v1/schemas/acme-secret/versions',
      '/v1/schemas/acme-secret/versions/1',
      `/v1/schemas/by-id/${id}`,
      '/subjects/acme-secret/versions',
      '/subjects/acme-secret/versions/latest',
      `/schemas/ids/${id}/subjects`,
    ]) {
      const answer = await test.call<Body>(path, { key })
      expect([path, answer.status === 404 || answer.text.includes('acme') === false]).toEqual([path, true])
    }
    expect((await test.call(`/v1/schemas/by-hash/${hash}`, { key })).text).not.toContain('acme')
    for (const path of ['/v1/schemas', '/subjects?deleted=true', '/schemas?deleted=true'])
      expect((await test.call(path, { key })).text).not.toContain('acme')
    expect((await test.call<Body>('/v1/schemas/shared', { key })).body).toMatchObject({
      scope: 'platform',
      id: 1,
    })
    const taken = await test.call<Body>('/v1/schemas/shared', { key, body: { schema: true } })
    expect([taken.status, taken.body.code]).toEqual([409, 'schema_subject_taken'])
    const builtIn = await test.call<Body>('/v1/schemas/SubscriptionActivated', {
      key,
      body: { schema: true },
    })
    expect(builtIn.body.code).toBe('schema_subject_taken')
    expect((await test.call('/v1/schemas/shared', { key, method: 'DELETE' })).status).toBe(404)
    const acting = await test.call<Body>('/v1/schemas/acme-secret', { key: bootstrapKey, tenant: 'acme' })
    expect(acting.status).toBe(200)
  })
})

describe('an event type that a tenant registers', () => {
  it('can be published by that tenant, and is checked', async () => {
    const event = { topic: 'orders', summary: 'An order was placed.', producer: 'Shop', orderingKey: '/id' }
    const made = await call('/v1/schemas/AcmeOrderPlaced', { body: { schema: order(), event } })
    expect(made.body).toMatchObject({ version: 1, schemaVersion: '1.0' })
    const publish = (key: string, payload: object) =>
      test.call<Body>('/v1/events', {
        key,
        body: { eventType: 'AcmeOrderPlaced', occurredAt: '2026-06-11T09:00:01Z', payload },
      })
    expect((await publish(test.keys.acme.writer, { id: 'o-1' })).body).toMatchObject({
      stream: 'AcmeOrderPlaced-o-1',
    })
    expect((await publish(test.keys.acme.writer, { id: 7 })).body.code).toBe('payload_invalid')
    expect((await publish(test.keys.acme.writer, { id: 'o-1', more: 1 })).body.code).toBe('payload_invalid')
    expect((await publish(test.keys.globex.writer, { id: 'o-1' })).body.code).toBe('event_type_unknown')
  })
})
