import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../core/index.ts'
import { compileSchema } from './check.ts'
import { compareSchemas } from './compare.ts'
import { objectOf } from './fixtures/closed-object.ts'
import { strict, verdictOf } from './fixtures/verdict.ts'
import type { Schema } from './schema/node.ts'

const holes: readonly (readonly [what: string, writer: Schema, reader: Schema, value: JsonValue])[] = [
  [
    'required moved outside properties',
    { type: 'object', properties: { foo: {}, bar: {} }, required: ['foo'] },
    { type: 'object', properties: { foo: {}, bar: {} }, required: ['bar'] },
    { foo: 0 },
  ],
  ['a format was added', { type: 'string' }, { type: 'string', format: 'date-time' }, ''],
  [
    'propertyNames',
    { type: 'object' },
    { type: 'object', propertyNames: { pattern: '^[a-z]+$' } },
    { 'A-1': 0 },
  ],
  ['contains', { type: 'array' }, { type: 'array', contains: { type: 'string' } }, []],
  [
    'if, then and else',
    { type: 'number' },
    { type: 'number', if: { minimum: 0 }, else: { maximum: -5 } },
    -1,
  ],
  [
    'changed patternProperties',
    { patternProperties: { '^x-': { type: 'string' } } },
    { patternProperties: { '^x-': { type: 'string', maxLength: 3 } } },
    { 'x-': 'long' },
  ],
  [
    'exclusiveMaximum lowered without maximum',
    { type: 'number', exclusiveMaximum: 10 },
    { type: 'number', exclusiveMaximum: 5 },
    7,
  ],
]

describe('what other checkers pass over', () => {
  test.each(holes)('%s', (_, writer, reader, value) => {
    expect(compileSchema(writer, true)?.accepts(value)).toBe(true)
    expect(compileSchema(reader, true)?.accepts(value)).toBe(false)
    expect(verdictOf(writer, reader)).toBe('incompatible')
  })
})

describe('what is neither proved nor refuted', () => {
  test('an unknown keyword of the reader, unless the writer has it too', () => {
    const known = { type: 'string', encrypted: 'aes' }
    expect(verdictOf({ type: 'string' }, known)).toBe('unproven')
    expect(verdictOf(known, { type: 'string' })).toBe('compatible')
    expect(verdictOf({ ...known, maxLength: 3 }, known)).toBe('compatible')
    const { differences } = compareSchemas({ type: 'string' }, known)
    expect(differences.filter(difference => difference.isBreaking).map(({ message }) => message)).toContain(
      'The schema: encrypted could not be decided; whether the new reader accepts all values is not proved',
    )
  })

  test('annotations never matter', () => {
    expect(verdictOf({ type: 'string' }, { type: 'string', title: 'Name', 'x-owner': 'billing' })).toBe(
      'compatible',
    )
  })

  test('another pattern that no sample tells apart', () => {
    expect(
      verdictOf({ pattern: '^[a-z]{3}$', type: 'string' }, { pattern: '^[a-z]+$', type: 'string' }),
    ).toBe('unproven')
  })

  test('a name that every object has to the validator', () => {
    const reader = objectOf({ toString: { type: 'string' } })
    expect(verdictOf(objectOf({ a: true }, [], { additionalProperties: false }), reader)).not.toBe(
      'compatible',
    )
  })

  test('unevaluatedProperties where a list can come, which the validator refuses by it', () => {
    const reader = { anyOf: [{ properties: { a: true }, unevaluatedProperties: false }, { type: 'null' }] }
    expect(compileSchema(reader, true)?.accepts([1])).toBe(false)
    expect(verdictOf({ type: 'array', minItems: 1 }, reader)).not.toBe('compatible')
  })

  test('patterns that could hang are never run', () => {
    expect(verdictOf({ type: 'string', minLength: 1 }, { type: 'string', pattern: '^(a|aa)+$' })).toBe(
      'unproven',
    )
  })
})

describe('a schema', () => {
  test.each<[string, Schema]>([
    [
      'everything at once',
      { $dynamicRef: '#node', $dynamicAnchor: 'node', unevaluatedItems: false, custom: 1 },
    ],
    ['an enum of nothing', { enum: [] }],
    ['a oneOf that overlaps', { oneOf: [{ type: 'number' }, { minimum: 2 }] }],
  ])('is compatible with itself: %s', (_, schema) => {
    expect(compareSchemas(schema, structuredClone(schema))).toEqual({
      verdict: 'compatible',
      differences: [],
      steps: 0,
    })
    expect(compareSchemas(schema, structuredClone(schema), strict).verdict).toBe('compatible')
  })

  test('is refused where a keyword has a wrong shape', () => {
    for (const schema of [
      { minimum: '1' },
      { type: 'text' },
      { required: 'a' },
      { pattern: '(' },
      { properties: [] },
    ])
      expect(() => compareSchemas(schema as Schema, true)).toThrow(
        expect.objectContaining({ code: 'schema_invalid' }),
      )
  })
})
