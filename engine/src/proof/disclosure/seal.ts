import { createCipheriv, createDecipheriv, createSecretKey, randomFillSync } from 'node:crypto'
import { concat } from '#primitive'
import type { RandomFill } from '../../core/index.ts'
import { decodeUtf8, KeelsonError, pooledRandom } from '../../core/index.ts'

const algorithm = 'aes-256-gcm'
const ivLength = 12
const tagLength = 16

/** What binds sealed disclosures to their place: the tenant, its log, the entry and the key. */
export const disclosureAad = (tenantId: string, n: number, kid: string): string =>
  `${tenantId}|main|${n}|${kid}`

/** AES-256-GCM over the JSON array of the disclosures: iv (12 bytes) ‖ ciphertext ‖ tag (16 bytes). `key` has 32 bytes. */
export type SealDisclosures = (key: Uint8Array, aad: string, disclosures: readonly string[]) => Uint8Array

/** Makes what seals many in a row: drawing each iv from the system by itself would be a tenth of all work. */
export function createSealer(random: RandomFill = pooledRandom()): SealDisclosures {
  const iv = new Uint8Array(ivLength)
  return (key, aad, disclosures) => {
    random(iv)
    // Bytes in the place of a key object make the runtime several times as slow.
    const cipher = createCipheriv(algorithm, createSecretKey(key), iv, { authTagLength: tagLength })
    cipher.setAAD(Buffer.from(aad))
    const sealed = cipher.update(JSON.stringify(disclosures), 'utf8')
    // Holds nothing back: the cipher goes byte by byte.
    cipher.final()
    return concat(iv, sealed, cipher.getAuthTag())
  }
}

/** Seals one. */
export const sealDisclosures: SealDisclosures = (key, aad, disclosures) =>
  createSealer(randomFillSync)(key, aad, disclosures)

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
