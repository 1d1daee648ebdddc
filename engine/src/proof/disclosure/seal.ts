import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { decodeUtf8, KeelsonError } from '../../core/index.ts'

const algorithm = 'aes-256-gcm'
const ivLength = 12
const tagLength = 16

/** What binds sealed disclosures to their place: the tenant, its log, the entry and the key. */
export const disclosureAad = (tenantId: string, n: number, kid: string): string =>
  `${tenantId}|main|${n}|${kid}`

/** AES-256-GCM over the JSON array of the disclosures: iv (12 bytes) ‖ ciphertext ‖ tag (16 bytes). `key` has 32 bytes. */
export function sealDisclosures(key: Uint8Array, aad: string, disclosures: readonly string[]): Uint8Array {
  const iv = randomBytes(ivLength)
  // Bytes in the place of a key object make the runtime several times as slow.
  const cipher = createCipheriv(algorithm, createSecretKey(key), iv, { authTagLength: tagLength })
  cipher.setAAD(Buffer.from(aad))
  const sealed = cipher.update(JSON.stringify(disclosures), 'utf8')
  return Buffer.concat([iv, sealed, cipher.final(), cipher.getAuthTag()])
}

/** @throws KeelsonError `sealed_damaged` where a byte was altered, or key or place are not those it was sealed with. */
export function openDisclosures(key: Uint8Array, aad: string, sealed: Uint8Array): readonly string[] {
  const end = sealed.length - tagLength
  if (end < ivLength) throw new KeelsonError('sealed_damaged')
  let text: string
  try {
    const cipher = createDecipheriv(algorithm, createSecretKey(key), sealed.subarray(0, ivLength), {
      authTagLength: tagLength,
    })
    cipher.setAAD(Buffer.from(aad)).setAuthTag(sealed.subarray(end))
    text = decodeUtf8(Buffer.concat([cipher.update(sealed.subarray(ivLength, end)), cipher.final()]))
  } catch {
    // What failed is not passed on: it could hold what was sealed.
    throw new KeelsonError('sealed_damaged')
  }
  const disclosures = JSON.parse(text) as readonly string[]
  return disclosures
}
