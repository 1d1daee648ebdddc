import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../core/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { sampleEvent } from '../../../testing/index.ts'
import { ManualAlarm } from '../../../testing/transport-contract/manual-alarm.ts'
import { massTransitType, toGuid } from './masstransit.ts'
import { readMessage } from './read-message.ts'
import { messageIdOf, sessionIdOf } from './session-id.ts'
import { toMessage } from './to-message.ts'

const alarm = new ManualAlarm(Date.parse('2026-06-11T09:00:00Z'))

async function recorded(overrides: JsonObject = {}, stream = 'order/1') {
  const store = createMemoryStore()
  await store.append('acme', [{ stream, expected: 'any', events: [sampleEvent('acme', overrides)] }])
  const [event] = await Array.fromAsync(store.readAll({ tenantId: 'acme' }))
  if (event === undefined) throw new Error('nothing was recorded')
  return event
}

const settings = { alarm, body: 'keelson', filterProperties: [], orderingKey: undefined } as const

describe('a message', () => {
  it.each(['keelson', 'masstransit'] as const)('is read back as it was, with the body %s', async body => {
    const event = await recorded({ payload: { a: ['ü', 1.5, null] }, metadata: { user: 'u' } })
    const message = toMessage(event, 'orders', 3, { ...settings, body })
    const read = readMessage(message)
    const { eventId, tenantId, eventType, position } = event
    expect(read).toMatchObject({
      eventId,
      tenantId,
      eventType,
      position,
      partition: 3,
      topic: 'orders',
      orderingKey: 'order/1',
    })
    expect(read?.envelope).toEqual(event.envelope)
    expect(read?.recordedAt).toBe(Date.parse(event.recordedAt))
    expect(message.messageId).toBe(`acme/${eventId}`)
    expect(message.sessionId).toBe('acme/order/1')
  })

  it('has the envelope that MassTransit reads', async () => {
    const event = await recorded({ payload: { total: 3 }, correlationId: 'not a guid' })
    const message = toMessage(event, 'orders', 0, { ...settings, body: 'masstransit' })
    expect(message.contentType).toBe(massTransitType)
    const body = JSON.parse(String(message.body))
    expect(body).toMatchObject({
      messageId: toGuid(event.eventId),
      correlationId: toGuid('not a guid'),
      messageType: ['urn:message:Keelson:SampleHappened'],
      message: { total: 3 },
      sentTime: event.envelope.occurredAt,
      destinationAddress: 'topic:orders',
    })
    for (const id of [body.messageId, body.correlationId, body.conversationId])
      expect(id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
  })

  it('carries what filters of the broker ask for, and values of the paths that are sent along', async () => {
    const event = await recorded({
      payload: { order: { total: 2.5, note: null, lines: [] }, isNew: true },
      aggregateId: 'o-1',
    })
    const filterProperties = [
      'payload.order.total',
      'payload.order.note',
      'payload.order.lines',
      'payload.isNew',
      'payload.gone',
    ]
    const { applicationProperties = {} } = toMessage(event, 'orders', 0, { ...settings, filterProperties })
    expect(applicationProperties).toMatchObject({
      'cs-event-type': 'SampleHappened',
      'cs-tenant-id': 'acme',
      'cs-schema-version': event.envelope.schemaVersion,
      eventType: 'SampleHappened',
      aggregateId: 'o-1',
      'payload.order.total': 2.5,
      'payload.isNew': true,
    })
    for (const absent of ['payload.order.note', 'payload.order.lines', 'payload.gone', 'aggregateType'])
      expect(applicationProperties).not.toHaveProperty([absent])
  })

  it('is mortal and scheduled as the metadata says', async () => {
    const at = (milliseconds: number) => new Date(alarm.now() + milliseconds).toISOString()
    const of = async (metadata: JsonObject) => toMessage(await recorded({ metadata }), 't', 0, settings)
    expect((await of({ deliveryDeadline: at(5_000) })).timeToLive).toBe(65_000)
    expect((await of({ deliveryDeadline: at(-5_000) })).timeToLive).toBe(60_001)
    expect((await of({ deliverAt: at(5_000) })).scheduledEnqueueTimeUtc).toEqual(
      new Date(alarm.now() + 5_000),
    )
    for (const deliverAt of [at(-1), 'soon'])
      expect(await of({ deliverAt })).not.toHaveProperty('scheduledEnqueueTimeUtc')
  })

  it('of somebody else is none of ours', () => {
    const ours = {
      'cs-event-id': 'e',
      'cs-tenant-id': 't',
      'cs-event-type': 'T',
      'cs-topic': 'x',
      'cs-position': 1,
      'cs-partition': 0,
    }
    const body = Buffer.from('{"eventId":"e","payload":{}}')
    expect(readMessage({ applicationProperties: ours, body })?.position).toBe(1)
    for (const name of Object.keys(ours))
      expect(
        readMessage({ applicationProperties: { ...ours, [name]: undefined as never }, body }),
        name,
      ).toBeUndefined()
    for (const wrong of ['', '[]', '{}', '{"eventId":1,"payload":{}}', 'null', '{"eventId":"e"'])
      expect(readMessage({ applicationProperties: ours, body: Buffer.from(wrong) }), wrong).toBeUndefined()
    expect(readMessage({ applicationProperties: ours, body, contentType: massTransitType })).toBeUndefined()
  })
})

describe('the ids of a message', () => {
  it('fit into what the broker takes, and differ where tenants or keys do', () => {
    const long = 'x'.repeat(300)
    const ids = [
      sessionIdOf('acme', 'k', 'e'),
      sessionIdOf('acme', undefined, 'e'),
      sessionIdOf('acme', '', 'e'),
      sessionIdOf('acme', long, 'e'),
      sessionIdOf('acme', `${long}y`, 'e'),
      sessionIdOf('acm', 'e/k', 'e'),
    ]
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of [...ids, messageIdOf('acme', long)]) expect(id.length).toBeLessThanOrEqual(128)
  })

  it('takes the stream where the ordering key throws', async () => {
    const event = await recorded()
    const orderingKey = () => {
      throw new Error('no key')
    }
    expect(toMessage(event, 't', 0, { ...settings, orderingKey }).sessionId).toBe('acme/order/1')
    expect(toMessage(event, 't', 0, { ...settings, orderingKey: () => undefined }).sessionId).toBe(
      `acme~${event.eventId}`,
    )
    expect(toMessage(event, 't', 0, { ...settings, orderingKey: () => 'own' }).sessionId).toBe('acme/own')
  })
})
