import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer, CallOptions, TestServer } from '../start/fixtures/test-server.ts'
import { bootstrapKey, startTestServer } from '../start/fixtures/test-server.ts'
import { auditEvent, subscription } from './fixtures/events.ts'
import { refusedEvents } from './fixtures/refused-events.ts'
import type { Problem } from './problem.ts'
import { toCursor } from './query.ts'

let test: TestServer
let before: number
beforeAll(async () => {
  test = await startTestServer()
  await post('/v1/events', JSON.stringify(subscription('known', { eventId: 'known' })))
  before = await test.head()
})
afterAll(() => test.stop())

function post(path: string, body: string | Uint8Array, headers: CallOptions['headers'] = {}) {
  return test.call<Problem>(path, { key: test.keys.acme.writer, body, headers })
}

const json = JSON.stringify

/** What each refusal is, whatever it is about. */
function expectProblem(answer: Answer<Problem>, status: number, code: string, pointer?: string): void {
  expect(`${answer.status} ${answer.body?.code}`).toBe(`${status} ${code}`)
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expectProblemBody(answer.body, status, code, pointer)
  expect(answer.body).toMatchObject({ instance: expect.stringMatching(/^req-[0-9a-f-]{36}$/) })
  expectNoInside(answer.text)
}

function expectProblemBody(problem: object, status: number, code: string, pointer?: string): void {
  expect(problem).toMatchObject({
    type: `urn:keelson:error:${code}`,
    status,
    code,
    title: expect.stringMatching(/\.$/),
    detail: expect.stringMatching(/\S/),
    remedy: expect.stringMatching(/\.$/),
    retryable: false,
  })
  if (pointer === undefined) return
  const pointers = (problem as Problem).errors?.map(fault => fault.pointer)
  expect(pointers).toContain(pointer)
}

/** No stack, no path of ours, no key, no SQL. */
function expectNoInside(said: string): void {
  expect(said).not.toMatch(/\.ts\b|node:|node_modules|\bat [\w.#]+ \(|SELECT |INSERT /)
  for (const secret of [bootstrapKey, ...Object.values(test.keys.acme)]) expect(said).not.toContain(secret)
}

describe('one event', () => {
  it.each(refusedEvents)('%s', async (_, body, status, code, pointer) => {
    expectProblem(await post('/v1/events', body), status, code, pointer)
  })

  it('names the nearest types', async () => {
    const { body } = await post(
      '/v1/events',
      json({ ...subscription('s'), eventType: 'subscriptionactivate' }),
    )
    expect(body).toMatchObject({ nearest: ['SubscriptionActivated'] })
    expect(body.errors?.[0]?.hint).toBe('did you mean SubscriptionActivated?')
  })

  it('names every fault at once', async () => {
    const { body } = await post('/v1/events', '{"eventId":"","occurredAt":"now","extra":1}')
    const pointers = body.errors?.map(fault => fault.pointer).sort()
    expect(pointers).toEqual(['/eventId', '/eventType', '/extra', '/occurredAt', '/payload'])
  })
})

describe('one event in a batch', () => {
  // White space within a JSON value has no meaning, and NDJSON has a value on each line.
  it.each(refusedEvents)('%s', async (_, body, status, code, pointer) => {
    const bytes = Buffer.from(body)
    const lines = Buffer.concat([
      bytes,
      Buffer.from('\n'),
      Buffer.from(json(subscription('known', { eventId: 'known' }))),
    ])
    const answer = await post('/v1/events/batch', lines, { 'content-type': 'application/x-ndjson' })
    const { results, ...counts } = answer.body as unknown as {
      results: { index: number; line: number; status: number; problem: object; receipt: object }[]
    }
    expect(answer.status).toBe(207)
    expect(counts).toEqual({ accepted: 0, duplicates: 1, refused: 1 })
    expect(results[0]).toMatchObject({ index: 0, line: 1, status })
    expectProblemBody(results[0]?.problem ?? {}, status, code, pointer)
    expect(results[1]).toMatchObject({ index: 1, line: 2, status: 200, receipt: { duplicate: true } })
    expectNoInside(answer.text)
  })
})

const one = json(subscription('s'))
const limit = 512 * 1024
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 32))
const gzip = { 'content-encoding': 'gzip' }

type RequestCase = readonly [
  name: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
  status: number,
  code: string,
]

