import { parseVerifierKey, publicKeyOf, signEd25519, verifierKeyOf, verifierKeyText } from 'keelson/proof'
import type { ApproverItem } from '../../api/log-types.ts'
import { toBase64Url } from '../../event/integrity/base64url.ts'

/** What stands before the seed of an Ed25519 key in PKCS #8 (RFC 8410). */
const prefix = [
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
]
const seedLength = 32
/** Bytes that a key file may have. */
export const longestFile = 10_000

/** The seed of an Ed25519 private key in PKCS #8, as PEM or DER. @throws TypeError in words for whoever chose it. */
export function readPrivateKey(file: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(file)
  if (text.includes('ENCRYPTED PRIVATE KEY'))
    throw new TypeError('The key is encrypted: decrypt it first, with `openssl pkey`')
  const [, encoded] = /-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----/.exec(text) ?? []
  const der = encoded === undefined ? file : fromBase64(encoded)
  const isKey = der?.length === prefix.length + seedLength && prefix.every((byte, at) => der[at] === byte)
  if (der === undefined || !isKey)
    throw new TypeError('This is no Ed25519 private key in PKCS #8, PEM or DER')
  return der.slice(prefix.length)
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text.replaceAll(/\s/g, '')), character => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

export function privateKeyText(seed: Uint8Array): string {
  const der = btoa(String.fromCharCode(...prefix, ...seed))
  return `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`
}

/** A name that signatures can carry. */
export const isApproverName = (name: string): boolean => /^[^\s+]{1,128}$/u.test(name)

/** @throws TypeError for another name than `isApproverName` lets be. */
export const verifierKey = (name: string, seed: Uint8Array): string =>
  verifierKeyText(verifierKeyOf({ name, kind: 'author', seed }))

/** base64url of the signature over the UTF-8 bytes of the record. */
export const signRecord = (seed: Uint8Array, record: string): string =>
  toBase64Url(signEd25519(seed, new TextEncoder().encode(record)))

/** Whose key it is among the approvers who can sign; undefined where it is nobody's. */
export function ownerOf(seed: Uint8Array, approvers: readonly ApproverItem[]): ApproverItem | undefined {
  const own = toBase64Url(publicKeyOf(seed))
  return approvers.find(
    ({ key, revokedAt }) => revokedAt === null && toBase64Url(parseVerifierKey(key).publicKey) === own,
  )
}
