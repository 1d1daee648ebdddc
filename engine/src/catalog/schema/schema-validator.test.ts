import { describe, expect, it } from 'vitest'
import type { FieldFault, JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import { checkSchema } from './check-schema.ts'
import { createSchemaValidator } from './schema-validator.ts'

const list = <Item>(length: number, item: (at: number) => Item): Item[] =>
  Array.from({ length }, (_, at) => item(at))
const object = (length: number, name: (at: number) => string, member: (at: number) => JsonValue): JsonValue =>
  Object.fromEntries(list(length, at => [name(at), member(at)]))

function faultOf(run: () => unknown): FieldFault | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof KeelsonError)
      return error.details.faults?.[0] ?? { pointer: '', message: error.code }
    throw error
  }
}

const take = (schema: JsonValue) => checkSchema(JSON.stringify(schema))
const judge = (schema: JsonValue, value: JsonValue) =>
  faultOf(() => createSchemaValidator(take(schema))(value))
const within = (name: string, schema: JsonValue): JsonValue => ({
  type: 'object',
  properties: { [name]: schema },
})
const kinds = (count: number): JsonValue[] =>
  list(count, at => ({ type: 'object', required: ['kind'], properties: { kind: { const: `k${at}` } } }))

describe('a schema with too much to say of one value is refused', () => {
  it.each<[string, JsonValue]>([
    ['of a list', { allOf: list(450, at => ({ minItems: at })) }],
    ['of each item', { allOf: list(399, () => ({ contains: { anyOf: [true, true] } })) }],
    ['of each member', { allOf: list(390, () => ({ additionalProperties: { not: {} } })) }],
    [
      'of one member',
      { anyOf: list(201, () => ({ properties: { a: { not: { $ref: '#/$defs/a' } } } })), $defs: { a: true } },
    ],
    ['of names', { allOf: list(210, () => ({ propertyNames: { not: { const: 'a' } } })) }],
    ['by conditions', { allOf: list(140, () => ({ if: true, else: { not: true } })) }],
    [
      'through references',
      { allOf: list(41, () => ({ $ref: '#/$defs/ten' })), $defs: { ten: { allOf: list(10, () => true) } } },
    ],
  ])('%s', (_, schema) => {
    expect(faultOf(() => take(schema))?.message).toContain('for one value; at most 400 are taken')
  })

  it('at the place', () => {
    const schema = within('l', { items: { oneOf: kinds(400) } })
    expect(faultOf(() => take(schema))?.pointer).toBe('/properties/l/items')
  })

  it('and so is an enum of many objects', () => {
    expect(faultOf(() => take({ enum: list(101, at => ({ at })) }))).toMatchObject({ pointer: '/enum' })
    expect(faultOf(() => take({ enum: list(30, at => ({ a: [{ at }], b: [] })) }))?.message).toContain('120')
    expect(faultOf(() => take({ enum: list(100, at => ({ at })) }))).toBeUndefined()
  })
})

describe('what people write is taken, and so are their events', () => {
  it.each<[string, JsonValue, JsonValue]>([
    ['fifty alternatives', { oneOf: kinds(50) }, { kind: 'k49' }],
    [
      'a thousand items of fifty alternatives',
      within('l', { type: 'array', items: { oneOf: kinds(50) } }),
      { l: list(1_000, at => ({ kind: `k${at % 50}` })) },
    ],
    [
      'two hundred fields',
      {
        type: 'object',
        properties: object(
          200,
          at => `p${at}`,
          () => ({ type: 'integer' }),
        ),
        additionalProperties: false,
      },
      object(
        200,
        at => `p${at}`,
        at => at,
      ),
    ],
    [
      'ten thousand lines',
      within('l', {
        type: 'array',
        items: {
          type: 'object',
          required: ['sku'],
          properties: { sku: { type: 'string', maxLength: 20 }, count: { type: 'integer' } },
          additionalProperties: false,
        },
      }),
      { l: list(10_000, () => ({ sku: 'abc', count: 1 })) },
    ],
    [
      'rows of a hundred columns',
      within('rows', { items: { prefixItems: list(100, () => ({ type: 'number' })) } }),
      { rows: list(600, () => list(100, at => at)) },
    ],
    [
      'a hundred conditions',
      {
        type: 'object',
        allOf: list(100, at => ({ if: { properties: { c: { const: at } } }, else: { required: ['x'] } })),
      },
      { c: 5, x: 1 },
    ],
    [
      'a long text',
      within('text', { type: 'string', maxLength: 250_000, pattern: '^[a-z ]+$' }),
      { text: 'a '.repeat(120_000) },
    ],
    ['many different items', within('l', { uniqueItems: true }), { l: list(20_000, at => ({ at })) }],
  ])('%s', (_, schema, event) => {
    expect(judge(schema, event)).toBeUndefined()
  })
})