/** Requests that are refused before an event is read. */
const requests: readonly RequestCase[] = [
  ['an empty body', '', {}, 400, 'request_invalid'],
  [
    'a content type that is none of JSON',
    one,
    { 'content-type': 'text/plain' },
    415,
    'content_type_unsupported',
  ],
  ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'content_type_unsupported'],
  ['a content type that is none', one, { 'content-type': 'json' }, 415, 'content_type_unsupported'],
  ['an unknown encoding', one, { 'content-encoding': 'br' }, 415, 'encoding_unsupported'],
  ['two encodings', one, { 'content-encoding': 'gzip, gzip' }, 415, 'encoding_unsupported'],
  ['plain text that calls itself gzip', one, gzip, 400, 'compression_invalid'],
  ['gzip that is cut off', gzipSync(one).subarray(0, 40), gzip, 400, 'compression_invalid'],
  ['gzip with a flipped bit', flipped(gzipSync(one)), gzip, 400, 'compression_invalid'],
  ['a small body that unpacks to 64 MiB', bomb, gzip, 413, 'decompression_limit'],
]

function flipped(bytes: Buffer): Buffer {
  const last = bytes.length - 6
  bytes[last] = (bytes[last] as number) ^ 1
  return bytes
}

describe.each(['/v1/events', '/v1/events/batch'])('a request to %s', path => {
  it.each(requests)('%s', async (_, body, headers, status, code) => {
    expectProblem(await post(path, body, headers), status, code)
  })
})

describe('a request', () => {
  it('has at most so many bytes, packed or not', async () => {
    const large = json(auditEvent({ payload: 'x'.repeat(limit) }))
    expectProblem(await post('/v1/events', large), 413, 'request_too_large')
    expectProblem(await post('/v1/events', gzipSync(large), gzip), 413, 'decompression_limit')
    expectProblem(
      await post('/v1/events/batch', Buffer.alloc(16 * 1024 * 1024 + 1, 32)),
      413,
      'request_too_large',
    )
  })

  it('has a batch that is not empty', async () => {
    for (const body of ['[]', ' \n\n ', '[ ]'])
      expectProblem(await post('/v1/events/batch', body), 400, 'request_invalid')
  })

  it('gives a batch no idempotency key, and one event a visible one', async () => {
    const key = (value: string) => ({ 'idempotency-key': value })
    expectProblem(await post('/v1/events/batch', one, key('k')), 400, 'request_invalid')
    for (const value of ['', 'two words', 'x'.repeat(256), 'é'])
      expectProblem(await post('/v1/events', one, key(value)), 400, 'request_invalid')
  })

  it('is a CloudEvent in one mode at a time, whose data is the body', async () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-type': 'SubscriptionActivated',
      'ce-source': '/x',
    }
    expectProblem(await post('/v1/events', '{"specversion":"1.0"}', headers), 400, 'request_invalid')
    const data = { ...headers, 'ce-data': 'other' }
    expectProblem(
      await post('/v1/events', '{"subscriptionId":"s","editionCode":"e"}', data),
      400,
      'request_invalid',
    )
    const base64 = { ...headers, 'ce-data_base64': 'e30=' }
    expectProblem(await post('/v1/events', '{}', base64), 422, 'envelope_invalid', '/data_base64')
  })

  it.each([
    ['GET', '/v1/nothing', 404, 'not_found'],
    ['GET', '/v1/events/unknown', 404, 'event_not_found'],
    ['GET', `/v1/events/${'x'.repeat(4000)}`, 400, 'request_invalid'],
    ['GET', '/v1/events/%E0%A4%A', 400, 'request_invalid'],
    ['GET', '/v1/streams/%', 400, 'request_invalid'],
    ['DELETE', '/v1/nothing', 404, 'not_found'],
  ])('%s %s', async (method, path, status, code) => {
    const answer = await test.call<Problem>(path, { method, key: test.keys.acme.admin })
    expectProblem(answer, status, code)
  })
})

