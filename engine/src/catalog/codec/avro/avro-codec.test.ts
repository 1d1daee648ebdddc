import avsc from 'avsc'
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
import { avroCodec } from './avro-codec.ts'
import { toAvroSchema } from './to-avro-schema.ts'

const options = { name: 'Thing', namespace: 'com.example' }
const derive = (schema: JsonObject) => toAvroSchema(schema, options)
const codecOf = (schema: JsonObject) => avroCodec({ writer: derive(schema) })
const text = { type: 'string' }
const nullable = { anyOf: [text, { type: 'null' }] }

describe('avroCodec', () => {
  it('gives every payload of every schema back exactly, in bytes that another implementation reads', () => {
    fc.assert(
      fc.property(payloadCases, ({ schema, payloads }) => {
        const writer = derive(schema)
        const codec = avroCodec({ writer })
        const other = avsc.Type.forSchema(writer as never, { wrapUnions: true })
        for (const payload of payloads) {
          const bytes = codec.encode(payload)
          expect(codec.decode(bytes)).toStrictEqual(payload)
          // It loses the lowest bit of integers beyond ±2^52.
          if (!/\d{16}/.test(JSON.stringify(payload)))
            expect(other.toBuffer(other.fromBuffer(Buffer.from(bytes)))).toStrictEqual(Buffer.from(bytes))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('tells an absent member from one that is null', () => {
    const codec = codecOf(closed({ a: nullable, b: nullable, c: { type: 'null' }, d: {} }, ['b', 'c', 'd']))
    const payloads: JsonObject[] = [
      { a: null },
      { a: null, b: null, c: null, d: null },
      { a: 'x', b: 'y', d: [] },
    ]
    for (const payload of payloads) expect(codec.decode(codec.encode(payload))).toStrictEqual(payload)
  })

  it('reads −0 as 0, and writes equal payloads as equal bytes', () => {
    const codec = codecOf(closed({ a: { type: 'number' }, b: {}, m: { type: 'object' } }))
    const bytes = codec.encode({ a: -0, b: -0, m: { x: 1, y: 2 } })
    expect(codec.decode(bytes)).toStrictEqual({ a: 0, b: 0, m: { x: 1, y: 2 } })
    expect(codec.encode({ m: { y: 2, x: 1 }, b: 0, a: 0 })).toStrictEqual(bytes)
  })

  it('writes recursive values as deep as JSON may be, and no deeper', () => {
    const codec = codecOf(tree)
    const deepest = treeOf(32)
    expect(codec.decode(codec.encode(deepest))).toStrictEqual(deepest)
    failure(() => codec.encode(treeOf(33)), 'payload_invalid')
    failure(() => codec.encode(treeOf(5_000)), 'payload_invalid')
    const endless: JsonObject = { label: '' }
    endless['nodes'] = [endless]
    failure(() => codec.encode(endless), 'payload_invalid')
  })

  it.each<[JsonValue, string, string]>([
    [{ a: 1 }, '/payload/a', 'does not fit string'],
    [{}, '/payload/a', 'is missing'],
    [{ a: 'x', z: 1 }, '/payload/z', 'is not a member'],
    [{ a: 'x', toString: 1 }, '/payload/toString', 'is not a member'],
    [{ a: '\ud800' }, '/payload/a', 'does not fit'],
    [{ a: 'x', n: 1.5 }, '/payload/n', 'does not fit long'],
    [{ a: 'x', n: 2 ** 53 }, '/payload/n', 'does not fit long'],
    [{ a: 'x', d: Number.NaN }, '/payload/d', 'does not fit double'],
    [{ a: 'x', d: 1e300 }, '/payload/d', 'does not fit double'],
    [{ a: 'x', list: ['y', 'red'] }, '/payload/list/0', 'does not fit enum'],
    [{ a: 'x', 'odd/name': 1 }, '/payload/odd~1name', 'does not fit boolean'],
    [['x'], '/payload', 'does not fit record'],
    [null, '/payload', 'does not fit record'],
  ])('refuses %j at %s', (payload, pointer, message) => {
    const schema = closed(
      {
        a: text,
        n: { type: 'integer' },
        d: { type: 'number' },
        list: { type: 'array', items: { enum: ['red'] } },
        'odd/name': { type: 'boolean' },
        toString: text,
      },
      ['n', 'd', 'list', 'odd/name', 'toString'],
    )
    if (pointer === '/payload/toString') delete (schema['properties'] as JsonObject)['toString']
    const error = failure(() => codecOf(schema).encode(payload), 'payload_invalid')
    expect(error.details.faults?.[0]?.pointer).toBe(pointer)
    expect(error.message).toContain(message)
  })

  it('finds the branch of a union in time, however its branches nest', () => {
    const codec = codecOf(branching)
    expect(codec.decode(codec.encode(branchesOf(30, 'c')))).toStrictEqual(branchesOf(30, 'c'))
    const error = failure(() => codec.encode(branchesOf(30, 'x')), 'payload_invalid')
    expect(error.details.faults?.[0]?.pointer).toBe(`/payload${'/next/node'.repeat(29)}/next/kind`)
  })
})

describe('decoding with avroCodec', () => {
  it('refuses bytes that were tampered with, or gives a value', () => {
    checkTampered(codecOf, 1000)
  })

  it.each<[string, JsonObject, number[]]>([
    ['nothing', closed({ a: text }), []],
    ['a text that is cut off', closed({ a: text }), [10, 65]],
    ['a text of negative length', closed({ a: text }), [1]],
    ['a text that is not UTF-8', closed({ a: text }), [4, 0xc3, 0x28]],
    ['bytes after the end', closed({ a: text }), [2, 65, 0]],
    ['a forged count', closed({ a: { type: 'array', items: text } }), [0xfe, 0xff, 0xff, 0xff, 0x0f]],
    [
      'a forged count of nothings',
      closed({ a: { type: 'array', items: closed({}) } }),
      [0xfe, 0xff, 0xff, 0x0f, 0],
    ],
    [
      'a block that is longer than its count',
      closed({ a: { type: 'array', items: closed({}) } }),
      [1, 1, 1, 1, 0, 9],
    ],
    ['an integer without an end', closed({ a: { type: 'integer' } }), Array(20).fill(0xff)],
    ['an integer that is not safe', closed({ a: { type: 'integer' } }), [...Array(8).fill(0xff), 0x7f]],
    ['not a number', closed({ a: { type: 'number' } }), [0, 0, 0, 0, 0, 0, 0xf8, 0x7f]],
    ['a branch that is not there', closed({ a: text }, ['a']), [4]],
    ['a key twice', { type: 'object' }, [4, 2, 65, 2, 49, 2, 65, 2, 49, 0]],
    ['the key __proto__', { type: 'object' }, [2, 18, ...Buffer.from('__proto__'), 2, 49, 0]],
    ['text that is no JSON', closed({ a: {} }), [2, 123]],
    ['nesting without end', tree, Array.from({ length: 1000 }, (_, at) => [0, 2, 2][at % 3] as number)],
  ])('refuses %s', (_, schema, bytes) => {
    failure(() => codecOf(schema).decode(Uint8Array.from(bytes)), 'encoding_invalid')
  })

  it('refuses more bytes than it was told to take, and writes no more', () => {
    const codec = avroCodec({ writer: derive(closed({ a: text })), maxBytes: 10 })
    expect(codec.encode({ a: 'x'.repeat(9) })).toHaveLength(10)
    failure(() => codec.encode({ a: 'x'.repeat(10) }), 'payload_invalid')
    failure(() => codec.decode(new Uint8Array(11)), 'encoding_invalid')
  })
})

describe('reading with the schema of another version', () => {
  const older = derive(
    closed({ id: text, gone: text, size: { type: 'integer' }, color: { enum: ['red', 'blue'] } }),
  )
  const newer = derive(
    closed({ size: { type: 'number' }, id: text, note: text, color: { enum: ['red'] } }, ['note']),
  )

  it('resolves as Avro says', () => {
    const bytes = avroCodec({ writer: older }).encode({ id: '1', gone: 'x', size: 3, color: 'red' })
    const lax = structuredClone(newer) as { fields: { type: { default?: string } }[] }
    ;(lax.fields[3] as { type: { default?: string } }).type.default = 'red'
    const codec = avroCodec({ writer: older, reader: lax as never })
    expect(codec.decode(bytes)).toStrictEqual({ id: '1', size: 3, color: 'red' })
  })

  it('fills in defaults, each time anew', () => {
    const field = (extra: JsonObject) => ({
      type: 'record',
      name: 'R',
      fields: [{ name: 'a', type: 'int' }, ...(Object.keys(extra).length > 0 ? [extra as never] : [])],
    })
    const reader = field({ name: 'list', type: { type: 'array', items: 'int' }, default: [1, 2] })
    const codec = avroCodec({ writer: field({}), reader })
    const first = codec.decode(Uint8Array.of(2)) as { list: number[] }
    first.list.push(3)
    expect(codec.decode(Uint8Array.of(2))).toStrictEqual({ a: 1, list: [1, 2] })
  })

  it('says at once, and where, that the one cannot read the other', () => {
    const error = failure(() => avroCodec({ writer: newer, reader: older }), 'schema_incompatible')
    expect(error.message).toContain('/gone')
    expect(error.details['mismatches']).toHaveLength(2)
  })

  it('refuses to make much of little by defaults', () => {
    const list: JsonObject = {
      name: 'list',
      type: { type: 'array', items: 'int' },
      default: Array(500).fill(1),
    }
    const items = (...fields: JsonObject[]): JsonObject => ({
      type: 'array',
      items: { type: 'record', name: 'R', fields },
    })
    const codec = avroCodec({ writer: items(), reader: items(list) })
    expect(codec.decode(Uint8Array.of(2, 0))).toStrictEqual([{ list: list['default'] }])
    failure(() => codec.decode(Uint8Array.of(0x80, 0x80, 0x01, 0)), 'encoding_invalid')
  })

  it('refuses a default that contains itself', () => {
    const endless = {
      type: 'record',
      name: 'R',
      fields: [{ name: 'r', type: 'R', default: {} }],
    }
    failure(
      () => avroCodec({ writer: { type: 'record', name: 'R', fields: [] }, reader: endless }),
      'schema_invalid',
    )
  })
})
