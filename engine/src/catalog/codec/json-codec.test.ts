import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { payloadCases } from './fixtures/arbitrary-schema.ts'
import { checkTampered, failure, treeOf } from './fixtures/codec-cases.ts'
import { jsonCodec } from './json-codec.ts'

const codec = jsonCodec()
const utf8 = (text: string) => new TextEncoder().encode(text)

describe('jsonCodec', () => {
  it('gives every payload back exactly, as canonical JSON', () => {
    fc.assert(
      fc.property(payloadCases, ({ payloads }) => {
        for (const payload of payloads) expect(codec.decode(codec.encode(payload))).toStrictEqual(payload)
      }),
      { numRuns: 300 },
    )
    expect(new TextDecoder().decode(codec.encode({ b: -0, a: 'ä' }))).toBe('{"a":"ä","b":0}')
  })

  it('refuses payloads that it could not read again', () => {
    expect(codec.decode(codec.encode(treeOf(32)))).toStrictEqual(treeOf(32))
    failure(() => codec.encode(treeOf(33)), 'payload_invalid')
    failure(() => codec.encode({ a: 2 ** 53 }), 'payload_invalid')
    failure(() => codec.encode({ a: '\ud800' }), 'payload_invalid')
    failure(() => codec.encode(JSON.parse('{"__proto__":1}')), 'payload_invalid')
    failure(() => jsonCodec({ maxBytes: 4 }).encode('abc'), 'payload_invalid')
  })

  it('refuses bytes that were tampered with, or gives a value', () => {
    checkTampered(() => codec, 500)
  })

  it.each(['', '{', '{"a":1,"a":2}', '9007199254740993', `${'['.repeat(65)}${']'.repeat(65)}`, '"\\ud800"'])(
    'refuses %s',
    text => {
      failure(() => codec.decode(utf8(text)), 'encoding_invalid')
    },
  )

  it('refuses what is not UTF-8, or too long', () => {
    failure(() => codec.decode(Uint8Array.of(34, 0xff, 34)), 'encoding_invalid')
    failure(() => jsonCodec({ maxBytes: 4 }).decode(utf8('"abc"')), 'encoding_invalid')
  })
})
