import type { JsonObject } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import { checkSignature } from './approval.ts'

/** Needed once there are approvers: one of them has signed the record of the change. */
export interface ApproverConsent {
  readonly name: string
  /** base64url. */
  readonly signature: string
}

/**
 * The signature of an approver who agrees with a record, as its member `sigs`; none where there is no approver.
 *
 * @param text the record in JCS, which is what they sign
 * @throws KeelsonError `approval_invalid` with the words of `refusal` where nobody agrees, and where the signature is not one.
 */
export function consentMembers(
  active: readonly { readonly name: string; readonly key: string }[],
  text: string,
  consent: ApproverConsent | undefined,
  refusal: string,
): JsonObject {
  if (active.length === 0) return {}
  const signer = active.find(({ name }) => name === consent?.name)
  if (consent === undefined || signer === undefined) throw new KeelsonError('approval_invalid', refusal)
  checkSignature(text, signer.key, consent.signature)
  return { sigs: [{ key: consent.name, sig: consent.signature }] }
}
