import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText, envelopeInput, eventId, jsonObject, jsonValue, time } from '../fixtures/arbitraries.ts'
import type { JsonObject } from '../json/json.ts'
import type { DomainEvent } from './base-event.ts'
import { fromBaseEvent, isBaseEvent, toBaseEvent } from './base-event.ts'
import type { EnvelopeInput } from './envelope.ts'

const domainEvent: fc.Arbitrary<JsonObject> = fc.record(
  {
    id: eventId,
    type: anyText(),
    source: anyText(),
    time,
    dataVersion: fc.constant('1.0'),
    correlationId: anyText(),
    data: jsonValue(),
    metadata: fc.oneof(
      jsonObject(),
      fc
        .tuple(jsonObject(), fc.record({ tenantId: anyText(), keelson: jsonValue() }, { requiredKeys: [] }))
        .map(([more, own]) => ({ ...more, ...own })),
    ),
  },
  { requiredKeys: ['type', 'time', 'data'] },
)

describe("the bus's form", () => {
  it('gives the same envelope back, whatever stands in it', () => {
    fc.assert(
      fc.property(envelopeInput, envelope => {
        expect(fromBaseEvent(toBaseEvent(envelope))).toEqual(envelope)
      }),
      { numRuns: 1000 },
    )
  })

  it('gives the same event back, whatever stands in it', () => {
    fc.assert(
      fc.property(domainEvent, event => {
        const envelope = fromBaseEvent(event)
        const again = toBaseEvent(envelope as unknown as EnvelopeInput)
        // The key under which the other members of an envelope travel may be laid out anew; its meaning stays.
        expect(fromBaseEvent(again)).toEqual(envelope)
        if ((event['metadata'] as JsonObject | undefined)?.['keelson'] === undefined)
          expect(again).toEqual(event)
      }),
      { numRuns: 1000 },
    )
  })

  it('has the members of a multi-tenant event in their places', () => {
    const event = {
      id: 'evt-1',
      type: 'UserLoggedIn',
      source: 'auth',
      time: '2026-06-11T09:00:01Z',
      dataVersion: '1.0',
      correlationId: 'corr-1',
      data: { method: 'password' },
      metadata: { tenantId: 'acme', user: 'u1', crossTenant: false },
    } satisfies DomainEvent
    expect(fromBaseEvent(event)).toEqual({
      eventId: 'evt-1',
      eventType: 'UserLoggedIn',
      source: 'auth',
      occurredAt: '2026-06-11T09:00:01Z',
      schemaVersion: '1.0',
      correlationId: 'corr-1',
      tenantId: 'acme',
      payload: { method: 'password' },
      metadata: { user: 'u1', crossTenant: false },
    })
  })

  it('carries what the form has no place for under one key of the metadata', () => {
    const form = toBaseEvent({
      eventType: 'A',
      payload: 1,
      traceId: 't',
      aggregateId: 'x',
      metadata: { user: 'u' },
    })
    expect(form).toEqual({
      type: 'A',
      data: 1,
      metadata: { user: 'u', keelson: { traceId: 't', aggregateId: 'x' } },
    })
  })

  it('takes an event without data as one with an empty payload', () => {
    expect(fromBaseEvent({ type: 'A', time: 't' })).toEqual({ eventType: 'A', occurredAt: 't', payload: {} })
    expect(fromBaseEvent({ type: 'A', time: 't', data: null })['payload']).toBeNull()
  })

  it('keeps a member that it does not know, for the check of the envelope to name', () => {
    expect(fromBaseEvent({ type: 'A', time: 't', data: 1, colour: 'red' })['colour']).toBe('red')
  })

  it('refuses an event with both data and payload', () => {
    expect(() => fromBaseEvent({ type: 'A', time: 't', data: 1, payload: 2 })).toThrow(
      expect.objectContaining({ code: 'envelope_invalid' }),
    )
  })

  it.each([
    [{ type: 'A', time: 't' }, true],
    [{ type: 'A' }, false],
    [{ eventType: 'A', type: 'A', time: 't' }, false],
    [[{ type: 'A', time: 't' }], false],
    [null, false],
    ['type time', false],
  ])('knows whether %j is one: %s', (value, expected) => {
    expect(isBaseEvent(value)).toBe(expected)
  })
})
