import { concat, sha256Text, utf8 } from '#primitive'

/** What a leaf records; `event` for every stored event, the others for what is done to the log. */
export type LeafKind =
  | 'event'
  | 'erasure'
  | 'retention'
  | 'redaction'
  | 'hold.set'
  | 'hold.release'
  | 'policy'
  | 'key'
  | 'seal'

export interface Leaf {
  /** base64url of the body commitment. */
  readonly body: string
  /** The eventId. */
  readonly id: string
  readonly kind: LeafKind
  /** Index in the tenant's log, dense from 0. */
  readonly n: number
  /** base64url of the hash of leaf n−1; 32 zero bytes at 0. */
  readonly prev: string
  /** Time recorded, RFC 3339 UTC with milliseconds, never before that of leaf n−1. */
  readonly t: string
}

/** base64url of 32 zero bytes: `prev` of the first leaf. */
export const zeroHash = 'A'.repeat(43)

/** Bytes of a blind. */
export const blindLength = 32

const bodyPrefix = utf8('keelson/v1 body\n')

/**
 * The blinded commitment to a body: base64url( SHA-256( `keelson/v1 body\n` ‖ blind ‖ bodyBytes ) ). The blind keeps
 * a short body from being guessed, and lets the body be removed without changing the tree.
 */
export function commitBody(body: string, blind: Uint8Array): string {
  return sha256Text(concat(bodyPrefix, blind, body), 'base64url')
}

/**
 * The bytes of a leaf as text: canonical JSON (RFC 8785), without a newline. Written out by hand because the members
 * are known, sorted and free of anything that JSON escapes; a test holds it to the canonical form.
 */
export function leafText(leaf: Leaf): string {
  return `{"body":"${leaf.body}","id":"${leaf.id}","kind":"${leaf.kind}","n":${leaf.n},"prev":"${leaf.prev}","t":"${leaf.t}","v":1}`
}

/** The RFC 6962 leaf hash, SHA-256(0x00 ‖ leafBytes), as base64url. */
export function leafHash(text: string): string {
  return sha256Text(`\0${text}`, 'base64url')
}
