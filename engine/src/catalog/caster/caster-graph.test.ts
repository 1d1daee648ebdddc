import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import type { Envelope, JsonObject, JsonValue } from '../../core/index.ts'
import { defineEvent, KeelsonError } from '../../core/index.ts'
import { createCatalog } from '../catalog.ts'
import { schemaHash, toSchemaDocument } from '../frozen/schema-document.ts'
import type { CasterDefinition } from './caster-definition.ts'
import { defineCaster } from './caster-definition.ts'

const base = {
  kind: 'domain',
  topic: 'orders',
  summary: 'An order was placed.',
  producer: 'Orders',
  consumers: [],
} as const
const first = defineEvent({
  ...base,
  type: 'OrderPlaced',
  version: '1.0',
  payload: Type.Object({ id: Type.String(), coupon: Type.Optional(Type.String()) }),
  examples: [{ id: '1' }],
})
const second = defineEvent({
  ...base,
  type: 'OrderPlaced',
  version: '1.1',
  payload: Type.Object({ id: Type.String(), total: Type.Optional(Type.Number()) }),
  examples: [{ id: '1', total: 7 }],
})
const breaking = defineEvent({
  ...base,
  type: 'OrderPlacedV2',
  version: '2.0',
  payload: Type.Object({ orderId: Type.String(), cents: Type.Integer() }),
  examples: [{ orderId: '1', cents: 700 }],
})
const other = defineEvent({
  ...base,
  type: 'OrderNoted',
  version: '1.0',
  payload: Type.Object({}),
  examples: [{}],
})

const toV2 = defineCaster({
  from: 'OrderPlaced@1.1',
  to: 'OrderPlacedV2@2.0',
  up: payload => {
    const { id, total } = payload as { id: string; total?: number }
    return { orderId: id, cents: Math.round((total ?? 0) * 100) }
  },
  down: payload => {
    const { orderId, cents } = payload as { orderId: string; cents: number }
    return { id: orderId, total: cents / 100 }
  },
})

const document = toSchemaDocument(first)
const frozen = [
  { kind: 'event', type: 'OrderPlaced', version: '1.0', hash: schemaHash(document), document },
] as const

function catalogWith(casters: readonly CasterDefinition[]) {
  return createCatalog([second, breaking, other], { casters, frozen })
}

function envelope(eventType: string, schemaVersion: string, payload: JsonValue): Envelope {
  return {
    eventId: 'e1',
    eventType,
    schemaVersion,
    tenantId: 'acme',
    source: 'test',
    occurredAt: '2026-06-11T09:00:01Z',
    correlationId: 'e1',
    traceId: 't',
    payload,
  }
}

function failure(work: () => unknown): KeelsonError {
  try {
    work()
  } catch (error) {
    if (error instanceof KeelsonError) return error
    throw error
  }
  throw new Error('it was read')
}

describe('reading an event in a version that is accepted', () => {
  const { read } = catalogWith([toV2])

  it('gives it as it is where its own version is accepted, or its type is not asked for', () => {
    const given = envelope('OrderPlaced', '1.0', { id: '7', coupon: 'x' })
    for (const accepts of [['OrderPlaced@1.0'], ['OrderPlaced@1'], ['OrderPlaced'], ['OrderNoted@1.0'], []])
      expect(read(given, accepts)).toBe(given)
  })

  it('casts up through every version between, and says from what', () => {
    const given = envelope('OrderPlaced', '1.0', { id: '7', coupon: 'x' })
    expect(read(given, ['OrderPlacedV2@2.0'])).toEqual({
      ...given,
      eventType: 'OrderPlacedV2',
      schemaVersion: '2.0',
      payload: { orderId: '7', cents: 0 },
      metadata: { castFrom: 'OrderPlaced@1.0' },
    })
  })

  it('casts down, without what the older version did not know', () => {
    const given = envelope('OrderPlacedV2', '2.0', { orderId: '7', cents: 1250 })
    expect(read(given, ['OrderPlaced@1.1']).payload).toEqual({ id: '7', total: 12.5 })
    expect(read(given, ['OrderPlaced@1.0'])).toMatchObject({ schemaVersion: '1.0', payload: { id: '7' } })
  })

  it('chooses the newest of the versions that are accepted', () => {
    const given = envelope('OrderPlaced', '1.0', { id: '7' })
    expect(read(given, ['OrderPlaced@1.1', 'OrderPlacedV2']).eventType).toBe('OrderPlacedV2')
  })

  it('leaves what it was given untouched', () => {
    const payload = { id: '7', total: 1 }
    const meddling = defineCaster({
      ...toV2,
      up: given => {
        ;(given as JsonObject)['id'] = 'changed'
        return { orderId: '7', cents: 1 }
      },
    })
    catalogWith([meddling]).read(envelope('OrderPlaced', '1.1', payload), ['OrderPlacedV2'])
    expect(payload).toEqual({ id: '7', total: 1 })
  })

  it('refuses where no caster leads there, and says what can be reached', () => {
    const error = failure(() =>
      catalogWith([]).read(envelope('OrderPlaced', '1.1', { id: '7' }), ['OrderPlaced@1.9']),
    )
    expect(error.code).toBe('event_version_unreadable')
    expect(error.message).toContain('OrderPlaced@1.0')
    expect(error.details['reachable']).toEqual(['OrderPlaced@1.0'])
  })

  it('refuses to cast down where a caster has no way down', () => {
    const { down: _, ...upOnly } = toV2
    const given = envelope('OrderPlacedV2', '2.0', { orderId: '7', cents: 1 })
    const reader = catalogWith([upOnly])
    // Nothing of that family can be reached, so the name means nothing to this event.
    expect(reader.read(given, ['OrderPlaced@1.0'])).toBe(given)
    expect(failure(() => reader.read(given, ['OrderPlacedV2@3'])).code).toBe('event_version_unreadable')
  })

  it.each<[string, CasterDefinition['up'], string]>([
    [
      'throws',
      () => {
        throw new Error('no total')
      },
      'no total',
    ],
    [
      'returns an invalid payload',
      () => ({ orderId: 7, cents: 1 }),
      '/payload/orderId must be of type string',
    ],
    ['returns nothing', () => undefined as unknown as JsonValue, 'must be of type object'],
  ])('names a caster that %s', (_, up, why) => {
    const error = failure(() =>
      catalogWith([{ ...toV2, up }]).read(envelope('OrderPlaced', '1.1', { id: '7' }), ['OrderPlacedV2']),
    )
    expect(error.code).toBe('event_cast_failed')
    expect(error.message).toContain('from OrderPlaced@1.1 to OrderPlacedV2@2.0')
    expect(error.message).toContain(why)
  })
})

describe('casters', () => {
  it('are refused where they name what is not there, or lead the same way twice', () => {
    expect(() => catalogWith([{ ...toV2, to: 'OrderLost@1.0' }])).toThrow(
      'OrderLost@1.0, which is not in the catalogue',
    )
    expect(() => catalogWith([toV2, toV2])).toThrow('Two casters lead from OrderPlaced@1.1')
    expect(() => defineCaster({ ...toV2, from: 'order@1' as 'Order@1.0' })).toThrow(
      'is not like OrderPlaced@1.0',
    )
    expect(() => defineCaster({ ...toV2, to: toV2.from })).toThrow('leads to itself')
  })
})
