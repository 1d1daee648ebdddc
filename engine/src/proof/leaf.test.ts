import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../core/index.ts'
import type { Leaf, LeafKind } from './leaf.ts'
import { blindLength, commitBody, leafHash, leafText, zeroHash } from './leaf.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url')

const kinds: LeafKind[] = [
  'event',
  'erasure',
  'retention',
  'redaction',
  'hold.set',
  'hold.release',
  'policy',
  'key',
  'seal',
]

const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map(bytes => Buffer.from(bytes).toString('base64url'))
const leaf: fc.Arbitrary<Leaf> = fc.record({
  body: hash,
  id: fc.stringMatching(/^[A-Za-z0-9._:-]{1,128}$/),
  kind: fc.constantFrom(...kinds),
  n: fc.maxSafeNat(),
  prev: hash,
  t: fc
    .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    .map(date => date.toISOString()),
})

describe('a body commitment', () => {
  it('is SHA-256 over the prefix, the blind and the body, to the byte', () => {
    // "keelson/v1 body" and a line feed.
    const prefix = Buffer.from('6b65656c736f6e2f763120626f64790a', 'hex')
    const blind = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex')
    // {"a":"é€😀"}
    const body = Buffer.from('7b2261223a22c3a9e282acf09f9880227d', 'hex')
    const expected = sha256(Buffer.concat([prefix, blind, body]))
    expect(commitBody('{"a":"é€😀"}', blind)).toBe(expected)
    expect(expected).toMatch(/^[\w-]{43}$/)
  })

  it('holds for an empty body and for one of 300 KB', () => {
    const blind = Buffer.alloc(32, 0xff)
    const prefix = Buffer.from('6b65656c736f6e2f763120626f64790a', 'hex')
    expect(commitBody('', blind)).toBe(sha256(Buffer.concat([prefix, blind])))
    const long = `"${'ü'.repeat(150_000)}"`
    expect(commitBody(long, blind)).toBe(sha256(Buffer.concat([prefix, blind, Buffer.from(long, 'utf8')])))
  })

  it('changes with every byte of blind and body', () => {
    const blind = Buffer.alloc(32)
    const first = commitBody('{}', blind)
    expect(commitBody('{} ', blind)).not.toBe(first)
    for (let at = 0; at < blindLength; at += 1) {
      const other = Buffer.from(blind)
      other[at] = 1
      expect(commitBody('{}', other)).not.toBe(first)
    }
  })
})

describe('a leaf', () => {
  it('is the text that the format shows, and its hash is that of a zero byte before it', () => {
    const text =
      '{"body":"6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw","id":"evt_000000","kind":"event","n":0,' +
      '"prev":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","t":"2026-11-20T23:59:00.456Z","v":1}'
    expect(
      leafText({
        body: '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
        id: 'evt_000000',
        kind: 'event',
        n: 0,
        prev: zeroHash,
        t: '2026-11-20T23:59:00.456Z',
      }),
    ).toBe(text)
    expect(leafHash(text)).toBe(sha256(Buffer.concat([Buffer.from([0x00]), Buffer.from(text, 'ascii')])))
    expect(leafHash(text)).not.toBe(sha256(Buffer.from(text)))
  })

  it('has the empty leaf hash of RFC 6962 where it is empty', () => {
    // SHA-256 of one zero byte.
    const hex = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
    expect(Buffer.from(leafHash(''), 'base64url').toString('hex')).toBe(hex)
  })

  it('begins its chain with 32 zero bytes', () => {
    expect(zeroHash).toBe(Buffer.alloc(32).toString('base64url'))
  })

  it('is canonical JSON, whatever its fields', () => {
    fc.assert(
      fc.property(leaf, fields => {
        const text = leafText(fields)
        expect(text).toBe(canonicalJson({ ...fields, v: 1 }))
        expect(JSON.parse(text)).toEqual({ ...fields, v: 1 })
      }),
      { numRuns: 500 },
    )
  })

  it('stays under 65,536 bytes and on one line', () => {
    const text = leafText({
      body: zeroHash,
      id: 'x'.repeat(128),
      kind: 'hold.release',
      n: Number.MAX_SAFE_INTEGER,
      prev: zeroHash,
      t: '9999-12-31T23:59:59.999Z',
    })
    expect(Buffer.byteLength(text)).toBeLessThan(65_536)
    expect(text).not.toContain('\n')
  })
})
