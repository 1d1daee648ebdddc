import { gzipSync } from 'node:zlib'
import type { Receipt } from 'keelson'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventDetail } from '../api/types.ts'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { startTestServer } from '../start/fixtures/test-server.ts'
import { auditEvent, subscription } from './fixtures/events.ts'
import type { Problem } from './problem.ts'

let test: TestServer
beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.stop())

const publish = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  test.call<Receipt & Problem>('/v1/events', { key: test.keys.acme.writer, body, headers })

interface BatchAnswer {
  readonly accepted: number
  readonly duplicates: number
  readonly refused: number
  readonly results: readonly {
    readonly index: number
    readonly line: number
    readonly status: number
    readonly receipt?: Receipt
    readonly problem?: Problem
  }[]
}

const batch = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  test.call<BatchAnswer & Problem>('/v1/events/batch', { key: test.keys.acme.writer, body, headers })
const ndjson = { 'content-type': 'application/x-ndjson' }

async function stored(eventId: string): Promise<EventDetail['event']> {
  const { body } = await test.call<EventDetail>(`/v1/events/${eventId}`, { key: test.keys.acme.reader })
  return body.event
}

describe('an event', () => {
  it('is answered with the receipt of where it stands', async () => {
    const answer = await publish(subscription('first'))
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      eventId: expect.stringMatching(/^evt-[0-9A-HJKMNP-TV-Z]{26}$/),
      position: 1,
      sequence: 0,
      stream: 'Subscription-first',
      version: 1,
      recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      leafHash: expect.stringMatching(/^[\w-]{43}$/),
      previousHash: 'A'.repeat(43),
      duplicate: false,
    })
    expect(answer.headers.get('location')).toBe(`/v1/events/${answer.body.eventId}`)
    const second = await publish(subscription('first'))
    expect(second.body).toMatchObject({ version: 2, sequence: 1, previousHash: answer.body.leafHash })
    const event = await stored(answer.body.eventId)
    const { eventId, position, leafHash, recordedAt } = answer.body
    expect(event).toMatchObject({ eventId, position, leafHash, recordedAt })
  })

  it('that is repeated is answered with the first receipt', async () => {
    const event = subscription('repeat', { eventId: 'repeat-1' })
    const first = await publish(event)
    const again = await publish(event)
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.body).toEqual({ ...first.body, duplicate: true })
    expect(await test.head()).toBe(first.body.position)
  })

  it('is the same event with its members in another order and with another trace', async () => {
    const event = subscription('order', { eventId: 'order-1', metadata: { a: 1, b: 2 } })
    await publish(event)
    const turned = Object.fromEntries(Object.entries({ ...event, metadata: { b: 2, a: 1 } }).reverse())
    const again = await publish(turned, { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })
    expect([again.status, again.body.duplicate]).toEqual([200, true])
  })

  it('with an id that another content has is a conflict', async () => {
    await publish(subscription('conflict', { eventId: 'conflict-1' }))
    const other = await publish(subscription('conflict', { eventId: 'conflict-1', source: 'elsewhere' }))
    expect([other.status, other.body]).toMatchObject([
      409,
      { code: 'event_id_conflict', eventId: 'conflict-1', retryable: false },
    ])
  })

  it('that is to be delivered at no time that is understood is refused, by itself and in a batch', async () => {
    const later = (deliverAt: string) => subscription('later', { metadata: { deliverAt } })
    const faults = [{ pointer: '/metadata/deliverAt', hint: expect.any(String), message: expect.any(String) }]
    const before = await test.head()
    const refused = [later('tomorrow'), later(`${new Date().getUTCFullYear() + 10}-06-11T09:00:00Z`)]
    for (const event of refused)
      expect(await publish(event)).toMatchObject({
        status: 422,
        body: { code: 'envelope_invalid', errors: faults },
      })
    const { body } = await batch(refused)
    expect(body.results).toMatchObject(
      refused.map(() => ({ status: 422, problem: { code: 'envelope_invalid', errors: faults } })),
    )
    expect(await test.head()).toBe(before)
    expect((await publish(later(new Date(Date.now() + 86_400_000).toISOString()))).status).toBe(201)
  })

  it('sent many times at once is stored once', async () => {
    const before = await test.head()
    const event = subscription('at-once', { eventId: 'at-once-1' })
    const answers = await Promise.all(Array.from({ length: 20 }, () => publish(event)))
    expect(answers.filter(answer => answer.status === 201)).toHaveLength(1)
    expect(new Set(answers.map(answer => answer.body.position))).toEqual(new Set([before + 1]))
    expect(await test.head()).toBe(before + 1)
  })

  it('is taken packed', async () => {
    const packed = gzipSync(JSON.stringify(subscription('packed', { eventId: 'packed-1' })))
    expect((await publish(packed, { 'content-encoding': 'gzip' })).status).toBe(201)
    expect(await stored('packed-1')).toMatchObject({ payload: { subscriptionId: 'packed' } })
  })

  it('gets its trace from the request', async () => {
    const trace = 'c'.repeat(32)
    const traceparent = `00-${trace}-${'d'.repeat(16)}-01`
    const { body } = await publish(subscription('traced'), { traceparent })
    expect(await stored(body.eventId)).toMatchObject({ traceId: trace, traceparent })
    const own = await publish(subscription('traced', { traceId: 'my-trace' }), { traceparent })
    expect(await stored(own.body.eventId)).toMatchObject({ traceId: 'my-trace' })
    const broken = await publish(subscription('traced'), { traceparent: '00-xyz' })
    expect(broken.status).toBe(201)
    expect((await stored(broken.body.eventId)).traceparent).toBeUndefined()
  })

  it('keeps every digit and character of its content', async () => {
    const content = {
      n: 9_007_199_254_740_991,
      small: 1e-7,
      text: '\u0000"\\\u2028𝄞é',
      list: [null, true, []],
    }
    const { body } = await publish(auditEvent({ payload: content }))
    expect((await stored(body.eventId)).payload).toMatchObject({ payload: content })
  })
})

