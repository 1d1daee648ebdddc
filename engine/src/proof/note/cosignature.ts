import { concat, utf8 } from '#primitive'
import { signatureLength, signEd25519, verifyEd25519 } from './ed25519.ts'
import type { SignerKey, VerifierKey } from './note-key.ts'
import { verifierKeyOf } from './note-key.ts'
import type { Note, NoteSignature } from './signed-note.ts'

/** Bytes of the time that stands before the signature. */
const timeLength = 8

const signedBytes = (text: string, seconds: number): Uint8Array =>
  utf8(`cosignature/v1\ntime ${seconds}\n${text}`)

/** What a witness adds to a checkpoint that goes on from the last one it saw; `seconds` since the epoch. */
export function cosign(text: string, seconds: number, signer: SignerKey): NoteSignature {
  const { name, id } = verifierKeyOf(signer)
  const time = new Uint8Array(timeLength)
  new DataView(time.buffer).setBigUint64(0, BigInt(seconds))
  const signature = signEd25519(signer.seed, signedBytes(text, seconds))
  return { name, keyId: id, bytes: concat(time, signature) }
}

/** When the witness has seen the checkpoint, in seconds since the epoch; undefined where it has not signed it. */
export function cosignedAt({ text, signatures }: Note, key: VerifierKey): number | undefined {
  if (key.kind !== 'witness') return undefined
  for (const { name, keyId, bytes } of signatures) {
    if (name !== key.name || keyId !== key.id || bytes.length !== timeLength + signatureLength) continue
    const seconds = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0))
    if (!Number.isSafeInteger(seconds)) continue
    if (verifyEd25519(key.publicKey, signedBytes(text, seconds), bytes.subarray(timeLength))) return seconds
  }
  return undefined
}
