import { concat, decode, encode, sha256Text } from '#primitive'
import { keyLength, publicKeyOf } from './ed25519.ts'

/** What a key is for, as C2SP signed-note numbers it: a note's author, or a witness of checkpoints. */
export const keyKinds = { author: 0x01, witness: 0x04 } as const

export type KeyKind = keyof typeof keyKinds

/** A public key and the name that goes with its signatures. */
export interface VerifierKey {
  readonly name: string
  /** Four bytes: tells keys of one name apart, and proves nothing. */
  readonly id: string
  readonly kind: KeyKind
  /** 32 bytes. */
  readonly publicKey: Uint8Array
}

/** A private key; never written out by anything here. */
export interface SignerKey {
  readonly name: string
  readonly kind: KeyKind
  /** 32 bytes. */
  readonly seed: Uint8Array
}

/** Not empty, without a plus sign and without white space. */
export const isKeyName = (name: string): boolean => /^[^\s+]{1,255}$/u.test(name)

/** The first four bytes of SHA-256(name ‖ LF ‖ kind ‖ public key), as hex. */
export function keyId(name: string, kind: KeyKind, publicKey: Uint8Array): string {
  return sha256Text(concat(`${name}\n`, Uint8Array.of(keyKinds[kind]), publicKey), 'hex').slice(0, 8)
}

/** @throws TypeError for a name that signatures cannot carry. */
export function verifierKeyOf({ name, kind, seed }: SignerKey): VerifierKey {
  if (!isKeyName(name)) throw new TypeError(`"${name.slice(0, 100)}" cannot name a key`)
  const publicKey = publicKeyOf(seed)
  return { name, id: keyId(name, kind, publicKey), kind, publicKey }
}

/** `name+id+base64(kind ‖ public key)`, which policies are written with. */
export const verifierKeyText = ({ name, id, kind, publicKey }: VerifierKey): string =>
  `${name}+${id}+${encode(concat(Uint8Array.of(keyKinds[kind]), publicKey), 'base64')}`

/** @throws TypeError where this is no such key, or its id is not that of its bytes. */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text) ?? []
  const bytes = decode(encoded, 'base64') ?? new Uint8Array()
  const kind = (Object.keys(keyKinds) as KeyKind[]).find(one => keyKinds[one] === bytes[0])
  const publicKey = bytes.subarray(1)
  const isKey = isKeyName(name) && kind !== undefined && publicKey.length === keyLength
  if (!isKey || keyId(name, kind, publicKey) !== id)
    throw new TypeError(`"${text.slice(0, 200)}" is no verifier key`)
  return { name, id, kind, publicKey }
}