describe('an idempotency key', () => {
  const key = (value: string) => ({ 'idempotency-key': value })

  it('makes an event without id safe to repeat', async () => {
    const first = await publish(subscription('keyed'), key('k-1'))
    const again = await publish(subscription('keyed'), key('k-1'))
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.body).toEqual({ ...first.body, duplicate: true })
  })

  it('is refused for other content', async () => {
    await publish(subscription('keyed'), key('k-2'))
    const other = await publish(subscription('other'), key('k-2'))
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_conflict'])
  })

  it('is none of an event that was refused', async () => {
    expect((await publish(subscription('keyed', { eventType: 'Nope' }), key('k-3'))).status).toBe(422)
    expect((await publish(subscription('keyed'), key('k-3'))).status).toBe(201)
  })
})

const data = { subscriptionId: 'formed', editionCode: 'team' }
const time = '2026-06-11T11:00:01.250+02:00'

describe('the forms of an event', () => {
  it('are the canonical envelope, with a time in any zone', async () => {
    const { body } = await publish({ eventType: 'SubscriptionActivated', occurredAt: time, payload: data })
    expect(await stored(body.eventId)).toMatchObject({
      occurredAt: '2026-06-11T09:00:01.250Z',
      // Whoever holds the key, where the event does not say what emitted it.
      source: 'acme writer',
    })
  })

  it("are the bus's", async () => {
    const event = { id: 'bus-1', type: 'SubscriptionActivated', source: 'billing', time, dataVersion: '1.0' }
    const { status } = await publish({
      ...event,
      correlationId: 'c-1',
      data,
      metadata: { tenantId: 'acme', user: 'u' },
    })
    expect(status).toBe(201)
    expect(await stored('bus-1')).toMatchObject({
      eventType: 'SubscriptionActivated',
      source: 'billing',
      schemaVersion: '1.0',
      correlationId: 'c-1',
      payload: data,
      metadata: { user: 'u' },
    })
  })

  const cloudEvent = { specversion: '1.0', type: 'SubscriptionActivated', source: '/billing', time }

  it('are a CloudEvent, structured', async () => {
    const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8' }
    expect((await publish({ ...cloudEvent, id: 'ce-1', data }, headers)).status).toBe(201)
    expect(await stored('ce-1')).toMatchObject({ source: '/billing', payload: data })
  })

  it('are a CloudEvent in binary mode', async () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-type': 'SubscriptionActivated',
      'ce-source': '/billing',
      'ce-time': time,
      'ce-id': 'ce-2',
      'ce-subject': 'Euro%20%E2%82%AC',
      'ce-correlationid': 'c-2',
    }
    expect((await publish(data, headers)).status).toBe(201)
    expect(await stored('ce-2')).toMatchObject({
      payload: data,
      correlationId: 'c-2',
      occurredAt: '2026-06-11T09:00:01.250Z',
      metadata: { cloudEvent: { subject: 'Euro €' } },
    })
  })

  it('are a batch of CloudEvents', async () => {
    const headers = { 'content-type': 'application/cloudevents-batch+json' }
    const events = ['ce-3', 'ce-4'].map(id => ({ ...cloudEvent, id, data }))
    const { status, body } = await batch(events, headers)
    expect([status, body.accepted]).toEqual([200, 2])
    expect((await stored('ce-4')).payload).toEqual(data)
  })
})

