import * as primitive from '#primitive'

/** Bytes of an Ed25519 public key, of the seed of a private one, and of a signature. */
export const keyLength = 32
export const signatureLength = 64

/** The signature of a message by the key of this seed (RFC 8032). */
export function signEd25519(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return primitive.signEd25519(ofLength(seed), message)
}

export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return primitive.publicKeyOf(ofLength(seed))
}

/** Whether the key of these 32 bytes has signed the message; false also for what is no key or no signature. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== keyLength || signature.length !== signatureLength) return false
  return primitive.verifyEd25519(publicKey, message, signature)
}

function ofLength(seed: Uint8Array): Uint8Array {
  if (seed.length !== keyLength) throw new TypeError(`A seed has ${keyLength} bytes`)
  return seed
}