describe('an event that would keep its schema busy is refused, at the place', () => {
  it.each<[string, string, JsonValue, JsonValue]>([
    [
      'items that none of many fits',
      '/payload/l',
      within('l', { allOf: list(390, at => ({ contains: { const: at } })) }),
      { l: list(60_000, () => 389) },
    ],
    [
      'items with alternatives',
      '/payload/l',
      within('l', { items: { oneOf: kinds(130) } }),
      { l: list(15_000, () => ({ kind: 'k129' })) },
    ],
    [
      'items beside objects',
      '/payload/l',
      within('l', { items: { enum: list(50, at => ({ a: { at } })) } }),
      { l: list(10_000, () => ({ a: { at: 'x' } })) },
    ],
    [
      'items in a long enum',
      '/payload/l',
      within('l', { items: { enum: list(1_000, at => `e${at}`) } }),
      { l: list(60_000, () => 'e999') },
    ],
    [
      'members beside patterns',
      '/payload/m',
      within('m', {
        patternProperties: object(
          30,
          at => `^[a-z]{1,3}${at}x*$`,
          () => true,
        ),
      }),
      {
        m: object(
          20_000,
          at => `zz${at}`,
          () => 1,
        ),
      },
    ],
    [
      'names',
      '/payload/m',
      within('m', { propertyNames: { enum: list(1_000, at => `n${at}`) } }),
      {
        m: object(
          25_000,
          at => `m${at}`,
          () => 1,
        ),
      },
    ],
    [
      'a text of many formats',
      '/payload/s',
      within('s', { anyOf: list(300, () => ({ format: 'uri' })) }),
      { s: 'a.'.repeat(100_000) },
    ],
    [
      'lists that must be unique again and again',
      '/payload/l',
      within('l', { allOf: list(300, () => ({ uniqueItems: true })) }),
      { l: list(40_000, at => at) },
    ],
    [
      'what is left unevaluated',
      '/payload/l',
      within('l', {
        items: {
          allOf: list(100, at => ({
            properties: object(
              1,
              () => `p${at}`,
              () => true,
            ),
          })),
          unevaluatedProperties: false,
        },
      }),
      { l: list(20_000, () => ({ p1: 1 })) },
    ],
    [
      'a list in a list',
      '/payload/l',
      within('l', { $ref: '#/$defs/many' }),
      { l: list(50, () => list(1_000, () => 1)) },
    ],
  ])('%s', (_, pointer, schema, event) => {
    const many = {
      items: { allOf: list(20, () => ({ items: { anyOf: list(15, () => ({ minimum: 9 })) } })) },
    }
    const whole = { ...(schema as object), $defs: { many } } as JsonValue
    expect(judge(whole, event)).toEqual({
      pointer,
      message: expect.stringContaining('would take too long to check'),
      hint: expect.any(String),
    })
  })

  it('whatever was checked before', () => {
    const validate = createSchemaValidator(take(within('l', { items: { oneOf: kinds(130) } })))
    const few = { l: [{ kind: 'k1' }] }
    const many = { l: list(15_000, () => ({ kind: 'k1' })) }
    expect(faultOf(() => validate(few))).toBeUndefined()
    expect(faultOf(() => validate(many))?.pointer).toBe('/payload/l')
    expect(faultOf(() => validate(few))).toBeUndefined()
  })
})
