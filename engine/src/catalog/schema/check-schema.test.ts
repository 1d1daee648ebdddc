import { describe, expect, it } from 'vitest'
import type { FieldFault, JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import { checkSchema } from './check-schema.ts'
import { schemaLimits } from './limits.ts'
import { createSchemaValidator } from './schema-validator.ts'

const { stringify } = JSON
const check = (schema: JsonValue) => checkSchema(stringify(schema))

function refusal(text: string): KeelsonError {
  try {
    checkSchema(text)
  } catch (error) {
    if (error instanceof KeelsonError && error.code === 'schema_invalid') return error
    throw error
  }
  throw new Error('the schema was taken')
}

const faultsOf = (schema: JsonValue): readonly FieldFault[] => refusal(stringify(schema)).details.faults ?? []
const refuses = (schema: JsonValue, value: JsonValue): boolean => {
  try {
    createSchemaValidator(check(schema))(value)
    return false
  } catch (error) {
    if (error instanceof KeelsonError && error.code === 'payload_invalid') return true
    throw error
  }
}

const nested = (levels: number, leaf: JsonValue): JsonValue => {
  let value = leaf
  for (let level = 0; level < levels; level += 1) value = { a: value }
  return value
}

describe('a schema', () => {
  it('is taken with what it says about itself, in canonical form', () => {
    const checked = checkSchema('{ "title": "T", "type": "object", "description": "D" }')
    expect(checked).toEqual({
      schema: { title: 'T', type: 'object', description: 'D' },
      canonical: '{"description":"D","title":"T","type":"object"}',
      title: 'T',
      description: 'D',
      recursionWidth: 1,
    })
  })

  it('is refused with all its faults at once, wherever they are found', () => {
    const faults = faultsOf({
      properties: {
        a: { pattern: '(a+)+$' },
        b: { format: 'telephone' },
        c: { $ref: 'https://example.com/money.json' },
        d: { $ref: '#/$defs/none' },
      },
    })
    expect(faults.map(({ pointer }) => pointer)).toEqual([
      '/properties/a/pattern',
      '/properties/b/format',
      '/properties/c/$ref',
      '/properties/d/$ref',
    ])
  })

  it.each<[string, JsonValue, FieldFault]>([
    [
      'a type that is none',
      { type: 'strng' },
      { pointer: '/type', message: 'is no type of JSON', hint: 'did you mean string?' },
    ],
    [
      'names that are no list',
      { required: 'x' },
      { pointer: '/required', message: 'must be a list of different names' },
    ],
    [
      'a count that is negative',
      { properties: { a: { minLength: -1 } } },
      { pointer: '/properties/a/minLength', message: 'must be a whole number from 0' },
    ],
    [
      'a schema that is none',
      { items: 7 },
      { pointer: '/items', message: 'must be a schema: an object, true or false' },
    ],
    [
      'no alternatives',
      { anyOf: [] },
      { pointer: '/anyOf', message: 'must be a list with at least one schema' },
    ],
    [
      'an unknown format',
      { format: 'datetime' },
      { pointer: '/format', message: 'is not a format that is checked', hint: 'did you mean date-time?' },
    ],
    [
      'a reference outwards',
      { $ref: 'https://example.com/a.json' },
      {
        pointer: '/$ref',
        message: 'leads out of the document; nothing is fetched',
        hint: 'refer to #, #/$defs/… or #anchor, or declare a reference of this name',
      },
    ],
    [
      'a reference to nothing',
      { $ref: '#/$defs/Ordr', $defs: { Order: {} } },
      {
        pointer: '/$ref',
        message: 'does not lead to a schema of this document',
        hint: 'did you mean #/$defs/Order?',
      },
    ],
    [
      'a reference to data',
      { $ref: '#/const', const: {} },
      {
        pointer: '/$ref',
        message: 'does not lead to a schema of this document',
        hint: 'refer to #, #/$defs/… or #anchor',
      },
    ],
    [
      'an $id within',
      { properties: { a: { $id: 'x' } } },
      {
        pointer: '/properties/a/$id',
        message: 'is taken at the root only',
        hint: 'use $anchor, or refer by #/…',
      },
    ],
    [
      'another dialect',
      { $schema: 'http://json-schema.org/draft-04/schema#' },
      {
        pointer: '/$schema',
        message: 'is not a dialect that is supported',
        hint: 'leave it out, or use https://json-schema.org/draft/2020-12/schema',
      },
    ],
    [
      'a dynamic reference',
      { $dynamicRef: '#a' },
      { pointer: '/$dynamicRef', message: 'is not supported', hint: 'use $ref to # or #/$defs/…' },
    ],
    [
      'a name with a slash',
      { properties: { 'a/~': { type: 7 } } },
      {
        pointer: '/properties/a~1~0/type',
        message: 'is no type of JSON',
        hint: 'known are null, boolean, object, array, number, integer, string',
      },
    ],
  ])('is refused for %s', (_, schema, fault) => {
    expect(faultsOf(schema)).toEqual([fault])
  })

  it('is refused with all its faults at once', () => {
    expect(faultsOf({ type: 'x', required: 1, minLength: 'a' })).toHaveLength(3)
  })

  it.each<JsonValue>([
    true,
    {},
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: { a: { type: 'string' } },
      $ref: '#/definitions/a',
    },
    { $defs: { n: { $anchor: 'n', type: 'null' } }, items: { $ref: '#n' } },
    { properties: { type: { type: 'string' }, $ref: { type: 'string' }, required: {} } },
    {
      enum: [{ type: 'strng' }],
      const: { $ref: 'https://x' },
      default: { required: 1 },
      examples: [{ $ref: 1 }],
    },
    { javaType: 'x', 'x-owner': 1 },
    { $defs: { 'a b/c%': { type: 'string' } }, $ref: '#/$defs/a%20b~1c%25' },
  ])('is taken: %j', schema => {
    expect(check(schema).schema).toEqual(schema)
  })
})

