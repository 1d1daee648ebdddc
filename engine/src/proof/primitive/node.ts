import { createHash, createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto'

/** How bytes are written as text; each has one form only. */
export type Encoding = 'base64' | 'base64url' | 'hex'

/** Bytes as a string of characters up to U+00FF; the runtime makes such hashes thrice as fast as buffers. */
export type ByteText = string

/** SHA-256; a text is hashed as UTF-8. */
export const sha256 = (data: string | Uint8Array): ByteText => hash('sha256', data, 'binary')

/** As `sha256`, written out. */
export const sha256Text = (data: string | Uint8Array, encoding: Encoding): string =>
  hash('sha256', data, encoding)

/** A hash over bytes that come in parts. */
export interface RunningHash {
  update(data: string | Uint8Array): void
  /** Of all so far; nothing can be added after it. */
  digest(): ByteText
}

export function runningSha256(): RunningHash {
  const running = createHash('sha256')
  return { update: data => void running.update(data), digest: () => running.digest('binary') }
}

/** SHA-256(0x01 ‖ left ‖ right) for many pairs in a row, each side 32 bytes. */
export function createNodeHash(): (left: ByteText, right: ByteText) => ByteText {
  const bytes = Buffer.alloc(65)
  bytes[0] = 0x01
  return (left, right) => {
    bytes.write(left, 1, 'latin1')
    bytes.write(right, 33, 'latin1')
    return hash('sha256', bytes, 'binary')
  }
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

export const toByteText = (bytes: Uint8Array): ByteText => bufferOf(bytes).toString('latin1')

export const fromByteText = (text: ByteText): Uint8Array => Buffer.from(text, 'latin1')

export const utf8 = (text: string): Uint8Array => Buffer.from(text)

/** Bytes one after the other, texts as UTF-8. */
export function concat(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  let room = 0
  for (const part of parts) room += typeof part === 'string' ? roomFor(part) : part.length
  const bytes = Buffer.allocUnsafe(room)
  let at = 0
  for (const part of parts)
    if (typeof part === 'string') at += bytes.write(part, at)
    else {
      bytes.set(part, at)
      at += part.length
    }
  return at === room ? bytes : bytes.subarray(0, at)
}

/** To count the bytes of a short text costs more than to leave room for the most that it can have. */
const roomFor = (text: string): number => (text.length < 1_000 ? text.length * 3 : Buffer.byteLength(text))

export const encode = (bytes: Uint8Array, encoding: Encoding): string => bufferOf(bytes).toString(encoding)

/** The bytes that the text stands for; undefined where `encode` would not write them so. */
export function decode(text: string, encoding: Encoding): Uint8Array | undefined {
  const bytes = Buffer.from(text, encoding)
  return bytes.toString(encoding) === text ? bytes : undefined
}

// What stands before the raw bytes in the DER forms of RFC 8410.
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Ed25519 (RFC 8032); the seed has 32 bytes. */
export const signEd25519 = (seed: Uint8Array, message: Uint8Array): Uint8Array =>
  sign(null, message, privateKey(seed))

export const publicKeyOf = (seed: Uint8Array): Uint8Array =>
  createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length)

/** False too for what is no key or no signature. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const der = Buffer.concat([publicPrefix, publicKey])
    return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature)
  } catch {
    return false
  }
}

const privateKey = (seed: Uint8Array) =>
  createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' })
