import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asCorrelation } from './as-correlation.ts'
import type { CorrelationMembers } from './correlation.ts'
import { correlationFilter } from './correlation.ts'
import { createFilter, parseFilter, toSqlText, trueFilter } from './filter.ts'
import { anyMessage, anyPredicate } from './fixtures/arbitraries.ts'
import { sample } from './fixtures/cases.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 5 })
const anyMembers: fc.Arbitrary<CorrelationMembers> = fc
  .record(
    {
      correlationId: text,
      messageId: text,
      to: text,
      replyTo: text,
      replyToSessionId: text,
      label: text,
      sessionId: text,
      contentType: text,
    },
    { requiredKeys: [] },
  )
  .chain(system =>
    fc
      .dictionary(fc.stringMatching(/^[a-z .-]{1,5}$/), fc.oneof(text, fc.boolean()), { minKeys: 1 })
      .map(properties => ({ ...system, properties: { ...properties } })),
  )

describe('a correlation filter', () => {
  test('asks that every member is equal', () => {
    const members = { label: 'OrderPlaced', sessionId: 's-1', properties: { colour: 'red', quantity: 10 } }
    expect(correlationFilter(members).matches(sample)).toBe(true)
    expect(correlationFilter({ ...members, messageId: 'm-2' }).matches(sample)).toBe(false)
    expect(correlationFilter({ ...members, correlationId: 'x' }).matches(sample)).toBe(false)
    expect(correlationFilter({ subject: 'OrderPlaced' }).matches(sample)).toBe(true)
    expect(correlationFilter({ label: 'orderplaced' }).matches(sample)).toBe(false)
  })

  test('compares by type', () => {
    const of = (value: string | number | bigint | boolean) =>
      correlationFilter({ properties: { quantity: value } }).matches(sample)
    expect([of(10), of(10n), of('10'), of(10.5), of(true)]).toEqual([true, true, false, false, false])
  })

  test('has the text of an SQL filter', () => {
    const filter = correlationFilter({ correlationId: "it's", properties: { 'cs-tenant-id': 'acme', n: 5 } })
    expect(toSqlText(filter)).toBe("sys.CorrelationId = 'it''s' AND [cs-tenant-id] = 'acme' AND n = 5")
  })

  test.each([
    [{}, ['']],
    [null, ['']],
    [[], ['']],
    [{ properties: null }, ['/properties']],
    [{ properties: {} }, ['']],
    [{ label: undefined }, ['']],
    [{ label: 5 }, ['/label']],
    [{ colour: 'red', to: null }, ['/colour', '/to']],
    [{ properties: { a: null, 'b/c': Number.NaN } }, ['/properties/a', '/properties/b~1c']],
    [
      { properties: { '': 'x', a: {}, big: 2n ** 63n } },
      ['/properties/', '/properties/a', '/properties/big'],
    ],
    [{ label: 'x'.repeat(20_000) }, ['/label']],
    [{ label: 'x', subject: 'y' }, ['/subject']],
    [
      Object.fromEntries([
        ['properties', Object.fromEntries([...Array(101).keys()].map(key => [`k${key}`, 1]))],
      ]),
      ['/properties'],
    ],
  ])('%o is refused with every fault', (members, pointers) => {
    expect(() => correlationFilter(members as CorrelationMembers)).toThrow(
      expect.objectContaining({
        code: 'filter_invalid',
        details: { faults: pointers.map(pointer => expect.objectContaining({ pointer })) },
      }),
    )
  })
})

describe('the correlation filter of an SQL filter', () => {
  test('is what it was made from', () => {
    fc.assert(
      fc.property(anyMembers, members => {
        const filter = correlationFilter(members)
        expect(asCorrelation(filter)).toEqual(members)
        expect(asCorrelation(parseFilter(toSqlText(filter)))).toEqual(members)
      }),
    )
  })

  test('matches the same messages, where there is one', () => {
    fc.assert(
      fc.property(anyPredicate, anyMessage, (predicate, message) => {
        const filter = createFilter(predicate)
        const members = asCorrelation(filter)
        if (members) expect(correlationFilter(members).matches(message)).toBe(filter.matches(message))
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    [
      "sys.subject = 'a' AND 'b' = colour AND active",
      { label: 'a', properties: { colour: 'b', active: true } },
    ],
    ["colour = 'b' AND (colour = 'b' AND sys.To = 'x')", { to: 'x', properties: { colour: 'b' } }],
    ['flag = FALSE', { properties: { flag: false } }],
  ])('%s', (given, members) => {
    expect(asCorrelation(parseFilter(given))).toEqual(members)
  })

  test.each([
    "colour = 'a' AND colour = 'b'",
    "payload.a = 'x' AND payload.A = 'x'",
    "sys.To = 'a' AND sys.To = 'b'",
    "colour = 'a' OR colour = 'b'",
    "colour <> 'a'",
    "NOT colour = 'a'",
    "colour = 'a' AND quantity > 5",
    'quantity = 5',
    'colour = other',
    'colour = NULL',
    "'a' = 'a'",
    'NULL',
    "p(wanted) = 'a'",
    "sys.PartitionKey = 'a'",
    'sys.To = TRUE',
  ])('is not there: %s', given => {
    expect(asCorrelation(parseFilter(given))).toBeUndefined()
  })

  test('is not there for a filter that takes everything', () => {
    expect(asCorrelation(trueFilter)).toBeUndefined()
  })
})
