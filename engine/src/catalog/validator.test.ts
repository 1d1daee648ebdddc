import Type from 'typebox'
import { Settings } from 'typebox/system'
import { describe, expect, it } from 'vitest'
import type { FieldFault, JsonValue } from '../core/index.ts'
import { defineEvent, KeelsonError } from '../core/index.ts'
import { createValidator } from './validator.ts'

const { payload } = defineEvent({
  type: 'OrderPlaced',
  version: '1.0',
  kind: 'domain',
  topic: 'orders',
  summary: 'An order was placed.',
  producer: 'Orders',
  consumers: [],
  payload: Type.Object({
    id: Type.String({ minLength: 2 }),
    size: Type.Enum(['S', 'M']),
    kind: Type.Optional(Type.Literal('order')),
    at: Type.Optional(Type.String({ format: 'date-time' })),
    lines: Type.Optional(
      Type.Array(Type.Object({ sku: Type.String(), count: Type.Integer({ minimum: 1 }) })),
    ),
    place: Type.Optional(Type.Object({ 'a/b': Type.String() })),
    open: Type.Optional(Type.Object({ a: Type.String() }, { additionalProperties: true })),
  }),
  examples: [{ id: 'ab', size: 'S' }],
})

const validate = createValidator(payload)
const good = { id: 'ab', size: 'S' }

function faultsOf(value: JsonValue): readonly FieldFault[] {
  try {
    validate(value)
  } catch (error) {
    if (error instanceof KeelsonError && error.code === 'payload_invalid') return error.details.faults ?? []
    throw error
  }
  return []
}

describe('a payload', () => {
  it('passes where it fits', () => {
    expect(faultsOf(good)).toEqual([])
    expect(
      faultsOf({
        ...good,
        kind: 'order',
        at: '2026-06-11T09:00:01Z',
        lines: [{ sku: 'x', count: 1 }],
        open: { a: '', more: [1] },
      }),
    ).toEqual([])
  })

  it.each<[string, JsonValue, FieldFault]>([
    [
      'a wrong type',
      { ...good, id: 7 },
      { pointer: '/payload/id', message: 'must be of type string, and is an integer' },
    ],
    [
      'a value not listed',
      { ...good, size: 'XL' },
      { pointer: '/payload/size', message: 'must be one of "S", "M"' },
    ],
    ['a wrong literal', { ...good, kind: 'offer' }, { pointer: '/payload/kind', message: 'must be "order"' }],
    ['a missing member', { id: 'ab' }, { pointer: '/payload', message: 'must have "size"' }],
    [
      'a fault in a list',
      {
        ...good,
        lines: [
          { sku: 'x', count: 1 },
          { sku: 'x', count: 1.5 },
        ],
      },
      { pointer: '/payload/lines/1/count', message: 'must be of type integer, and is a number' },
    ],
    [
      'a value that is no object',
      'text',
      { pointer: '/payload', message: 'must be of type object, and is a string' },
    ],
  ])('names %s and its place', (_, value, fault) => {
    expect(faultsOf(value)).toContainEqual(fault)
  })

  it.each<[string, JsonValue]>([
    ['/payload/id', { ...good, id: 'a' }],
    ['/payload/at', { ...good, at: 'yesterday' }],
    ['/payload/lines/0/count', { ...good, lines: [{ sku: 'x', count: 0 }] }],
  ])('names the place %s of a value out of bounds', (pointer, value) => {
    expect(faultsOf(value)).toEqual([{ pointer, message: expect.stringMatching(/^must /) }])
  })

  it.each<[string, JsonValue]>([
    ['/payload/colour', { ...good, colour: 'red' }],
    ['/payload/lines/0/colour', { ...good, lines: [{ sku: 'x', count: 1, colour: 'red' }] }],
    ['/payload/place/c~1d', { ...good, place: { 'a/b': '', 'c/d': 1 } }],
  ])('names an unknown member %s once, with a hint', (pointer, value) => {
    expect(faultsOf(value)).toEqual([
      { pointer, message: 'is not a member of this event', hint: 'remove it, or check its spelling' },
    ])
  })

  it('has all its faults reported, up to fifty', () => {
    const extra = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, index]))
    expect(faultsOf({ ...good, ...extra(30) })).toHaveLength(30)
    expect(faultsOf({ ...good, ...extra(80) })).toHaveLength(50)
    expect(Settings.Get().maxErrors).toBe(8)
  })

  it('has the first fault and the number of the others in the message', () => {
    expect(() => validate({ id: 7, size: 'S' })).toThrow('/payload/id must be of type string')
    expect(() => validate({ ...good, a: 1, b: 2, c: 3 })).toThrow(
      /^\/payload\/a is not a member .*, and 2 more$/,
    )
  })
})

