import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { payloadCases } from '../fixtures/arbitrary-schema.ts'
import {
  branchesOf,
  branching,
  checkTampered,
  closed,
  failure,
  tree,
  treeOf,
} from '../fixtures/codec-cases.ts'
import { assignNumbers } from './field-numbers.ts'
import { protobufCodec } from './protobuf-codec.ts'

const codecOf = (schema: JsonObject) => protobufCodec({ schema, numbers: assignNumbers(undefined, schema) })
const text = { type: 'string' }
const list = { type: 'array', items: text }
const map = { type: 'object', additionalProperties: { type: 'integer' } }
const nullableList = { anyOf: [list, { type: 'null' }] }

describe('protobufCodec', () => {
  it('gives every payload of every schema back exactly', () => {
    fc.assert(
      fc.property(payloadCases, ({ schema, payloads }) => {
        const codec = codecOf(schema)
        for (const payload of payloads) expect(codec.decode(codec.encode(payload))).toStrictEqual(payload)
      }),
      { numRuns: 500 },
    )
  })

  it('tells absent, null and empty from each other', () => {
    const codec = codecOf(closed({ list: nullableList, map, must: list, own: nullableList }, ['list', 'map']))
    const base = { must: [], own: null }
    const payloads: JsonObject[] = [base, { ...base, list: null }, { ...base, list: [], map: {}, own: [] }]
    for (const payload of payloads) expect(codec.decode(codec.encode(payload))).toStrictEqual(payload)
  })

  it('reads −0 as 0, and writes equal payloads as equal bytes', () => {
    const codec = codecOf(closed({ a: { type: 'number' }, b: {}, n: { type: 'integer' }, map }))
    const bytes = codec.encode({ a: -0, b: -0, n: -0, map: { x: 1, y: 2 } })
    expect(codec.decode(bytes)).toStrictEqual({ a: 0, b: 0, n: 0, map: { x: 1, y: 2 } })
    expect(codec.encode({ map: { y: 2, x: 1 }, n: 0, b: 0, a: 0 })).toStrictEqual(bytes)
  })

  it('reads what a later version wrote, and passes over what it does not know', () => {
    const older = closed({ a: text })
    const newer = closed({ a: text, b: { type: 'number' }, c: list, d: { type: 'integer' }, e: map })
    const numbers = assignNumbers(undefined, older)
    const later = protobufCodec({ schema: newer, numbers: assignNumbers(numbers, newer) })
    const bytes = later.encode({ a: 'x', b: 1.5, c: ['y'], d: -1, e: { f: 1 } })
    expect(protobufCodec({ schema: older, numbers }).decode(bytes)).toStrictEqual({ a: 'x' })
  })

  it('writes recursive values as deep as JSON may be, and no deeper', () => {
    const codec = codecOf(tree)
    expect(codec.decode(codec.encode(treeOf(32)))).toStrictEqual(treeOf(32))
    failure(() => codec.encode(treeOf(33)), 'payload_invalid')
    failure(() => codec.encode(treeOf(5_000)), 'payload_invalid')
  })

  it('finds the branch of a union in time, however its branches nest', () => {
    const codec = codecOf(branching)
    expect(codec.decode(codec.encode(branchesOf(30, 'c')))).toStrictEqual(branchesOf(30, 'c'))
    failure(() => codec.encode(branchesOf(30, 'x')), 'payload_invalid')
  })

  it.each<[JsonValue, string, string]>([
    [{ a: 1 }, '/payload/a', 'must be a string'],
    [{}, '/payload/a', 'is missing'],
    [{ a: null }, '/payload/a', 'must not be null'],
    [{ a: 'x', z: 1 }, '/payload/z', 'is not a member'],
    [{ a: '\ud800' }, '/payload/a', 'surrogate'],
    [{ a: 'x', list: ['y', 1] }, '/payload/list/1', 'must be a string'],
    [{ a: 'x', map: { 'k/': 1.5 } }, '/payload/map/k~1', 'integer'],
    [{ a: 'x', kind: 'z' }, '/payload/kind', 'none of the values'],
    [{ a: 'x', either: [] }, '/payload/either', 'fits no branch'],
    [{ a: 'x', any: 1e300 }, '/payload/any', 'outside'],
    ['x', '/payload', 'must be an object'],
  ])('refuses %j at %s', (payload, pointer, message) => {
    const either = { anyOf: [text, { type: 'integer' }] }
    const properties = { a: text, list, map, kind: { enum: ['k'] }, either, any: {} }
    const codec = codecOf(closed(properties, ['list', 'map', 'kind', 'either', 'any']))
    const error = failure(() => codec.encode(payload), 'payload_invalid')
    expect(error.details.faults?.[0]?.pointer).toBe(pointer)
    expect(error.message).toContain(message)
  })

  it('needs a number for every field and value', () => {
    const schema = closed({ a: text, b: { enum: ['x'] } })
    failure(
      () => protobufCodec({ schema, numbers: assignNumbers(undefined, closed({ a: text })) }),
      'schema_invalid',
    )
    const numbers = assignNumbers(undefined, schema)
    failure(() => protobufCodec({ schema, numbers: { ...numbers, enums: {} } }), 'schema_invalid')
  })
})

