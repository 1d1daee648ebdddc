import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventDetail, EventPage } from '../api/types.ts'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { startTestServer } from '../start/fixtures/test-server.ts'
import type { Problem } from './problem.ts'

let test: TestServer
const get = <Body = EventPage>(path: string) => test.call<Body>(path, { key: test.keys.acme.reader })
const write = <Body>(path: string, body: object, key = test.keys.acme.admin) =>
  test.call<Body>(path, { key, body })

const schema = (more: object = {}) => ({
  type: 'object',
  properties: { parcelId: { type: 'string' }, ...more },
  required: ['parcelId'],
})
const event = {
  topic: 'parcels',
  summary: 'A parcel was weighed.',
  producer: 'Depot',
  orderingKey: '/parcelId',
}
const publish = async () => {
  const body = {
    eventType: 'ParcelWeighed',
    occurredAt: '2026-06-11T09:00:01Z',
    payload: { parcelId: 'p-1' },
  }
  return (await write<{ eventId: string }>('/v1/events', body)).body.eventId
}
beforeAll(async () => {
  test = await startTestServer()
  await write('/v1/schemas/ParcelWeighed', { schema: schema(), event })
  await write('/v1/schemas/ParcelWeighed', { schema: schema({ note: { type: 'string' } }) })
})
afterAll(() => test.stop())

describe('an event of a type that its tenant registered', () => {
  it('has its definition beside it', async () => {
    const { body } = await get<EventDetail>(`/v1/events/${await publish()}`)
    expect(body.definition).toEqual({
      type: 'ParcelWeighed',
      version: '1.1',
      kind: 'domain',
      topic: 'parcels',
      producer: 'Depot',
      consumers: [],
      summary: 'A parcel was weighed.',
    })
  })

  it('comes along the live tail of its topic', async () => {
    const eventId = await publish()
    const stop = new AbortController()
    const response = await fetch(`${test.url}/v1/events/tail?topic=parcels&after=0`, {
      headers: { authorization: `Bearer ${test.keys.acme.reader}` },
      signal: stop.signal,
    })
    let text = ''
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      text += Buffer.from(chunk).toString()
      if (text.includes(eventId)) break
    }
    stop.abort()
    expect(text).toContain(`"eventId":"${eventId}"`)
    expect(text).not.toContain('SchemaRegistered')
  })
})

describe('the parameter accepts', () => {
  const paths = (accepts: string, eventId: string) =>
    ['/v1/events?', `/v1/events/${eventId}?`, '/v1/streams/ParcelWeighed-p-1?', '/v1/events/tail?'].map(
      path => `${path}accepts=${encodeURIComponent(accepts)}`,
    )

  it.each([
    ['UserInvitd', 'did you mean UserInvited?'],
    ['ParcelWeihged@1.0', 'did you mean ParcelWeighed?'],
    ['Zzzzzzzzzz', 'GET /v1/catalog lists the known types'],
    ['ReportGenerated@1.7', 'there are 1.0, 1.1'],
    ['ReportGenerated@2', 'there are 1.0, 1.1'],
    ['ParcelWeighed@1.2', 'there are 1.0, 1.1'],
  ])('refuses %s wherever it is taken, and says: %s', async (accepts, hint) => {
    for (const path of paths(accepts, await publish())) {
      const { status, body } = await get<Problem>(path)
      expect([path, status, body.code]).toEqual([path, 400, 'query_invalid'])
      expect(body.detail).toContain(hint)
    }
  })

  it.each(['ReportGenerated', 'ReportGenerated@1', 'ReportGenerated@1.0', 'ParcelWeighed@1.1'])(
    'takes %s',
    async accepts => {
      const [list = '', one = '', stream = ''] = paths(accepts, await publish())
      for (const path of [list, one, stream]) expect((await get(path)).status).toBe(200)
    },
  )

  it("says nothing of other tenants' types", async () => {
    const key = test.keys.globex.reader
    const { status, text } = await test.call('/v1/events?accepts=ParcelWeihged', { key })
    expect([status, text.includes('ParcelWeighed')]).toEqual([400, false])
  })
})
