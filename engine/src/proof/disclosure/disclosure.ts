import { decode, encode, sha256Text, utf8 } from '#primitive'
import type { JsonValue } from '../../core/index.ts'
import { canonicalJson, canonicalString, decodeUtf8, parseJson } from '../../core/index.ts'

/** Bytes of the salt that keeps a short value from being guessed. */
export const saltLength = 16

/** The member that has the digests of what is hidden in its object. Reserved: no event may have one of its own. */
export const digestsMember = '_sd'

/** The member beside it that names the keys. */
export const kidMember = 'kid'

/** What a disclosure says of an object: a member and its value. */
export interface Disclosed {
  readonly name: string
  readonly value: JsonValue
}

/** base64url of JSON `[salt, name, value]`, the syntax of RFC 9901. `salt` has 16 bytes. */
export function disclosureText(salt: Uint8Array, name: string, value: JsonValue): string {
  const text = `["${encode(salt, 'base64url')}",${canonicalString(name)},${canonicalJson(value)}]`
  return encode(utf8(text), 'base64url')
}

/** base64url of the SHA-256 of the text as it stands. */
export const disclosureDigest = (disclosure: string): string => sha256Text(disclosure, 'base64url')

/** What it says; undefined where it is no disclosure, or one of a member that none may hide. */
export function parseDisclosure(disclosure: string): Disclosed | undefined {
  try {
    const bytes = decode(disclosure, 'base64url')
    const value = bytes && parseJson(decodeUtf8(bytes))
    if (!Array.isArray(value) || value.length !== 3) return undefined
    const [salt, name, content] = value
    if (typeof salt !== 'string' || typeof name !== 'string' || content === undefined) return undefined
    return name === digestsMember ? undefined : { name, value: content }
  } catch {
    return undefined
  }
}