describe('decoding with protobufCodec', () => {
  it('refuses bytes that were tampered with, or gives a value', () => {
    checkTampered(codecOf, 1000)
  })

  it.each<[string, JsonObject, number[]]>([
    ['a member that is missing', closed({ a: text }), []],
    ['a text that is cut off', closed({ a: text }), [10, 5, 65]],
    ['a text that is not UTF-8', closed({ a: text }), [10, 2, 0xc3, 0x28]],
    ['another wire type', closed({ a: text }), [8, 1]],
    ['a group', closed({}), [11, 12]],
    ['a field without a number', closed({}), [0, 0]],
    ['a field whose end is missing', closed({}), [0x80]],
    ['an integer without an end', closed({ a: { type: 'integer' } }), [8, ...Array(20).fill(0xff)]],
    ['an integer that is not safe', closed({ a: { type: 'integer' } }), [8, ...Array(8).fill(0xff), 0x7f]],
    ['a boolean of 2', closed({ a: { type: 'boolean' } }), [8, 2]],
    ['infinity', closed({ a: { type: 'number' } }), [9, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f]],
    ['a value of zero', closed({ a: { enum: ['x'] } }), [8, 0]],
    ['an entry without a value', closed({ map }), [10, 3, 10, 1, 65]],
    ['an entry that is longer than its message', closed({ map }), [10, 3, 10, 9, 65]],
    ['the key __proto__', closed({ map }), [10, 13, 10, 9, ...Buffer.from('__proto__'), 16, 1]],
    ['text that is no JSON', closed({ a: {} }), [10, 1, 123]],
  ])('refuses %s', (_, schema, bytes) => {
    failure(() => codecOf(schema).decode(Uint8Array.from(bytes)), 'encoding_invalid')
  })

  it('takes the last of several in a oneof', () => {
    const codec = codecOf(closed({ a: { anyOf: [text, { type: 'integer' }] } }))
    expect(codec.decode(Uint8Array.of(10, 7, 8, 1, 18, 1, 65, 8, 2))).toStrictEqual({ a: 2 })
    expect(codec.decode(Uint8Array.of(10, 5, 8, 1, 18, 1, 65))).toStrictEqual({ a: 'A' })
  })

  it('refuses nesting without end, and more bytes than it was told to take', () => {
    let bytes: number[] = []
    for (let level = 0; level < 100; level += 1) {
      const length = bytes.length + 2
      bytes = [
        10,
        0,
        18,
        ...(bytes.length > 127 ? [(bytes.length & 127) | 128, bytes.length >> 7] : [bytes.length]),
        ...bytes,
      ]
      expect(bytes.length).toBeGreaterThan(length)
    }
    const error = failure(() => codecOf(tree).decode(Uint8Array.from(bytes)), 'encoding_invalid')
    expect(error.message).toContain('nested deeper')
    const small = closed({ a: text })
    const codec = protobufCodec({ schema: small, numbers: assignNumbers(undefined, small), maxBytes: 10 })
    failure(() => codec.encode({ a: 'x'.repeat(9) }), 'payload_invalid')
    failure(() => codec.decode(new Uint8Array(11)), 'encoding_invalid')
  })
})
