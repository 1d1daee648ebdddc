import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { parseVerifierKey } from 'keelson/proof'
import { describe, expect, it } from 'vitest'
import {
  isApproverName,
  ownerOf,
  privateKeyText,
  readPrivateKey,
  signRecord,
  verifierKey,
} from './key-file.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const bytes = (text: string) => new TextEncoder().encode(text)
const seed = readPrivateKey(bytes(pem))

describe('readPrivateKey', () => {
  it('reads what OpenSSL writes, as PEM and as DER, and writes the same', () => {
    const der = new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }))
    expect(readPrivateKey(der)).toEqual(seed)
    expect(privateKeyText(seed)).toBe(pem)
  })

  it('refuses what is another thing, in words', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    const refuse = (text: string) => () => readPrivateKey(bytes(text))
    expect(refuse(rsa.export({ type: 'pkcs8', format: 'pem' }) as string)).toThrow('no Ed25519 private key')
    expect(refuse('-----BEGIN ENCRYPTED PRIVATE KEY-----')).toThrow('decrypt it first')
    expect(refuse('hello')).toThrow(TypeError)
    expect(refuse('')).toThrow(TypeError)
  })
})

it('signs what OpenSSL verifies', () => {
  const record = '{"action":"erasure","basis":"Art. 17 – ü"}'
  const signature = Buffer.from(signRecord(seed, record), 'base64url')
  expect(verify(null, bytes(record), createPublicKey(createPrivateKey(pem)), signature)).toBe(true)
})

it('finds whose key it is, but not of one who was revoked', () => {
  const key = verifierKey('ada', seed)
  expect(parseVerifierKey(key).name).toBe('ada')
  const ada = { name: 'ada', key, registeredAt: '', revokedAt: null }
  const eve = { ...ada, name: 'eve', key: verifierKey('eve', new Uint8Array(32).fill(1)) }
  expect(ownerOf(seed, [eve, ada])?.name).toBe('ada')
  expect(ownerOf(seed, [eve, { ...ada, revokedAt: '2026-01-01T00:00:00Z' }])).toBeUndefined()
})

it('takes names that signatures can carry', () => {
  expect(['ada', 'ada@example.com', 'Ada Lovelace', 'a+b', ''].map(isApproverName)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ])
})
