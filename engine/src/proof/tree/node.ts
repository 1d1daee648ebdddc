import type { ByteText, Encoding } from '#primitive'
import { createNodeHash, decode, encode, fromByteText, sha256, toByteText } from '#primitive'

/** Bytes of a SHA-256 hash. */
export const hashLength = 32

/** A hash as a string of 32 bytes. */
export type NodeHash = ByteText

/** The root of no leaves: SHA-256 of nothing. */
export const emptyRoot: NodeHash = sha256('')

/** Makes what joins nodes: SHA-256(0x01 ‖ left ‖ right), RFC 6962. */
export const createJoin: () => (left: NodeHash, right: NodeHash) => NodeHash = createNodeHash

/** SHA-256(0x00 ‖ leafBytes), RFC 6962, of a leaf's exact text. */
export const leafNode = (text: string): NodeHash => sha256(`\0${text}`)

/** @throws TypeError where these are not 32 bytes in base64 or base64url, or are written in another way than the usual. */
export function parseHash(text: string, encoding: 'base64' | 'base64url'): NodeHash {
  const bytes = decode(text, encoding)
  if (bytes?.length !== hashLength)
    throw new TypeError(`"${text.slice(0, 100)}" is no hash: 32 bytes in ${encoding} are asked for`)
  return toByteText(bytes)
}

export const hashText = (node: NodeHash, encoding: Encoding): string => encode(fromByteText(node), encoding)
