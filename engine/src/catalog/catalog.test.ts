import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import type { CompleteEvent, EventDefinition, JsonObject } from '../core/index.ts'
import { completeEvent, createIdSource, defineEvent, filledBit, KeelsonError } from '../core/index.ts'
import { createCatalog } from './catalog.ts'

const base = {
  kind: 'domain',
  topic: 'orders',
  summary: 'Something happened to an order.',
  producer: 'Orders',
  consumers: [],
} as const

const OrderPlaced = defineEvent({
  ...base,
  type: 'OrderPlacedV2',
  version: '2.3',
  aggregate: 'Order',
  orderingKey: event => event.payload.orderId,
  payload: Type.Object({ orderId: Type.Optional(Type.String()) }),
  examples: [{ orderId: '1' }],
})
const OrderNoted = defineEvent({
  ...base,
  type: 'OrderNoted',
  version: '1.0',
  payload: Type.Object({}),
  examples: [{}],
})
const OrderCounted = defineEvent({
  ...base,
  type: 'OrderCounted',
  version: '1.0',
  isDerived: true,
  payload: Type.Object({}),
  examples: [{}],
})

const definitions: readonly EventDefinition[] = [OrderPlaced, OrderNoted, OrderCounted]
const catalog = createCatalog(definitions)
const ids = createIdSource()

function event(members: JsonObject): CompleteEvent {
  const input = {
    eventType: 'OrderPlacedV2',
    occurredAt: '2026-06-11T09:00:01Z',
    schemaVersion: '2.0',
    payload: {},
    ...members,
  }
  return completeEvent(input, {
    tenantId: 'acme',
    ids,
    now: Date.parse('2026-06-11T09:00:02Z'),
    source: 'test',
  })
}

function failure(members: JsonObject, keepUnknown = false): KeelsonError {
  try {
    catalog.admit(event(members), keepUnknown)
  } catch (error) {
    if (error instanceof KeelsonError) return error
    throw error
  }
  throw new Error('the event was admitted')
}

describe('createCatalog', () => {
  it('finds each definition by its name', () => {
    expect(catalog.entries.map(entry => entry.definition)).toEqual(definitions)
    expect(catalog.get('OrderNoted')?.definition).toBe(OrderNoted)
    expect(catalog.get('orderNoted')).toBeUndefined()
    expect(catalog.get('constructor')).toBeUndefined()
  })

  it('refuses two definitions of one name', () => {
    const logged = { ...definitions[1], type: 'LogFoo' } as EventDefinition
    expect(() => createCatalog([logged])).toThrow('kept for the records of the log')
    expect(createCatalog([{ ...logged, isReserved: true }]).get('LogFoo')).toBeDefined()
    expect(() => createCatalog([OrderNoted, OrderPlaced, OrderNoted])).toThrow(
      'Two definitions are named OrderNoted',
    )
  })
})

describe('admit', () => {
  it('derives the aggregate from the ordering key, and marks it as filled in', () => {
    const given = event({ payload: { orderId: '7' } })
    const admitted = catalog.admit(given, false)
    expect(admitted.envelope).toEqual({ ...given.envelope, aggregateType: 'Order', aggregateId: '7' })
    expect(admitted.filled).toBe(given.filled | filledBit('aggregateType') | filledBit('aggregateId'))
  })

  it('keeps an aggregate that the sender named', () => {
    const whole = event({ payload: { orderId: '7' }, aggregateType: 'Basket', aggregateId: '9' })
    expect(catalog.admit(whole, false)).toEqual({ ...whole, topic: 'orders' })
    const typeOnly = event({ payload: { orderId: '7' }, aggregateType: 'Basket' })
    const admitted = catalog.admit(typeOnly, false)
    expect(admitted.envelope).toMatchObject({ aggregateType: 'Basket', aggregateId: '7' })
    expect(admitted.filled).toBe(typeOnly.filled | filledBit('aggregateId'))
  })

  it('leaves an event without a key, or of a type without aggregates, as it is', () => {
    const keyless = event({ payload: {} })
    expect(catalog.admit(keyless, false)).toEqual({ ...keyless, topic: 'orders' })
    const plain = event({ eventType: 'OrderNoted', schemaVersion: '1.0' })
    expect(catalog.admit(plain, false)).toEqual({ ...plain, topic: 'orders' })
  })

  it('refuses an unknown type, and says which ones are near', () => {
    const error = failure({ eventType: 'OrderPlacdV2' })
    expect(error.code).toBe('event_type_unknown')
    expect(error.details['nearest']).toEqual(['OrderPlacedV2'])
    expect(error.details.faults).toEqual([
      {
        pointer: '/eventType',
        message: 'is not in the catalogue',
        hint: 'did you mean OrderPlacedV2?',
      },
    ])
    expect(failure({ eventType: 'Xyz' }).details.faults?.[0]?.hint).toContain('/v1/catalog')
  })

  it('keeps an unknown type as it is where the tenant wants that', () => {
    const unknown = event({ eventType: 'com.example.thing', schemaVersion: '9.9', payload: [1] })
    expect(catalog.admit(unknown, true)).toBe(unknown)
  })

  it('checks known types also where unknown ones are kept', () => {
    expect(failure({ payload: { colour: 1 } }, true).code).toBe('payload_invalid')
    expect(failure({ eventType: 'OrderCounted', schemaVersion: '1.0' }, true).code).toBe('event_type_derived')
  })

  it('refuses a type that only Keelson writes', () => {
    const reserved = createCatalog([{ ...(OrderNoted as EventDefinition), isReserved: true }])
    const plain = event({ eventType: 'OrderNoted', schemaVersion: '1.0' })
    expect(() => reserved.admit(plain, true)).toThrow('written by Keelson alone')
  })

  it('refuses a derived type', () => {
    expect(failure({ eventType: 'OrderCounted', schemaVersion: '1.0' }).code).toBe('event_type_derived')
  })

  it.each(['2.0', '2.3'])('takes version %s of a type at 2.3', schemaVersion => {
    expect(catalog.admit(event({ schemaVersion }), false).envelope.schemaVersion).toBe(schemaVersion)
  })

  it.each(['1.0', '2.4', '2.10', '3.0'])('refuses version %s of a type at 2.3', schemaVersion => {
    const error = failure({ schemaVersion })
    expect(error.code).toBe('event_version_unknown')
    expect(error.details.faults).toEqual([{ pointer: '/schemaVersion', message: 'must be at most 2.3' }])
  })

  it('refuses a payload that does not fit', () => {
    expect(failure({ payload: { orderId: 7 } }).details.faults).toEqual([
      { pointer: '/payload/orderId', message: 'must be of type string, and is an integer' },
    ])
  })

  it('seals ids of people that are addresses, and asks nothing of what is masked', () => {
    const OrderKept = defineEvent({
      ...base,
      type: 'OrderKept',
      version: '1.0',
      payload: Type.Object({ keptBy: Type.String() }),
      examples: [{ keptBy: 'usr-1' }],
    })
    const kept = createCatalog([OrderKept])
    const given = event({
      eventType: 'OrderKept',
      schemaVersion: '1.0',
      payload: { keptBy: 'ada@example.com' },
    })
    expect(kept.admit(given, false).personal).toEqual([
      { pointer: '/keptBy', subject: '/keptBy', kind: 'id', form: 'address' },
    ])
    const read = (payload: JsonObject) => kept.verify({ ...given.envelope, payload })
    read({ _sd: ['6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw'], kid: 'k-1' })
    expect(() => read({})).toThrow(KeelsonError)
  })
})
