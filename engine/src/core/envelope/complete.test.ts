import { describe, expect, it } from 'vitest'
import { runInContext } from '../context.ts'
import type { FieldFault } from '../error.ts'
import { KeelsonError } from '../error.ts'
import type { JsonObject, JsonValue } from '../json/json.ts'
import type { Completion } from './complete.ts'
import { completeEvent } from './complete.ts'
import type { FillableField } from './envelope.ts'
import { fillableFields, filledBit } from './envelope.ts'

const now = Date.parse('2026-06-11T09:00:02Z')

function completion(overrides: Partial<Completion> = {}): Completion {
  let count = 0
  return { tenantId: 'acme', ids: { ulid: () => `ID${++count}` }, now, source: 'server', ...overrides }
}

const least = { eventType: 'Signed', occurredAt: '2026-06-11T09:00:01Z', payload: { a: 1 } }

const full = {
  ...least,
  eventId: 'evt-1',
  schemaVersion: '1.2',
  tenantId: 'acme',
  source: 'Billing',
  correlationId: 'c',
  traceId: 't',
  causationId: 'k',
  projectId: 'p',
  moduleId: 'm',
  aggregateType: 'Contract',
  aggregateId: '7',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  metadata: { user: 'u', ip: '::1', crossTenant: true, more: [1] },
}

function failure(input: JsonValue, overrides: Partial<Completion> = {}): KeelsonError {
  try {
    completeEvent(input, completion(overrides))
  } catch (error) {
    if (error instanceof KeelsonError) return error
    throw error
  }
  throw new Error('the envelope was taken')
}

const faultsOf = (input: JsonValue): readonly FieldFault[] => failure(input).details.faults ?? []
const pointersOf = (input: JsonValue): string[] => faultsOf(input).map(fault => fault.pointer)

/** Names of the fields that a bit set holds. */
const filledIn = (filled: number): FillableField[] =>
  fillableFields.filter(field => (filled & filledBit(field)) !== 0)

