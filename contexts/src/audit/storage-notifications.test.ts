import type { JsonObject, RecordedEvent } from 'keelson'
import { completeEvent, createCatalog, createIdSource, createPlatform, sealStream } from 'keelson'
import { createMemoryStore } from 'keelson/memory'
import { describe, expect, it } from 'vitest'
import { EventAddedToStream, EventStreamCreated, streamEvents } from './event/storage-events.ts'
import { auditEvent } from './fixtures/audit-platform.ts'
import { audit } from './index.ts'
import { storageNotifications } from './storage-notifications.ts'

async function recorded(events: readonly JsonObject[]): Promise<RecordedEvent[]> {
  const store = createMemoryStore()
  const platform = await createPlatform({
    store,
    contexts: [{ ...audit, projections: [] }],
    clock: { now: () => Date.parse('2026-06-12T00:00:00Z') },
    keepsUnknownTypes: () => true,
  })
  try {
    for (const event of events) await platform.publish('acme', event)
    return await Array.fromAsync(store.readAll({ tenantId: 'acme' }))
  } finally {
    await platform.close()
  }
}

const plain = (eventId: string): JsonObject => ({
  eventId,
  eventType: 'com.example.thing',
  occurredAt: '2026-06-11T09:00:01Z',
  payload: 1,
})

const completion = {
  tenantId: 'acme',
  ids: createIdSource(),
  now: Date.parse('2026-06-12T00:00:00Z'),
  source: 's',
}

describe('storage notifications', () => {
  it('tell of a stream with its first event, and of each event', async () => {
    const [first, second] = (await recorded([
      auditEvent({}, { eventId: 'e1', correlationId: 'c', traceId: 't' }),
      auditEvent({}, { eventId: 'e2' }),
    ])) as [RecordedEvent, RecordedEvent]
    const [created, added, ...more] = storageNotifications(first)
    expect(more).toEqual([])
    expect(created).toMatchObject({
      eventType: 'EventStreamCreated',
      tenantId: 'acme',
      occurredAt: first.recordedAt,
      correlationId: 'c',
      traceId: 't',
      causationId: 'e1',
      aggregateType: 'EventStream',
      aggregateId: 'AuditEvent-repository:octo/hello',
      payload: {
        streamId: 'AuditEvent-repository:octo/hello',
        tenantId: 'acme',
        streamType: 'AuditEvent',
        subjectId: 'repository:octo/hello',
      },
    })
    expect(added).toMatchObject({
      eventType: 'EventAddedToStream',
      payload: { streamId: first.stream, eventId: 'e1', sequenceNumber: 1, previousHash: 'A'.repeat(43) },
    })
    const ofSecond = storageNotifications(second)
    expect(ofSecond.map(({ eventType }) => eventType)).toEqual(['EventAddedToStream'])
    expect(ofSecond[0]?.payload).toEqual({
      streamId: first.stream,
      eventId: 'e2',
      sequenceNumber: 2,
      previousHash: first.leafHash,
    })
  })

  it('are the same for every reader, and different for every event', async () => {
    const events = await recorded([plain('e1'), plain('e2')])
    const ids = events.flatMap(storageNotifications).map(({ eventId }) => eventId)
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^drv-[0-9a-f]{40}$/)
    const [again] = await recorded([plain('e1')])
    expect(storageNotifications(again as RecordedEvent).map(({ eventId }) => eventId)).toEqual(
      ids.slice(0, 2),
    )
  })

  it('name the type where an event is about nothing', async () => {
    const [event] = await recorded([plain('e1')])
    expect(storageNotifications(event as RecordedEvent)[0]?.payload).toEqual({
      streamId: 'com.example.thing',
      tenantId: 'acme',
      streamType: 'com.example.thing',
    })
  })

  it('fit their definitions, and are refused where someone sends them', async () => {
    const catalog = createCatalog(audit.events)
    for (const notification of (await recorded([auditEvent({}, { eventId: 'e1' })])).flatMap(
      storageNotifications,
    )) {
      const entry = catalog.get(notification.eventType)
      expect(entry?.definition.isDerived).toBe(true)
      expect(() => entry?.validator(notification.payload)).not.toThrow()
      const completion = { tenantId: 'acme', ids: createIdSource(), now: Date.now(), source: 's' }
      const sent = completeEvent(
        { ...notification, occurredAt: '2026-06-11T09:00:01Z' } as unknown as JsonObject,
        completion,
      )
      expect(() => catalog.admit(sent, true)).toThrow(expect.objectContaining({ code: 'event_type_derived' }))
    }
  })

  it('have examples that fit their definitions', () => {
    const catalog = createCatalog(audit.events)
    for (const definition of [EventStreamCreated, EventAddedToStream, ...streamEvents])
      for (const example of definition.examples)
        expect(() => catalog.get(definition.type)?.validator(example)).not.toThrow()
  })

  it('are in the catalogue with what the store records of whole streams', async () => {
    const store = createMemoryStore()
    await store.append('acme', [
      { stream: 's', expected: 'none', events: [completeEvent(plain('e1'), completion)] },
    ])
    const { payload } = await sealStream(store, 'acme', 's')
    const entry = createCatalog(audit.events).get('EventStreamSealed')
    expect(entry?.definition.topic).toBe('audit.storage')
    expect(() => entry?.validator(payload)).not.toThrow()
  })
})
