import { KeelsonError } from '../../../core/index.ts'
import { parseVerifierKey, verifyEd25519 } from '../../../proof/index.ts'

/** A signature of an approver, as records carry it. */
export interface Approval {
  /** The approver's name. */
  readonly key: string
  /** base64url of an Ed25519 signature (RFC 8032) over the UTF-8 bytes of the record without its `sigs`, in JCS. */
  readonly sig: string
}

/** @throws KeelsonError `approval_invalid` where the verifier key has not signed the text. */
export function checkSignature(text: string, verifierKey: string, signature: string): void {
  if (typeof signature !== 'string' || signature.length > 100) throw new KeelsonError('approval_invalid')
  const bytes = Buffer.from(signature, 'base64url')
  // What decodes leniently could be written in several ways, and stands in the log.
  const isExact = bytes.toString('base64url') === signature
  const { publicKey } = parseVerifierKey(verifierKey)
  if (isExact && verifyEd25519(publicKey, Buffer.from(text), bytes)) return
  throw new KeelsonError('approval_invalid')
}