describe('the limits', () => {
  it.each<[string, string]>([
    ['no JSON', '{"type":'],
    ['a member twice', '{"type":"string","type":"number"}'],
    ['a member __proto__', '{"properties":{"__proto__":{"type":"string"}}}'],
    ['no schema', '[]'],
    ['too many bytes', stringify({ description: 'é'.repeat(schemaLimits.bytes / 2) })],
    ['too deep', '{"not":'.repeat(40) + '{}' + '}'.repeat(40)],
    ['hopelessly deep', '['.repeat(60_000)],
    ['too many schemas', stringify({ allOf: Array(4).fill({ allOf: Array(499).fill({}) }) })],
    ['too many alternatives', stringify({ anyOf: Array(501).fill({}) })],
    [
      'too many members',
      stringify(Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`x-${at}`, 1]))),
    ],
    ['too many values', stringify({ enum: Array.from({ length: 1_001 }, (_, at) => at) })],
    [
      'too many patterns',
      stringify({ allOf: Array.from({ length: 31 }, (_, at) => ({ pattern: `^${at}$` })) }),
    ],
  ])('refuse %s', (_, text) => {
    expect(refusal(text).message.length).toBeGreaterThan(20)
  })

  it('take what is just within them', () => {
    const properties = Object.fromEntries(Array.from({ length: 498 }, (_, at) => [`p${at}`, true]))
    const schema = { allOf: Array(4).fill({ properties }) }
    expect(check(schema).schema).toEqual(schema)
    expect(check({ enum: Array.from({ length: 1_000 }, (_, at) => at) }).recursionWidth).toBe(1)
  })

  it('refuse references that multiply', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [
        `d${at}`,
        { allOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] },
      ]),
    )
    expect(faultsOf({ $ref: '#/$defs/d0', $defs: { ...$defs, d30: {} } })[0]?.message).toContain(
      'more than 5000',
    )
  })

  it('refuse references that multiply only once a value recurses', () => {
    const names = Array.from({ length: 30 }, (_, at) => at)
    const $defs = Object.fromEntries(
      names.map(at => [
        `d${at}`,
        {
          properties: { a: { $ref: `#/$defs/d${at + 1}` } },
          ...(at > 0 && { allOf: [{ $ref: `#/$defs/d${at - 1}` }, { $ref: `#/$defs/d${at - 1}` }] }),
        },
      ]),
    )
    expect(faultsOf({ $ref: '#/$defs/d0', $defs: { ...$defs, d30: {} } })[0]?.message).toContain(
      'more than 5000',
    )
  })
})

describe('a pattern', () => {
  it.each([
    '^(a+)+$',
    '^a*a*$',
    'a+$',
    '\\s+$',
    '^(?=(a+)+$)x',
    '^(?<=(a+)+)b',
    '^(\\w+\\s?)*$',
    '(',
    '\\-',
    `^${'a'.repeat(500)}`,
  ])('is refused: %s', pattern => {
    expect(faultsOf({ pattern })).toMatchObject([{ pointer: '/pattern' }])
    expect(faultsOf({ patternProperties: { [pattern]: {} } })).toHaveLength(1)
  })

  it.each([
    '^[0-9a-f]{64}$',
    '^[a-z]+(-[a-z]+)*$',
    '\\.json$',
    '^\\p{L}+$',
    '^[\\w-]+(\\.[\\w-]+)*@[\\w-]+$',
    '^https?://[^/]+/.*$',
  ])('is taken: %s', pattern => {
    expect(check({ pattern }).schema).toEqual({ pattern })
  })

  it('that is hard to judge ends the schema, not the server', () => {
    const hard = Array.from({ length: 30 }, (_, at) => ({ pattern: `^(?:a?){${50 + at}}a{${50 + at}}$` }))
    expect(faultsOf({ allOf: hard }).length).toBe(30)
  })
})

