import { getPublicKey, hashes, sign, verify } from '@noble/ed25519'
import { sha256 as nobleSha256, sha512 } from '@noble/hashes/sha2.js'
import type { ByteText, Encoding, RunningHash } from './node.ts'

/** What `node.ts` offers, for browsers. */

// The library's synchronous functions ask for it.
hashes.sha512 = sha512

const encoder = new TextEncoder()

const bytesOf = (data: string | Uint8Array): Uint8Array => (typeof data === 'string' ? utf8(data) : data)

export const sha256 = (data: string | Uint8Array): ByteText => toByteText(nobleSha256(bytesOf(data)))

export const sha256Text = (data: string | Uint8Array, encoding: Encoding): string =>
  encode(nobleSha256(bytesOf(data)), encoding)

export function runningSha256(): RunningHash {
  const running = nobleSha256.create()
  return {
    update: data => void running.update(bytesOf(data)),
    digest: () => toByteText(running.digest()),
  }
}

export function createNodeHash(): (left: ByteText, right: ByteText) => ByteText {
  return (left, right) => sha256(concat(Uint8Array.of(1), fromByteText(left), fromByteText(right)))
}

export function toByteText(bytes: Uint8Array): ByteText {
  let text = ''
  // In pieces: a call has only so many arguments.
  for (let at = 0; at < bytes.length; at += 8_192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8_192))
  return text
}

export const fromByteText = (text: ByteText): Uint8Array =>
  Uint8Array.from(text, character => character.charCodeAt(0))

export const utf8 = (text: string): Uint8Array => encoder.encode(text)

export function concat(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const all = parts.map(bytesOf)
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of all) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

export function encode(bytes: Uint8Array, encoding: Encoding): string {
  if (encoding === 'hex') return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  const text = btoa(toByteText(bytes))
  return encoding === 'base64' ? text : text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export function decode(text: string, encoding: Encoding): Uint8Array | undefined {
  try {
    const bytes = encoding === 'hex' ? fromHex(text) : fromByteText(atob(plainBase64(text, encoding)))
    return encode(bytes, encoding) === text ? bytes : undefined
  } catch {
    return undefined
  }
}

const plainBase64 = (text: string, encoding: Encoding): string =>
  encoding === 'base64' ? text : text.replaceAll('-', '+').replaceAll('_', '/')

const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16))

export const signEd25519 = (seed: Uint8Array, message: Uint8Array): Uint8Array => sign(message, seed)

export const publicKeyOf = (seed: Uint8Array): Uint8Array => getPublicKey(seed)

export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(signature, message, publicKey, { zip215: false })
  } catch {
    return false
  }
}
