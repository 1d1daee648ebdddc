import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'

export const ivLength = 12
const tagLength = 16

/** `iv ‖ ciphertext ‖ tag` of AES-256-GCM. The iv must be random: 12 bytes. */
export function encrypt(key: Uint8Array, iv: Uint8Array, aad: string, plain: Uint8Array): Buffer {
  // Bytes in the place of a key object make the runtime several times as slow.
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), iv)
  cipher.setAAD(Buffer.from(aad))
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** What `encrypt` was given, in memory of its own; undefined where key, additional data or a byte differ. */
export function decrypt(key: Uint8Array, aad: string, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < ivLength + tagLength) return undefined
  const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), sealed.subarray(0, ivLength), {
    authTagLength: tagLength,
  })
  decipher.setAAD(Buffer.from(aad))
  decipher.setAuthTag(sealed.subarray(-tagLength))
  const part = decipher.update(sealed.subarray(ivLength, -tagLength))
  try {
    decipher.final()
    return Uint8Array.from(part)
  } catch {
    return undefined
  } finally {
    part.fill(0)
  }
}