describe('recursion', () => {
  it.each<[string, JsonValue]>([
    ['itself', { $ref: '#' }],
    ['itself by two others', { $defs: { a: { $ref: '#/$defs/b' }, b: { allOf: [{ $ref: '#/$defs/a' }] } } }],
    ['itself in a condition', { $defs: { a: { if: { $ref: '#/$defs/a' } } } }],
    ['itself in a dependency', { dependentSchemas: { a: { $ref: '#' } } }],
  ])('is refused where nothing is consumed before a schema leads to %s', (_, schema) => {
    expect(faultsOf(schema)[0]?.message).toContain('leads back to itself')
  })

  const tree: JsonValue = {
    type: 'object',
    properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } },
    required: ['name'],
  }

  it('through members and items is fine', () => {
    expect(check(tree).recursionWidth).toBe(1)
    expect(refuses(tree, { name: 'a', children: [{ name: 'b', children: [] }] })).toBe(false)
    expect(refuses(tree, { name: 'a', children: [{ name: 'b', children: [{}] }] })).toBe(true)
  })

  const branching: JsonValue = {
    $defs: {
      e: {
        type: 'object',
        oneOf: [
          { properties: { k: { const: 'x' }, a: { $ref: '#/$defs/e' } }, required: ['k'] },
          { properties: { k: { const: 'y' }, a: { $ref: '#/$defs/e' } }, required: ['k'] },
        ],
      },
    },
    $ref: '#/$defs/e',
  }

  it('of alternatives into one member is measured, and judged by to a depth that is bounded', () => {
    expect(check(branching).recursionWidth).toBe(2)
    expect(refuses(branching, { k: 'x', a: { k: 'y' } })).toBe(false)
    expect(refuses(branching, { k: 'x', a: { k: 'z' } })).toBe(true)
    expect(refuses(branching, nested(60, {}))).toBe(true)
  })

  it('over a value of any depth ends in a refusal, not in an overflow', () => {
    const deep = nested(200_000, { a: 1 })
    expect(refuses({ type: 'object', properties: { a: { $ref: '#' } } }, deep)).toBe(true)
  })
})

describe('names that objects have by themselves', () => {
  const schema: JsonValue = {
    type: 'object',
    properties: {
      constructor: { type: 'string' },
      toString: { type: 'number' },
      hasOwnProperty: { type: 'string' },
    },
    required: ['toString'],
    additionalProperties: false,
  }

  it('are names like any other', () => {
    expect(refuses(schema, { toString: 1 })).toBe(false)
    expect(refuses(schema, {})).toBe(true)
    expect(refuses(schema, { toString: 'x' })).toBe(true)
    expect(refuses(schema, { toString: 1, constructor: 1 })).toBe(true)
    expect(refuses(schema, { toString: 1, valueOf: 1 })).toBe(true)
  })
})

describe('references by name', () => {
  const money = {
    name: 'money.json',
    text: stringify({
      $id: 'm',
      $defs: { c: { $anchor: 'cur', enum: ['EUR'] } },
      properties: { amount: { type: 'number' }, currency: { $ref: '#cur' } },
      required: ['amount'],
    }),
  }
  const line = {
    name: 'line.json',
    text: stringify({ properties: { price: { $ref: 'money.json' }, code: { $ref: 'money.json#/$defs/c' } } }),
  }

  it('lead into the documents that were given, and through them', () => {
    const checked = checkSchema(stringify({ items: { $ref: 'line.json' }, $defs: { own: true } }), [
      line,
      money,
    ])
    const validate = createSchemaValidator(checked)
    expect(validate([{ price: { amount: 1, currency: 'EUR' }, code: 'EUR' }])).toBeUndefined()
    expect(() => validate([{ price: { amount: 1, currency: 'USD' } }])).toThrow('/payload/0/price/currency')
    expect(() => validate([{ code: 'USD' }])).toThrow('/payload/0/code')
    expect(() => validate([{ price: {} }])).toThrow('amount')
    expect(checked.canonical).toBe('{"$defs":{"own":true},"items":{"$ref":"line.json"}}')
  })

  it('are refused where no document of the name was given, or it has no such place', () => {
    expect(() => checkSchema(stringify({ $ref: 'other.json' }), [money])).toThrow('leads out of the document')
    expect(() => checkSchema(stringify({ $ref: 'money.json#/$defs/none' }), [money])).toThrow('does not lead')
  })
})
