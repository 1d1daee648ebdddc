import fc from 'fast-check'
import { expect, test } from 'vitest'
import { envelopeInput, jsonObject } from '../../../core/fixtures/arbitraries.ts'
import type { EnvelopeInput, JsonValue } from '../../../core/index.ts'
import { canonicalJson, completeEvent, createIdSource } from '../../../core/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import { traceOf } from './event-trace.ts'

const ids = createIdSource()

/** An event with such a body, and how often that was parsed. */
function eventOf(input: EnvelopeInput) {
  const completion = { tenantId: 'acme', ids, now: Date.parse('9999-12-31T00:00:00Z'), source: 'test' }
  const { envelope } = completeEvent({ ...plain, ...input } as JsonValue, completion)
  const body = canonicalJson(envelope)
  let parsed = 0
  const event = {
    body,
    get envelope() {
      parsed += 1
      return JSON.parse(body)
    },
  } as RecordedEvent
  return { event, envelope, parsed: () => parsed }
}

const plain = {
  eventType: 'SampleHappened',
  occurredAt: '2026-06-11T09:00:01Z',
  correlationId: 'corr-1',
  traceId: 'trace-1',
  schemaVersion: '1.2',
}

test('what headers say of an event is what its envelope says, whatever stands in it', () => {
  fc.assert(
    fc.property(envelopeInput, jsonObject(), (input, payload) => {
      const { event, envelope } = eventOf({ ...input, tenantId: 'acme', payload })
      const { traceId, correlationId, schemaVersion } = envelope
      expect(traceOf(event)).toEqual({ traceId, correlationId, schemaVersion })
    }),
  )
})

test.each<[string, Partial<EnvelopeInput>]>([
  ['with little in it', {}],
  [
    'with all that may stand around',
    { aggregateId: 'a', aggregateType: 'A', causationId: 'c', moduleId: 'm' },
  ],
  [
    'whose payload looks like an envelope',
    { payload: { ...plain, correlationId: 'other', traceId: 'other' } },
  ],
  ['with a trace of its own', { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }],
])('an event %s need not be parsed for it', (_, more) => {
  const { event, parsed } = eventOf({ payload: {}, ...plain, ...more })
  expect(traceOf(event)).toEqual({ correlationId: 'corr-1', traceId: 'trace-1', schemaVersion: '1.2' })
  expect(parsed()).toBe(0)
})

test('a body of another form is parsed', () => {
  const text = {
    correlationId: 'corr-"1"',
    payload: { schemaVersion: '9', source: '', tenantId: '', traceId: 'x' },
  }
  const event = { body: JSON.stringify(text), envelope: text } as unknown as RecordedEvent
  expect(traceOf(event)).toEqual({ correlationId: 'corr-"1"', traceId: '', schemaVersion: '' })
})
