import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText, envelopeInput, eventId, jsonValue, time } from '../fixtures/arbitraries.ts'
import { eventIdPattern } from '../id.ts'
import { canonicalJson } from '../json/canonical-json.ts'
import type { JsonObject } from '../json/json.ts'
import { cloudEventId, fromCloudEvent, isCloudEvent, toCloudEvent } from './cloud-event.ts'
import type { EnvelopeInput } from './envelope.ts'

/** The attributes that the specification names; all others are extensions. */
const coreAttributes = [
  'specversion',
  'id',
  'source',
  'type',
  'time',
  'subject',
  'datacontenttype',
  'dataschema',
  'data',
]
const uriReference = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/

/** CloudEvents always have an id and a source. */
const identified = envelopeInput.filter(
  envelope => envelope.eventId !== undefined && envelope.source !== undefined,
)

const cloudEvent: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      id: fc.oneof(eventId, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 })),
      source: fc.oneof(
        fc.webUrl(),
        fc.constantFrom('/a/b', 'urn:keelson:source:a%20b', 'urn:keelson:source:x', 'a b'),
      ),
      type: fc.stringMatching(/^[a-z.]{1,20}$/),
      time,
      subject: anyText(),
      dataschema: fc.webUrl(),
      datacontenttype: fc.constantFrom(
        'application/json',
        'application/vnd.a+json',
        'application/json; charset=utf-8',
      ),
      tenantid: fc.constant('acme'),
      traceparent: fc.constant('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
      partitionkey: anyText(),
      sampledrate: fc.integer(),
      keelsonmetadata: fc.constantFrom('{"user":"u"}', '{}'),
      data: jsonValue(),
    },
    { requiredKeys: ['id', 'source', 'type', 'data'] },
  )
  .map(event => ({ specversion: '1.0', ...event }))