describe('a batch', () => {
  const mixed = [
    JSON.stringify(subscription('mixed', { eventId: 'mixed-1' })),
    '{"eventType":',
    JSON.stringify(subscription('mixed', { eventType: 'Nope' })),
    JSON.stringify(subscription('mixed', { eventId: 'mixed-1' })),
    JSON.stringify(subscription('mixed', { eventId: 'mixed-2' })),
  ]

  it('of lines has a result for each, with its line', async () => {
    const { status, body } = await batch(`\n${mixed.join('\n\n')}\n`, ndjson)
    expect(status).toBe(207)
    expect([body.accepted, body.duplicates, body.refused]).toEqual([2, 1, 2])
    expect(body.results.map(({ index, line, status: one }) => [index, line, one])).toEqual([
      [0, 2, 201],
      [1, 4, 400],
      [2, 6, 422],
      [3, 8, 200],
      [4, 10, 201],
    ])
    expect(body.results[1]?.problem?.code).toBe('json_malformed')
    expect(body.results[2]?.problem?.code).toBe('event_type_unknown')
    expect(body.results[3]?.receipt).toEqual({ ...body.results[0]?.receipt, duplicate: true })
    expect(body.results[4]?.receipt?.eventId).toBe('mixed-2')
  })

  it('as a list has the same', async () => {
    const items = [mixed[0], mixed[2], '17', mixed[4]]
    const { status, body } = await batch(`[\n${items.join(',\n')}\n]`)
    expect(status).toBe(207)
    expect(body.results.map(({ index, line, status: one }) => [index, line, one])).toEqual([
      [0, 2, 200],
      [1, 3, 422],
      [2, 4, 422],
      [3, 5, 200],
    ])
  })

  it('is stored in its order', async () => {
    const events = Array.from({ length: 1200 }, (_, at) =>
      subscription(`many-${at % 7}`, { eventId: `many-${at}` }),
    )
    const packed = gzipSync(events.map(event => JSON.stringify(event)).join('\n'))
    const { status, body } = await batch(packed, { ...ndjson, 'content-encoding': 'gzip' })
    expect([status, body.accepted]).toEqual([200, 1200])
    const positions = body.results.map(result => result.receipt?.position ?? 0)
    expect(positions).toEqual(positions.map((_, at) => (positions[0] as number) + at))
    expect(body.results.map(result => result.receipt?.eventId)).toEqual(events.map(event => event['eventId']))
  })

  it('of more than 10,000 events is refused whole', async () => {
    const before = await test.head()
    const { status, body } = await batch('{}\n'.repeat(10_001), ndjson)
    expect([status, body.code]).toEqual([413, 'request_too_large'])
    expect(await test.head()).toBe(before)
  })

  it('carries the trace of the request to its events', async () => {
    const traceparent = `00-${'e'.repeat(32)}-${'f'.repeat(16)}-01`
    const { body } = await batch([subscription('batch-trace')], { traceparent })
    expect(await stored(body.results[0]?.receipt?.eventId ?? '')).toMatchObject({ traceId: 'e'.repeat(32) })
  })
})
