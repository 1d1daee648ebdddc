import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../core/index.ts'
import { compareSchemas } from './compare.ts'
import { objectOf } from './fixtures/closed-object.ts'
import type { Schema, SchemaObject } from './schema/node.ts'

const node = { $ref: '#/$defs/node' }

/** A tree whose nodes have one of so many tags; the last branch has further members. */
function tree(branches: number, last: Record<string, JsonValue> = {}): SchemaObject {
  const oneOf = Array.from({ length: branches }, (_, index) => {
    const more = index === branches - 1 ? last : {}
    return objectOf(
      { tag: { const: `t${index}` }, child: node, list: { type: 'array', items: node }, ...more },
      ['tag'],
    )
  })
  return { ...node, $defs: { node: { oneOf: oneOf as JsonValue[] } } }
}

const invalid = expect.objectContaining({ code: 'schema_invalid' })

describe('recursive schemas', () => {
  test('are proved by induction', () => {
    const list = (value: Schema): Schema => ({
      $ref: '#/$defs/list',
      $defs: { list: objectOf({ value: value as JsonValue, next: { $ref: '#/$defs/list' } }, ['value']) },
    })
    expect(compareSchemas(list({ type: 'integer' }), list({ type: 'number' })).verdict).toBe('compatible')
    const { verdict, counterExample } = compareSchemas(list({ type: 'number' }), list({ type: 'integer' }))
    expect(verdict).toBe('incompatible')
    expect(counterExample?.value).toEqual({ value: 0.5 })
  })

  test('compare with what unrolls them', () => {
    const next = (inner: JsonValue) => objectOf({ next: inner })
    const rolled = { ...next({ $ref: '#' }) }
    const unrolled = { ...next(next({ $ref: '#' })) }
    expect(compareSchemas(rolled, unrolled, { strict: true }).verdict).toBe('compatible')
    expect(compareSchemas(unrolled, rolled, { strict: true }).verdict).toBe('compatible')
  })

  test('do not mask an incompatibility behind a branch that was assumed', () => {
    const shape = (leaf: JsonValue): Schema => ({
      ...node,
      $defs: {
        node: {
          oneOf: [
            objectOf({ kind: { const: 'both' }, left: node, right: node }, ['kind', 'left', 'right']),
            objectOf({ kind: { const: 'leaf' }, value: leaf }, ['kind', 'value']),
          ],
        },
      },
    })
    const found = compareSchemas(shape({ type: ['string', 'null'] }), shape({ type: 'string' }))
    expect(found.verdict).toBe('incompatible')
    expect(found.counterExample?.value).toEqual({ kind: 'leaf', value: null })
  })

  test('forget what leaned on an assumption that fell', () => {
    // The pair (a, a) is assumed while (b, b) is tried; when (a, a) falls, (b, b) has to fall with it.
    const pair = (limit: JsonValue): Schema => ({
      anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }],
      $defs: {
        a: objectOf({ b: { $ref: '#/$defs/b' }, value: limit }, ['value']),
        b: objectOf({ a: { $ref: '#/$defs/a' } }, ['a']),
      },
    })
    const { verdict, counterExample } = compareSchemas(
      pair({ type: 'number' }),
      pair({ type: 'number', maximum: 1 }),
    )
    expect(verdict).toBe('incompatible')
    expect(JSON.stringify(counterExample?.value)).toMatch(/"value":/)
  })

  test('have no value where they never end', () => {
    const endless = { ...objectOf({ next: { $ref: '#' } }, ['next']) }
    expect(compareSchemas(endless, false).verdict).toBe('compatible')
  })

  test('of twelve branches end within the steps', () => {
    const same = compareSchemas(tree(12), tree(12, { note: { type: 'string' } }))
    expect(same.verdict).toBe('compatible')
    expect(same.steps).toBeLessThan(5000)
    const worse = compareSchemas(
      tree(12, { size: { type: 'number' } }),
      tree(12, { size: { type: 'integer' } }),
    )
    expect(worse.verdict).toBe('incompatible')
    expect(worse.counterExample?.value).toEqual({ tag: 't11', size: 0.5 })
  })

  test('are unproven when the steps are spent, and say so', () => {
    const { verdict, differences, steps } = compareSchemas(tree(12), tree(12, { note: { type: 'string' } }), {
      maxSteps: 20,
    })
    expect({ verdict, steps }).toEqual({ verdict: 'unproven', steps: 20 })
    expect(
      differences.some(({ isBreaking, message }) => isBreaking && message.includes('too intricate')),
    ).toBe(true)
  })
})

describe('references', () => {
  test('by $id, by anchor and into any place', () => {
    const writer = {
      $id: 'https://example.com/event',
      $ref: '#amount',
      $defs: { amount: { $anchor: 'amount', type: 'integer' } },
    }
    expect(compareSchemas(writer, { type: 'number' }).verdict).toBe('compatible')
    const inner = {
      $ref: 'part',
      $defs: { part: { $id: 'part', $ref: '#/$defs/own', $defs: { own: { type: 'integer' } } } },
    }
    expect(compareSchemas(inner, { type: 'number' }).verdict).toBe('compatible')
    const place = objectOf({ a: { type: 'integer' }, 'b/c': { $ref: '#/properties/a' } })
    expect(compareSchemas(place, objectOf({ 'b/c': { type: 'number' } })).verdict).toBe('compatible')
  })

  test.each<[string, Schema]>([
    ['leads outside', { $ref: 'https://example.com/other.json' }],
    ['leads nowhere', { $ref: '#/$defs/missing' }],
    ['is no URI', { $ref: 'http://[' }],
    ['leads to itself', { $ref: '#' }],
    [
      'leads to itself through others',
      { allOf: [{ $ref: '#/$defs/a' }], $defs: { a: { anyOf: [{ $ref: '#' }] } } },
    ],
  ])('are refused where one %s', (_, schema) => {
    expect(() => compareSchemas(schema, true)).toThrow(invalid)
  })
})

describe('hostile schemas', () => {
  test('are refused when they are too deep or too large', () => {
    let deep: JsonValue = true
    for (let level = 0; level < 5000; level += 1) deep = { items: deep }
    expect(() => compareSchemas(deep as Schema, true)).toThrow(invalid)
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`m${index}`, {}]))
    expect(() => compareSchemas({ properties: wide }, true)).toThrow(invalid)
    const chain = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`c${index}`, { $ref: `#/$defs/c${index + 1}` }]),
    )
    expect(() => compareSchemas({ $ref: '#/$defs/c0', $defs: { ...chain, c1000: true } }, true)).toThrow(
      invalid,
    )
  })

  test('of many independent choices are decided within the steps', () => {
    const choices = Array.from({ length: 30 }, (_, index) => ({
      anyOf: [{ required: [`a${index}`] }, { required: [`b${index}`] }, { minProperties: index }],
    }))
    const writer = { type: 'object', allOf: choices }
    const { verdict, steps } = compareSchemas(
      writer,
      { ...writer, oneOf: [...choices].reverse() },
      { strict: true },
    )
    expect(verdict).not.toBe('compatible')
    expect(steps).toBeLessThanOrEqual(50_000)
  })
})