describe("CloudEvents' form", () => {
  it('gives the same envelope back, whatever stands in it', () => {
    fc.assert(
      fc.property(identified, envelope => {
        expect(canonicalJson(fromCloudEvent(toCloudEvent(envelope)))).toBe(canonicalJson(envelope))
      }),
      { numRuns: 2000 },
    )
  })

  it('gives the same CloudEvent back, whatever stands in it', () => {
    fc.assert(
      fc.property(cloudEvent, event => {
        const envelope = fromCloudEvent(event)
        const again = toCloudEvent(envelope as unknown as EnvelopeInput)
        expect(fromCloudEvent(again)).toEqual(envelope)
        const { keelsonmetadata: _, ...rest } = again
        const { keelsonmetadata: given, ...expected } = event
        // JSON is what the content type is where none is named.
        expect(rest).toEqual({ datacontenttype: 'application/json', ...expected })
        if (given === '{"user":"u"}') expect(again['keelsonmetadata']).toBe(given)
      }),
      { numRuns: 2000 },
    )
  })

  it('makes what the specification asks for', () => {
    fc.assert(
      fc.property(identified, envelope => {
        const event = toCloudEvent(envelope)
        expect(event['specversion']).toBe('1.0')
        for (const name of ['id', 'type']) expect(event[name]).toMatch(/./)
        expect(event['source']).toMatch(uriReference)
        for (const [name, value] of Object.entries(event)) {
          if (coreAttributes.includes(name)) continue
          expect(name).toMatch(/^[a-z0-9]{1,20}$/)
          expect(['string', 'number', 'boolean']).toContain(typeof value)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('maps each member of the envelope to its attribute', () => {
    const envelope: EnvelopeInput = {
      eventId: 'evt-1',
      eventType: 'Signed',
      schemaVersion: '1.2',
      tenantId: 'acme',
      source: 'Subscription & Billing',
      occurredAt: '2026-06-11T09:00:01Z',
      correlationId: 'c',
      traceId: 't',
      causationId: 'k',
      projectId: 'p',
      moduleId: 'm',
      aggregateType: 'Contract',
      aggregateId: '7',
      traceparent: '00-a',
      metadata: { user: 'u' },
      payload: { a: 1 },
    }
    expect(toCloudEvent(envelope)).toEqual({
      specversion: '1.0',
      id: 'evt-1',
      type: 'Signed',
      source: 'urn:keelson:source:Subscription%20%26%20Billing',
      time: '2026-06-11T09:00:01Z',
      datacontenttype: 'application/json',
      schemaversion: '1.2',
      tenantid: 'acme',
      correlationid: 'c',
      traceid: 't',
      causationid: 'k',
      projectid: 'p',
      moduleid: 'm',
      aggregatetype: 'Contract',
      aggregateid: '7',
      traceparent: '00-a',
      keelsonmetadata: '{"user":"u"}',
      data: { a: 1 },
    })
  })

  it('is not led astray by metadata that looks like its own', () => {
    const envelope: EnvelopeInput = {
      eventId: 'evt-1',
      eventType: 'A',
      source: 's',
      tenantId: 'acme',
      payload: 1,
      metadata: { cloudEvent: { tenantid: 'globex', type: 'B', data: 2, id: 'evt-2' } },
    }
    const event = toCloudEvent(envelope)
    expect([event['tenantid'], event['type'], event['data'], event['id']]).toEqual(['acme', 'A', 1, 'evt-1'])
    expect(fromCloudEvent(event)).toEqual(envelope)
  })

  it('gives an id that is none a digest of source and id, the same each time', () => {
    const event = { specversion: '1.0', id: 'a b', source: '/s', type: 'T', data: 1 }
    const { eventId: id, metadata } = fromCloudEvent(event)
    expect(id).toBe(cloudEventId('/s', 'a b'))
    // sha256("/s\na b"), first 40 digits.
    expect(id).toMatch(/^ce-[0-9a-f]{40}$/)
    expect(id).toMatch(eventIdPattern)
    expect(metadata).toEqual({ cloudEvent: { id: 'a b' } })
    expect(cloudEventId('/t', 'a b')).not.toBe(id)
    expect(cloudEventId('/s', 'a c')).not.toBe(id)
  })

  it('takes attributes that are null as absent, but data that is null as it is', () => {
    const event = { specversion: '1.0', id: 'i', source: '/s', type: 'T' }
    const nulls = {
      time: null,
      subject: null,
      tenantid: null,
      datacontenttype: null,
      ext: null,
      data_base64: null,
    }
    expect(fromCloudEvent({ ...event, ...nulls, data: null })).toEqual({
      eventId: 'i',
      eventType: 'T',
      source: '/s',
      payload: null,
    })
  })

  it('takes an event without data as one with an empty payload', () => {
    expect(fromCloudEvent({ specversion: '1.0', id: 'i', source: '/s', type: 'T' })['payload']).toEqual({})
  })

  it.each([
    ['/specversion', { specversion: '0.3' }],
    ['/id', { id: '' }],
    ['/id', { id: 7 }],
    ['/source', { source: '' }],
    ['/source', { source: null }],
    ['/data_base64', { data_base64: 'AA==' }],
    ['/datacontenttype', { datacontenttype: 'application/xml' }],
    ['/keelsonmetadata', { keelsonmetadata: '[1]' }],
    ['/keelsonmetadata', { keelsonmetadata: '{"cloudEvent":{"a":1}}', subject: 's' }],
  ])('refuses what is wrong at %s', (pointer, wrong) => {
    const event = { specversion: '1.0', id: 'i', source: '/s', type: 'T', data: 1, ...wrong } as JsonObject
    expect(() => fromCloudEvent(event)).toThrow(
      expect.objectContaining({
        code: 'envelope_invalid',
        details: { faults: [expect.objectContaining({ pointer })] },
      }),
    )
  })

  it('refuses metadata that is no JSON, and duplicate keys in it', () => {
    const event = { specversion: '1.0', id: 'i', source: '/s', type: 'T', data: 1 }
    const code = (keelsonmetadata: string) => () => fromCloudEvent({ ...event, keelsonmetadata })
    expect(code('{')).toThrow(expect.objectContaining({ code: 'json_malformed' }))
    expect(code('{"a":1,"a":2}')).toThrow(expect.objectContaining({ code: 'json_duplicate_key' }))
  })

  it.each([
    [{ specversion: '1.0' }, true],
    [{ specversion: '0.3' }, true],
    [{ specversion: 1 }, false],
    [{ specversion: '1.0', eventType: 'A' }, false],
    [[], false],
    [null, false],
  ])('knows whether %j is one: %s', (value, expected) => {
    expect(isCloudEvent(value)).toBe(expected)
  })
})