describe('a query', () => {
  const get = (query: string, path = '/v1/events') =>
    test.call<Problem>(`${path}?${query}`, { key: test.keys.acme.reader })

  it.each([
    ['limit=0', '/limit'],
    ['limit=501', '/limit'],
    ['limit=-1', '/limit'],
    ['limit=1e2', '/limit'],
    ['limit=ten', '/limit'],
    ['limit=1&limit=2', '/limit'],
    ['order=up', '/order'],
    ['view=tiny', '/view'],
    ['from=yesterday', '/from'],
    ['to=2026-02-31T00:00:00Z', '/to'],
    ['from=2026-01-01T00:00:00', '/from'],
    ['colour=red', '/colour'],
    ['tenantId=globex', '/tenantId'],
    ['__proto__=1', '/__proto__'],
    [`q=${'x'.repeat(1025)}`, '/q'],
    [`type=${'x'.repeat(1025)}`, '/type'],
    [Array.from({ length: 51 }, (_, n) => `type=${n}`).join('&'), '/type'],
  ])('%s', async (query, pointer) => {
    expectProblem(await get(query), 400, 'query_invalid', pointer)
  })

  it('has all its faults named', async () => {
    const { body } = await get('limit=0&order=up&colour=red')
    expect(body.errors?.map(fault => fault.pointer).sort()).toEqual(['/colour', '/limit', '/order'])
  })

  it.each(['q=%22open', 'q=-only', 'q=%21%21', `q=${Array(21).fill('a').join('+')}`])('%s', async query => {
    expectProblem(await get(query), 400, 'query_invalid')
    expectProblem(await get(query, '/v1/events/facets'), 400, 'query_invalid')
  })

  it.each([
    'x',
    'MWQ',
    'MWF4',
    '%00',
    'MWEtMQ',
    Buffer.from('1d99999999999999999').toString('base64url'),
    Buffer.from('2d10').toString('base64url'),
    Buffer.from('1d9999999999999999').toString('base64url'),
  ])('cursor=%s', async cursor => {
    expectProblem(await get(`cursor=${cursor}`), 400, 'cursor_invalid')
    expectProblem(await get(`cursor=${cursor}`, '/v1/streams/Subscription-known'), 400, 'cursor_invalid')
  })

  it('has a cursor of its own order', async () => {
    expectProblem(await get(`cursor=${toCursor(1, 'asc')}&order=desc`), 400, 'cursor_invalid')
    expectProblem(await get(`cursor=${toCursor(1, 'desc')}&order=asc`), 400, 'cursor_invalid')
  })

  it.each(['from=2026-01-01T00:00:00Z', 'limit=1', 'after=-1', 'after=1.5', 'after=9007199254740993'])(
    'of the live tail: %s',
    async query => expectProblem(await get(query, '/v1/events/tail'), 400, 'query_invalid'),
  )

  it.each(['abc', '-1', '1e3', '12345678901234567', '9999999999999999'])(
    'of the live tail: Last-Event-ID %s',
    async id => {
      const headers = { 'last-event-id': id }
      const answer = await test.call<Problem>('/v1/events/tail', { key: test.keys.acme.reader, headers })
      expectProblem(answer, 400, 'request_invalid')
    },
  )

  it('of an import names a format', async () => {
    const send = (query: string) => post(`/v1/imports?${query}`, one)
    expectProblem(await send(''), 400, 'format_unknown')
    expectProblem(await send('format=xml'), 400, 'format_unknown')
    expectProblem(await send('format=github&tenant=globex'), 400, 'query_invalid', '/tenant')
  })
})

describe('after all of them', () => {
  it('nothing was stored, and nothing failed inside', async () => {
    expect(await test.head()).toBe(before)
    expect(before).toBe(1)
    expect(test.log).toEqual([])
  })
})

describe('an unknown type', () => {
  it('is kept where the tenant says so, and then checked as an envelope', async () => {
    await test.call('/v1/tenants', { key: bootstrapKey, body: { id: 'loose', keepsUnknownTypes: true } })
    const send = (body: unknown) =>
      test.call<Problem>('/v1/events', { key: bootstrapKey, tenant: 'loose', body })
    const kept = await send({
      eventType: 'house.Cleaned',
      occurredAt: '2026-06-11T09:00:01Z',
      payload: { any: [1] },
    })
    expect(kept.status).toBe(201)
    const { text: said } = await test.call('/v1/events', { key: bootstrapKey, tenant: 'loose' })
    expect(said).toContain('house.Cleaned')
    expectProblem(
      await send({ eventType: 'house.Cleaned', payload: {} }),
      422,
      'envelope_invalid',
      '/occurredAt',
    )
    // A known type is held to its schema here too.
    expectProblem(await send({ ...subscription('s'), payload: {} }), 422, 'payload_invalid')
  })
})