describe('what a fault says of the value', () => {
  const shop = createValidator(
    Type.Object(
      {
        userId: Type.String({ maxLength: 3 }),
        cycle: Type.Enum(['Monthly', 'Annual']),
        lines: Type.Array(Type.Object({ amount: Type.Number() }, { additionalProperties: false }), {
          maxItems: 1,
        }),
      },
      { additionalProperties: false },
    ),
  )
  const whole = { userId: 'abc', cycle: 'Monthly', lines: [{ amount: 1 }] }
  const faultsIn = (value: JsonValue): readonly FieldFault[] => {
    try {
      shop(value)
    } catch (error) {
      if (error instanceof KeelsonError) return error.details.faults ?? []
      throw error
    }
    return []
  }

  it.each<[JsonValue, FieldFault]>([
    [
      { ...whole, userid: 'x' },
      { pointer: '/payload/userid', message: 'is not a member of this event', hint: 'did you mean userId?' },
    ],
    [
      { ...whole, lines: [{ amount: 1, amuont: 2 }] },
      {
        pointer: '/payload/lines/0/amuont',
        message: 'is not a member of this event',
        hint: 'did you mean amount?',
      },
    ],
    [
      { ...whole, cycle: 'monthly' },
      {
        pointer: '/payload/cycle',
        message: 'must be one of "Monthly", "Annual"',
        hint: 'did you mean "Monthly"?',
      },
    ],
    [
      { ...whole, lines: [{ amount: null }] },
      { pointer: '/payload/lines/0/amount', message: 'must be of type number, and is null' },
    ],
    [
      { ...whole, lines: {} },
      { pointer: '/payload/lines', message: 'must be of type array, and is an object' },
    ],
    [
      { ...whole, userId: 'secret' },
      { pointer: '/payload/userId', message: expect.stringMatching(/, and has 6$/) },
    ],
    [
      { ...whole, lines: [{ amount: 1 }, { amount: 2 }] },
      { pointer: '/payload/lines', message: expect.stringMatching(/, and has 2$/) },
    ],
  ])('%j', (value, fault) => {
    expect(faultsIn(value)).toContainEqual(fault)
  })

  it('tells nothing of the value itself', () => {
    const said = JSON.stringify(
      faultsIn({ userId: 'a secret', cycle: 'another secret', lines: [{ amount: 'third' }] }),
    )
    expect(said).not.toMatch(/secret|third/)
  })
})

describe('a member with a name that every object knows', () => {
  it.each(['toString', 'valueOf', 'hasOwnProperty', 'constructor', '__proto__'])('is missed: %s', name => {
    const named = createValidator(Type.Object(Object.fromEntries([[name, Type.Unknown()]])))
    expect(() => named({})).toThrow(`must have "${name}"`)
    expect(named(JSON.parse(`{ "${name}": 1 }`))).toBeUndefined()
  })
})

describe('items that must differ', () => {
  const unique = createValidator(
    Type.Object({ l: Type.Array(Type.Unknown(), { uniqueItems: true, minItems: 1 }) }),
  )

  it.each<[JsonValue[]]>([
    [[0, -0]],
    [[{ a: 0 }, { a: -0 }]],
    [
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
    [['a', 'b', 'a']],
    [[[1], [1]]],
    [[null, null]],
  ])('are refused where they are stored the same: %j', l => {
    expect(() => unique({ l })).toThrow('/payload/l must not have duplicate items')
  })

  it.each<[JsonValue[]]>([[[1, '1', true, 'true', null, 'null', [], {}, '[]', [1], ['1']]], [[0]]])(
    'are taken where they differ: %j',
    l => {
      expect(unique({ l })).toBeUndefined()
      expect(() => unique({ l: [] })).toThrow('/payload/l')
    },
  )

  it('may be a member of that name', () => {
    const named = createValidator(Type.Object({ uniqueItems: Type.Literal(true) }))
    expect(named({ uniqueItems: true })).toBeUndefined()
  })
})

describe('a large payload that does not fit', () => {
  const line = Type.Object({ sku: Type.String(), count: Type.Integer() }, { additionalProperties: false })
  const order = createValidator(Type.Object({ lines: Type.Array(line) }, { additionalProperties: false }))
  const lines = (count: number): JsonValue[] => Array.from({ length: count }, () => ({ sku: 'a', count: 1 }))

  it('has its fault named where that takes no longer than a tenth of a second', () => {
    expect(() => order({ lines: [...lines(1_000), { sku: 1, count: 1 }] })).toThrow('/payload/lines/1000/sku')
  })

  it('is refused without', () => {
    expect(() => order({ lines: [...lines(100_000), { sku: 1, count: 1 }] })).toThrow(
      '/payload does not fit its schema, and is too large to find out where',
    )
    expect(order({ lines: lines(100_000) })).toBeUndefined()
  })
})
