import fc from 'fast-check'
import type { JsonObject, JsonValue } from 'keelson'
import { cloudEventId, KeelsonError } from 'keelson'
import { describe, expect, it } from 'vitest'
import { createCloudEventsImporter } from './cloudevents.ts'
import { createImporters, formatAliases, importerFor, importers } from './importers.ts'
import { keelson } from './keelson.ts'
import { admit } from './record/admit.ts'

describe('the table of importers', () => {
  it('has each format under its name and aliases', () => {
    expect([...importers.keys()]).toEqual(['github', 'cloudtrail', 'kubernetes', 'cloudevents', 'keelson'])
    for (const [alias, format] of Object.entries(formatAliases))
      expect(importerFor(alias).format).toBe(format)
    expect(importerFor(' GitHub ').format).toBe('github')
  })

  it.each(['csv', 'constructor', ''])('knows no format %j', format => {
    expect(() => importerFor(format)).toThrow(
      expect.objectContaining({
        code: 'format_unknown',
        message: expect.stringContaining('cloudtrail, kubernetes'),
      }),
    )
  })
})

describe('any JSON at all', () => {
  const members = [
    'event',
    'payload',
    'headers',
    'sender',
    'repository',
    'action',
    'ref',
    'eventName',
    'eventSource',
  ]
  const others = [
    'eventTime',
    'userIdentity',
    'resources',
    'auditID',
    'stage',
    'verb',
    'user',
    'objectRef',
    'type',
  ]
  const times = [
    'specversion',
    'id',
    'source',
    'time',
    'eventType',
    'page',
    'data',
    'stageTimestamp',
    '__proto__',
  ]
  const key = fc.constantFrom(...members, ...others, ...times)
  const text = fc.constantFrom('push', 'x', '', '1.0', '2026-01-01T00:00:00Z', 'a:b', 'system:anonymous')
  const { json } = fc.letrec<{ json: JsonValue }>(tie => ({
    json: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.constantFrom<JsonValue>(null, 7, true, []),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(key, tie('json'), { maxKeys: 8 }),
    ),
  }))

  it.each([...importers.keys()])('%s maps it, or says why not', format => {
    const importer = importerFor(format)
    fc.assert(
      fc.property(json, record => {
        for (const each of importer.expand?.(record) ?? [record]) {
          try {
            const event = importer.map(each, {})
            expect(importer.map(each, {})).toEqual(event)
            if (event.eventType === 'AuditEventReceived' && format !== 'keelson') admit(event)
          } catch (error) {
            if (!(error instanceof KeelsonError)) throw error
            expect(error.code).toMatch(/^(record_unmappable|json_|envelope_invalid)/)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('cloudevents', () => {
  const event: JsonObject = {
    specversion: '1.0',
    id: 'A234-1234-1234',
    source: 'https://github.com/cloudevents/spec',
    type: 'com.github.pull_request.opened',
    subject: 'pull/123',
    time: '2026-04-05T17:31:00Z',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    datacontenttype: 'application/json',
    data: { number: 123 },
  }
  const foreign = createCloudEventsImporter()
  const map = (changes: JsonObject) => foreign.map({ ...event, ...changes }, {})

  it('makes an audit event of a foreign type', () => {
    const mapped = foreign.map(event, {})
    admit(mapped)
    expect(mapped).toEqual({
      eventId: cloudEventId('https://github.com/cloudevents/spec', 'A234-1234-1234'),
      eventType: 'AuditEventReceived',
      schemaVersion: '1.0',
      source: 'https://github.com/cloudevents/spec',
      occurredAt: '2026-04-05T17:31:00Z',
      traceparent: event['traceparent'],
      payload: {
        eventId: 'A234-1234-1234',
        actor: { type: 'service', id: 'https://github.com/cloudevents/spec' },
        action: 'com.github.pull_request.opened',
        resource: { type: 'https://github.com/cloudevents/spec', id: 'pull/123' },
        outcome: 'unknown',
        summary: 'https://github.com/cloudevents/spec: com.github.pull_request.opened on pull/123',
        payload: event,
      },
    })
  })

  it.each([
    [
      { authtype: 'app_user', authid: 'u-1' },
      { type: 'user', id: 'u-1' },
    ],
    [
      { authtype: 'api_key', authid: 'k-1' },
      { type: 'service', id: 'k-1' },
    ],
    [{ authtype: 'unauthenticated' }, { type: 'anonymous', id: 'unauthenticated' }],
  ])('takes the actor from %j', (auth, actor) => {
    expect(map(auth).payload).toMatchObject({ actor })
  })

  it('takes the source for the resource where there is no subject', () => {
    const { subject: _, ...bare } = event
    expect(foreign.map(bare, {}).payload).toMatchObject({ resource: { type: 'source', id: event['source'] } })
  })

  it('takes a known type for the event itself', () => {
    const known = createImporters({ isKnownType: type => type === 'InvoicePaid' }).get('cloudevents')
    const mapped = known?.map({ ...event, type: 'InvoicePaid', id: 'inv-7' }, {})
    expect(mapped).toMatchObject({ eventType: 'InvoicePaid', eventId: 'inv-7', payload: { number: 123 } })
    expect(known?.map(event, {}).eventType).toBe('AuditEventReceived')
  })

  it('refuses what has no time, nor one of recording', () => {
    const { time: _, ...timeless } = event
    expect(() => foreign.map(timeless, {})).toThrow(/no time/)
    expect(foreign.map({ ...timeless, recordedtime: '2026-04-05T18:00:00Z' }, {}).occurredAt).toBe(
      '2026-04-05T18:00:00Z',
    )
    expect(() => foreign.map({ id: '1' }, {})).toThrow(/no specversion/)
    expect(() => map({ id: '' })).toThrow(/no id/)
  })
})

describe('keelson', () => {
  const envelope: JsonObject = {
    eventId: 'evt-1',
    eventType: 'InvoicePaid',
    schemaVersion: '1.0',
    tenantId: 'acme',
    source: 'billing',
    occurredAt: '2026-04-05T17:31:00Z',
    payload: { amount: 5 },
  }
  const item: JsonObject = {
    ...envelope,
    position: 7,
    sequence: 3,
    stream: 'Invoice-1',
    version: 2,
    recordedAt: '2026-04-05T17:31:01Z',
    leafHash: 'abc',
    previousHash: 'def',
    audit: { actor: null },
  }

  it('takes envelopes and the bus form as they are', () => {
    expect(keelson.map(envelope, { source: 'file' })).toEqual(envelope)
    const bus = {
      id: 'evt-1',
      type: 'InvoicePaid',
      source: 'billing',
      time: envelope['occurredAt'] ?? '',
      dataVersion: '1.0',
      data: { amount: 5 },
      metadata: { tenantId: 'acme' },
    }
    expect(keelson.map(bus, {})).toEqual(envelope)
  })

  it('takes back what the API gave out', () => {
    expect(keelson.map(item, {})).toEqual(envelope)
    expect(keelson.map({ event: item, seal: {}, definition: null }, {})).toEqual(envelope)
    expect(keelson.expand?.({ data: [item], page: { hasMore: false }, head: 7 })).toEqual([item])
    expect(keelson.expand?.({ type: 'X', time: 'y', data: [1] })).toBeUndefined()
  })

  it('gives an event without an id one of its content, whatever the order of its members', () => {
    const { eventId: _, ...bare } = envelope
    const turned = Object.fromEntries(Object.entries(bare).reverse())
    expect(keelson.map(bare, {}).eventId).toMatch(/^imp-[0-9a-f]{40}$/)
    expect(keelson.map(turned, {}).eventId).toBe(keelson.map(bare, {}).eventId)
    expect(keelson.map({ ...bare, payload: {} }, {}).eventId).not.toBe(keelson.map(bare, {}).eventId)
  })

  it('refuses what is no event, and leaves unknown members to the platform', () => {
    expect(() => keelson.map([], {})).toThrow(/JSON object/)
    expect(() => keelson.map({ payload: {} }, {})).toThrow(/no eventType/)
    expect(keelson.map({ ...envelope, version: 2 }, {})).toHaveProperty('version')
  })
})
