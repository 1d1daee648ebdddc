import { concat, decode, encode, utf8 } from '#primitive'
import { signEd25519, verifyEd25519 } from './ed25519.ts'
import type { SignerKey, VerifierKey } from './note-key.ts'
import { verifierKeyOf } from './note-key.ts'

/** A line of a note: whose it says to be, and its bytes. */
export interface NoteSignature {
  readonly name: string
  readonly keyId: string
  /** What stands behind the key's id. */
  readonly bytes: Uint8Array
}

export interface Note {
  /** What is signed, with its last line feed. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

const longestNote = 1_000_000
const mostSignatures = 100

/** Opens what C2SP signed-note describes, and checks no signature. @throws TypeError saying what is wrong. */
export function parseNote(note: string): Note {
  const end = note.lastIndexOf('\n\n')
  if (note.length > longestNote) throw new TypeError('The note is too long')
  if (end < 0 || !note.endsWith('\n')) throw new TypeError('The note has no signatures')
  const text = note.slice(0, end + 1)
  if (!text.isWellFormed() || hasControls(text))
    throw new TypeError('The note has characters that none may have')
  const lines = note.slice(end + 2, -1).split('\n')
  if (lines.length > mostSignatures)
    throw new TypeError(`The note has more than ${mostSignatures} signatures`)
  return { text, signatures: lines.map(parseSignature) }
}

function parseSignature(line: string): NoteSignature {
  const [, name = '', encoded = ''] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)$/u.exec(line) ?? []
  const bytes = decode(encoded, 'base64')
  if (name === '' || bytes === undefined || bytes.length < 5)
    throw new TypeError(`"${line.slice(0, 100)}" is no signature line`)
  return { name, keyId: encode(bytes.subarray(0, 4), 'hex'), bytes: bytes.subarray(4) }
}

/** Anything below a space but the line feed. */
const hasControls = (text: string): boolean => [...text].some(one => one < ' ' && one !== '\n')

/** One line, with its line feed. */
export const signatureLine = ({ name, keyId, bytes }: NoteSignature): string =>
  `\u2014 ${name} ${encode(concat(decode(keyId, 'hex') ?? '', bytes), 'base64')}\n`

export const noteText = ({ text, signatures }: Note): string =>
  `${text}\n${signatures.map(signatureLine).join('')}`

/** Signs a text as its author. */
export function signNote(text: string, signers: readonly SignerKey[]): Note {
  const signatures = signers.map(signer => {
    const { name, id } = verifierKeyOf(signer)
    return { name, keyId: id, bytes: signEd25519(signer.seed, utf8(text)) }
  })
  return { text, signatures }
}

/**
 * Whether the key has signed the note as its author. Lines of other keys count for nothing; one that says to be this
 * key's and is wrong makes it false, whatever the others say.
 */
export function isSignedBy({ text, signatures }: Note, key: VerifierKey): boolean {
  if (key.kind !== 'author') return false
  const own = signatures.filter(({ name, keyId }) => name === key.name && keyId === key.id)
  return own.length > 0 && own.every(({ bytes }) => verifyEd25519(key.publicKey, utf8(text), bytes))
}
