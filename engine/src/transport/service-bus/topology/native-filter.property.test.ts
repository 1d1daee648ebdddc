import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Envelope, JsonValue } from '../../../core/index.ts'
import { createFilter, parseFilter } from '../../filter/filter.ts'
import { anyPredicate } from '../../filter/fixtures/arbitraries.ts'
import { messageOf } from '../../filter/message/envelope-message.ts'
import { plainMessage } from '../../filter/message/plain-message.ts'
import type { Predicate } from '../../filter/syntax/expression.ts'
import { userReference } from '../../filter/syntax/property-reference.ts'
import { filterFacts, property } from '../message/properties.ts'
import { nativeFilter } from './native-filter.ts'
import { ruleText } from './subscription-rule.ts'

const paths = ['payload.a', 'payload.b.c', 'metadata.d']
/** What stands in the arbitrary predicates for what events have. */
const names = [
  'eventType',
  'aggregateId',
  'payload.a',
  'payload.b.c',
  'metadata.d',
  'payload.A',
  'cs-tenant-id',
  'region',
  'payload.b',
]

const value = fc.oneof(
  fc.constantFrom<JsonValue>('', 'a', 'b', 'ab', "it's", '%', '😀', 0, 1, -1.5, 2, 1e21, true, false, null),
  fc.constantFrom<JsonValue>({}, [], { c: 1 }),
)

const anyEnvelope: fc.Arbitrary<Envelope> = fc
  .record({
    a: value,
    c: value,
    d: value,
    type: fc.constantFrom('a', 'b', 'order'),
    id: fc.option(fc.constantFrom('a', 'ab')),
  })
  .map(({ a, c, d, type, id }) => ({
    eventId: 'e',
    eventType: type,
    schemaVersion: '1.0',
    tenantId: 'a',
    source: 's',
    occurredAt: '2026-01-01T00:00:00.000Z',
    correlationId: 'b',
    traceId: 't',
    payload: { a, b: { c } },
    metadata: { d },
    ...(id === null ? {} : { aggregateId: id }),
  }))

/** The predicate with other names in it. */
function renamed<Node>(node: Node, name: (old: string) => string): Node {
  if (Array.isArray(node)) return node.map(one => renamed(one, name)) as Node
  if (typeof node !== 'object' || node === null) return node
  if ('scope' in node && node.scope === 'user' && 'name' in node)
    return userReference(name(String(node.name))) as Node
  return Object.fromEntries(Object.entries(node).map(([key, one]) => [key, renamed(one, name)])) as Node
}

const anyOwnPredicate: fc.Arbitrary<Predicate> = fc
  .tuple(anyPredicate, fc.infiniteStream(fc.constantFrom(...names)))
  .map(([predicate, stream]) => renamed(predicate, () => stream.next().value ?? 'eventType'))

/** The event as the broker sees it: its properties alone. */
const asBroker = (envelope: Envelope) =>
  plainMessage({
    properties: {
      ...filterFacts(envelope, paths),
      [property.type]: envelope.eventType,
      [property.tenant]: envelope.tenantId,
      [property.position]: 7,
    },
    system: {
      Label: envelope.eventType,
      CorrelationId: envelope.correlationId,
      SessionId: 'a/s',
      MessageId: 'a/e',
    },
  })

describe('a filter that the broker evaluates', () => {
  it('matches what it matches here', () => {
    let asked = 0
    fc.assert(
      fc.property(anyOwnPredicate, anyEnvelope, (predicate, envelope) => {
        const filter = createFilter(predicate)
        const text = nativeFilter(filter, paths)
        if (text === undefined) return
        asked += 1
        expect(parseFilter(text).matches(asBroker(envelope)), text).toBe(filter.matches(messageOf(envelope)))
      }),
      { numRuns: 5_000 },
    )
    expect(asked).toBeGreaterThan(500)
  })

  it('is left out where the broker would see something else', () => {
    const of = (text: string) => nativeFilter(parseFilter(text, { maxLength: 16_384 }), paths)
    expect(of("eventType = 'a' AND payload.a > 1")).toBe("user.eventType = 'a' AND user.[payload.a] > 1")
    expect(of("sys.Label LIKE 'a%' OR aggregateId IS NULL")).toBeDefined()
    for (const text of [
      'payload.z = 1',
      'EXISTS(payload.a)',
      'payload.a IS NULL',
      "sys.MessageId = 'e'",
      'p(eventType) = 1',
      'payload.A = 1',
    ])
      expect(of(text), text).toBeUndefined()
    expect(
      of(`eventType IN (${Array.from({ length: 200 }, (_, at) => `'type-${at}'`).join(', ')})`),
    ).toBeUndefined()
  })
})

describe('the rule of a subscription', () => {
  it('says as much as fits', () => {
    const filter = parseFilter("eventType = 'a'")
    expect(ruleText({ partition: undefined }, [])).toBe('1=1')
    expect(ruleText({ partition: 2, tenantId: "o'neill", types: ['A', 'B'], filter }, [])).toBe(
      "(user.[cs-partition] = 2) AND (user.[cs-tenant-id] = 'o''neill') AND (user.[cs-event-type] IN ('A', 'B')) AND (user.eventType = 'a')",
    )
    const types = Array.from({ length: 300 }, (_, at) => `TypeOfNumber${at}`)
    expect(ruleText({ partition: undefined, tenantId: 'acme', types, filter }, [])).toBe(
      "(user.[cs-tenant-id] = 'acme') AND (user.eventType = 'a')",
    )
  })
})
