import { describe, expect, it } from 'vitest'
import { failure } from '../fixtures/codec-cases.ts'
import { decodeRegistryFrame, encodeRegistryFrame } from '../frame.ts'
import { avroFingerprint, decodeSingleObject, encodeSingleObject } from './single-object.ts'

const body = Uint8Array.of(1, 2, 3)

describe('single objects', () => {
  // From the tests of Apache Avro: share/test/data/schema-tests.txt.
  it.each([
    ['null', '63dd24e7cc258f8a'],
    ['int', '7275d51a3f395c8f'],
    ['float', '4d7c02cb3ea8d790'],
    ['boolean', '9f42fc78a4d4f764'],
    ['string', '8f014872634503c7'],
  ])('have the fingerprint of the schema %s', (schema, fingerprint) => {
    expect(avroFingerprint(schema)).toBe(fingerprint)
    expect(avroFingerprint({ type: schema, doc: 'x' })).toBe(fingerprint)
  })

  it('begin with the marker and the fingerprint, lowest byte first', () => {
    const bytes = encodeSingleObject('63dd24e7cc258f8a', body)
    expect([...bytes]).toEqual([0xc3, 1, 0x8a, 0x8f, 0x25, 0xcc, 0xe7, 0x24, 0xdd, 0x63, 1, 2, 3])
    expect(decodeSingleObject(bytes)).toEqual({ fingerprint: '63dd24e7cc258f8a', body })
    failure(() => decodeSingleObject(bytes.subarray(0, 9)), 'encoding_invalid')
    failure(() => decodeSingleObject(Uint8Array.of(0xc3, 2, 0, 0, 0, 0, 0, 0, 0, 0)), 'encoding_invalid')
    expect(() => encodeSingleObject('xyz', body)).toThrow(RangeError)
  })
})

describe('frames of a schema registry', () => {
  it('begin with a zero and the id, also where the bytes are a part of others', () => {
    const bytes = encodeRegistryFrame(258, body)
    expect([...bytes]).toEqual([0, 0, 0, 1, 2, 1, 2, 3])
    const shifted = Uint8Array.of(9, ...bytes).subarray(1)
    expect(decodeRegistryFrame(shifted)).toEqual({ schemaId: 258, body })
    failure(() => decodeRegistryFrame(Uint8Array.of(0, 0, 0, 1)), 'encoding_invalid')
    failure(() => decodeRegistryFrame(Uint8Array.of(1, 0, 0, 0, 1)), 'encoding_invalid')
    expect(() => encodeRegistryFrame(2 ** 31, body)).toThrow(RangeError)
    expect(() => encodeRegistryFrame(1.5, body)).toThrow(RangeError)
  })
})