describe('completeEvent', () => {
  it('fills in what may be left out, and says so', () => {
    const { envelope, filled } = completeEvent(least, completion())
    expect(envelope).toEqual({
      ...least,
      eventId: 'evt-ID1',
      schemaVersion: '1.0',
      tenantId: 'acme',
      source: 'server',
      correlationId: 'evt-ID1',
      traceId: 'trace-ID2',
    })
    expect(filledIn(filled)).toEqual([
      'eventId',
      'schemaVersion',
      'tenantId',
      'source',
      'correlationId',
      'traceId',
    ])
  })

  it('leaves as it is what was given', () => {
    expect(completeEvent(full, completion())).toEqual({ envelope: full, filled: 0 })
  })

  it.each(['eventId', 'schemaVersion', 'tenantId', 'source', 'correlationId', 'traceId'] as const)(
    'marks %s alone where it alone is filled in',
    field => {
      const { [field]: _, ...rest } = full
      expect(filledIn(completeEvent(rest, completion()).filled)).toEqual([field])
    },
  )

  it('has a bit of its own for each field', () => {
    expect(new Set(fillableFields.map(filledBit)).size).toBe(fillableFields.length)
    for (const field of fillableFields) expect(filledIn(filledBit(field))).toEqual([field])
  })

  it('takes the time of recording, which the store sets anew, and drops it', () => {
    const { envelope } = completeEvent({ ...full, recordedAt: '2026-06-11T09:00:02Z' }, completion())
    expect(envelope).toEqual(full)
  })

  it('takes any payload but none', () => {
    for (const payload of [null, 0, '', [], {}, false]) {
      expect(completeEvent({ ...least, payload }, completion()).envelope.payload).toBe(payload)
    }
    const { payload: _, ...without } = least
    expect(faultsOf(without)).toEqual([
      expect.objectContaining({ pointer: '/payload', message: 'is missing' }),
    ])
  })

  it('gives times in UTC and keeps those that are as they stand', () => {
    const at = (occurredAt: string) =>
      completeEvent({ ...least, occurredAt }, completion()).envelope.occurredAt
    expect(at('2026-06-11T11:00:01.5+02:00')).toBe('2026-06-11T09:00:01.5Z')
    expect(at('2026-06-11T09:00:01.120Z')).toBe('2026-06-11T09:00:01.120Z')
  })

  it('reports all faults at once, each at its place', () => {
    const faults = faultsOf({
      eventId: 'a b',
      eventType: '9',
      schemaVersion: 'one',
      tenantId: 'Acme',
      occurredAt: '2026-06-11',
      recordedAt: 5,
      source: '',
      correlationId: 7,
      traceId: null,
      causationId: 'x'.repeat(513),
      projectId: [],
      moduleId: {},
      aggregateType: false,
      aggregateId: '',
      traceparent: 1,
      metadata: {
        user: 1,
        ip: 2,
        userAgent: [],
        entityId: {},
        sourceTenantId: 3,
        targetTenantId: 4,
        crossTenant: 'yes',
      },
      colour: 'red',
      'a/b~c': 1,
    })
    expect(faults.map(fault => fault.pointer).sort()).toEqual(
      [
        ...[
          'eventId',
          'eventType',
          'schemaVersion',
          'tenantId',
          'occurredAt',
          'recordedAt',
          'payload',
          'source',
        ],
        ...[
          'correlationId',
          'traceId',
          'causationId',
          'projectId',
          'moduleId',
          'aggregateType',
          'aggregateId',
        ],
        ...['traceparent', 'colour', 'a~1b~0c', 'metadata/user', 'metadata/ip', 'metadata/userAgent'],
        ...[
          'metadata/entityId',
          'metadata/sourceTenantId',
          'metadata/targetTenantId',
          'metadata/crossTenant',
        ],
      ]
        .map(field => `/${field}`)
        .sort(),
    )
    for (const fault of faults) expect(fault.message).toMatch(/^(is|must) /)
  })

  it('says in its message what comes first and how much more there is', () => {
    const error = failure({ ...least, eventId: '', colour: 1, shape: 2 })
    expect(error.code).toBe('envelope_invalid')
    expect(error.message).toBe('/eventId must be 1 to 128 of A-Z a-z 0-9 . _ : -, and 2 more')
    expect(failure({ ...least, source: '' }).message).toBe('/source must be a text of 1 to 512 characters')
  })

  it('lists at most fifty faults', () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`m${index}`, 1]))
    expect(faultsOf({ ...least, ...many })).toHaveLength(50)
  })

  it.each([[null], [[]], ['text'], [7], [true]])('refuses %j, which is no object', input => {
    expect(faultsOf(input)).toEqual([{ pointer: '', message: 'is not an object' }])
  })

  it('names what is missing', () => {
    expect(pointersOf({})).toEqual(['/eventType', '/occurredAt', '/payload'])
    expect(faultsOf({}).every(fault => fault.message === 'is missing')).toBe(true)
  })

  it.each(['Signed', 'com.example/order:placed', 'a', 'A_1-b'])('takes the type %s', eventType => {
    expect(completeEvent({ ...least, eventType }, completion()).envelope.eventType).toBe(eventType)
  })

  it.each(['', '1a', 'a b', 'ü', `A${'b'.repeat(128)}`])('refuses the type %j', eventType => {
    expect(pointersOf({ ...least, eventType })).toEqual(['/eventType'])
  })

  it('refuses a metadata that is no object', () => {
    for (const metadata of [[], 'text', null])
      expect(pointersOf({ ...least, metadata })).toEqual(['/metadata'])
  })

  it('refuses the event of another tenant, and completes one that names none', () => {
    const error = failure({ ...full, tenantId: 'globex' })
    expect(error.code).toBe('tenant_mismatch')
    expect(error.message).toContain('"globex"')
    expect(completeEvent(least, completion({ tenantId: 'globex' })).envelope.tenantId).toBe('globex')
  })

  it('refuses what lies further ahead than clocks differ', () => {
    const at = (milliseconds: number): JsonObject => ({
      ...least,
      occurredAt: new Date(now + milliseconds).toISOString(),
    })
    expect(completeEvent(at(300_000), completion()).envelope.occurredAt).toBe('2026-06-11T09:05:02.000Z')
    const error = failure(at(300_001))
    expect(error.code).toBe('event_in_future')
    expect(error.details.faults).toEqual([expect.objectContaining({ pointer: '/occurredAt' })])
    expect(failure(at(1_001), { maxAhead: 1_000 }).code).toBe('event_in_future')
    expect(
      completeEvent({ ...least, occurredAt: '1970-01-01T00:00:00Z' }, completion()).filled,
    ).toBeGreaterThan(0)
  })
})

describe('the context of an event', () => {
  const traceparent = '00-11111111111111111111111111111111-2222222222222222-01'
  const context = { correlationId: 'corr', traceId: '1'.repeat(32), causationId: 'evt-0', traceparent }
  const complete = (input: JsonObject) => runInContext(context, () => completeEvent(input, completion()))

  it('gives what the event does not say', () => {
    const { envelope, filled } = complete(least)
    expect(envelope).toMatchObject(context)
    expect(filledIn(filled)).toEqual(
      expect.arrayContaining(['correlationId', 'traceId', 'causationId', 'traceparent']),
    )
  })

  it('gives way to what the event says', () => {
    expect(complete(full)).toEqual({ envelope: full, filled: 0 })
  })

  it("gives way to the trace of the event's own traceparent", () => {
    const { traceId: _, ...rest } = full
    expect(complete(rest).envelope.traceId).toBe('0af7651916cd43dd8448eb211c80319c')
    expect(completeEvent(rest, completion()).envelope.traceId).toBe('0af7651916cd43dd8448eb211c80319c')
    // A malformed one says nothing.
    expect(complete({ ...rest, traceparent: 'x' }).envelope.traceId).toBe('1'.repeat(32))
  })

  it('gives the trace of its traceparent where it names no trace', () => {
    const { envelope } = runInContext({ traceparent }, () => completeEvent(least, completion()))
    expect(envelope).toMatchObject({ traceId: '1'.repeat(32), traceparent })
  })
})
