import fc from 'fast-check'
import { expect, it } from 'vitest'
import * as noble from './noble.ts'
import * as node from './node.ts'

const bytes = fc.uint8Array({ maxLength: 300 })
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 })
const text = fc.string({ unit: 'binary', maxLength: 100 })
const encoding = fc.constantFrom('base64', 'base64url', 'hex')
const plain = (value: Uint8Array | undefined) => value && [...value]

it('browsers have everything that Node has', () => {
  expect(Object.keys(noble).sort()).toEqual(Object.keys(node).sort())
})

it('hashes are the same in both', () => {
  fc.assert(
    fc.property(bytes, text, encoding, (data, words, form) => {
      for (const one of [data, words]) {
        expect(noble.sha256(one)).toBe(node.sha256(one))
        expect(noble.sha256Text(one, form)).toBe(node.sha256Text(one, form))
      }
      const [running, other] = [noble.runningSha256(), node.runningSha256()]
      for (const part of [data, words, data]) {
        running.update(part)
        other.update(part)
      }
      expect(running.digest()).toBe(other.digest())
      const [left, right] = [node.sha256(data), node.sha256(words)]
      expect(noble.createNodeHash()(left, right)).toBe(node.createNodeHash()(left, right))
    }),
  )
})

it('bytes and texts are the same in both', () => {
  const anyText = fc.oneof(
    text,
    fc.base64String(),
    fc.stringMatching(/^[\w-]{0,20}=?$/),
    fc.stringMatching(/^[0-9a-f]*$/),
  )
  fc.assert(
    fc.property(bytes, anyText, encoding, (data, words, form) => {
      const encoded = node.encode(data, form)
      expect(noble.encode(data, form)).toBe(encoded)
      expect(plain(noble.decode(encoded, form))).toEqual(plain(data))
      expect(plain(node.decode(encoded, form))).toEqual(plain(data))
      expect(plain(noble.decode(words, form))).toEqual(plain(node.decode(words, form)))
      expect(noble.toByteText(data)).toBe(node.toByteText(data))
      expect(plain(noble.fromByteText(node.toByteText(data)))).toEqual(plain(data))
      expect(plain(noble.utf8(words))).toEqual(plain(node.utf8(words)))
      expect(plain(noble.concat(data, words, data))).toEqual(plain(node.concat(data, words, data)))
    }),
  )
})

it('signatures of one are verified by the other, and altered ones by neither', () => {
  fc.assert(
    fc.property(seed, bytes, fc.nat(63), (key, message, at) => {
      const publicKey = node.publicKeyOf(key)
      expect(plain(noble.publicKeyOf(key))).toEqual(plain(publicKey))
      const signature = node.signEd25519(key, message)
      expect(plain(noble.signEd25519(key, message))).toEqual(plain(signature))
      const altered = Uint8Array.from(signature)
      altered[at] = (altered[at] as number) ^ 1
      for (const { verifyEd25519 } of [noble, node]) {
        expect(verifyEd25519(publicKey, message, signature)).toBe(true)
        expect(verifyEd25519(publicKey, message, altered)).toBe(false)
        expect(verifyEd25519(publicKey, Uint8Array.of(...message, 0), signature)).toBe(false)
        expect(verifyEd25519(new Uint8Array(31), message, signature)).toBe(false)
        expect(verifyEd25519(publicKey, message, signature.subarray(1))).toBe(false)
      }
    }),
    { numRuns: 20 },
  )
})

// RFC 8032, 7.1, TEST 2.
it('signs as RFC 8032 shows', () => {
  const key = node.decode(
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    'hex',
  ) as Uint8Array
  for (const one of [noble, node]) {
    expect(one.encode(one.publicKeyOf(key), 'hex')).toBe(
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    )
    expect(one.encode(one.signEd25519(key, Uint8Array.of(0x72)), 'hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    )
  }
})
