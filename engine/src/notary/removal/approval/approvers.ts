import type { JsonObject } from '../../../core/index.ts'
import { canonicalJson, KeelsonError } from '../../../core/index.ts'
import { parseVerifierKey } from '../../../proof/index.ts'
import type { Document, EventStore } from '../../../store/index.ts'
import { recordWrite } from '../record/record-write.ts'
import type { RemovalContext } from '../removal-context.ts'
import { loadRemovalState, removalStateChange } from '../removal-state.ts'
import { documentsOf, tryCommit, untilSettled } from '../tenant-documents.ts'
import type { ApproverConsent } from './consent.ts'
import { consentMembers } from './consent.ts'

export const approverCollection = 'approver'

const mostApprovers = 100

/** Somebody of the tenant who signs removals, so that the operator alone cannot make one look lawful. */
export interface Approver {
  readonly name: string
  /** Verifier key, `name+id+base64`. */
  readonly key: string
  /** RFC 3339. */
  readonly registeredAt: string
  readonly revokedAt?: string
  /** Where a call changed nothing: what it asks for was done before. */
  readonly isRepeat?: true
}

export interface NewApprover {
  /** Verifier key of an author, whose name is the approver's. */
  readonly key: string
  /** How many approvers must sign a removal from now on; default as it was, at first 1. */
  readonly approvalsNeeded?: number
}

/** The exact text that an approver signs to agree to a change of the approvers. */
export function approverRecord(action: 'register' | 'revoke', { key, approvalsNeeded }: NewApprover): string {
  return canonicalJson({
    action,
    role: 'approver',
    name: keyOf(key).name,
    key,
    ...(approvalsNeeded !== undefined && { approvalsNeeded }),
  })
}

/** All that ever were, by name. */
export async function listApprovers(store: EventStore, tenantId: string): Promise<readonly Approver[]> {
  const approvers: Approver[] = []
  for await (const document of documentsOf(store, tenantId, approverCollection))
    approvers.push(toApprover(document))
  return approvers
}

export async function activeApprovers(store: EventStore, tenantId: string): Promise<readonly Approver[]> {
  return (await listApprovers(store, tenantId)).filter(({ revokedAt }) => revokedAt === undefined)
}

const toApprover = ({ value }: Document): Approver => value as unknown as Approver

/**
 * Registers an approver with a `key` leaf. To repeat what is done changes nothing. Neither a name nor the key that signs is
 * ever used again, so that nobody signs as two; how many must sign is changed only with one who is new.
 *
 * @throws KeelsonError `request_invalid`, `approver_exists`, `approval_invalid` where the consent is missing or not one,
 *   `removal_running`.
 */
export async function registerApprover(
  context: RemovalContext,
  tenantId: string,
  approver: NewApprover,
  consent?: ApproverConsent,
): Promise<Approver> {
  const { name } = keyOf(approver.key)
  const { approvalsNeeded } = approver
  if (approvalsNeeded !== undefined && !(Number.isInteger(approvalsNeeded) && isCount(approvalsNeeded)))
    throw new KeelsonError('request_invalid', `A removal needs 1 to ${mostApprovers} approvals`)
  return untilSettled(async () => {
    const known = await context.store.document(tenantId, approverCollection, name)
    if (known !== undefined) {
      const existing = toApprover(known)
      if (existing.key !== approver.key || existing.revokedAt !== undefined)
        throw new KeelsonError('approver_exists', `There was an approver "${name}" already`)
      const state = await loadRemovalState(context.store, tenantId)
      if (approvalsNeeded === undefined || approvalsNeeded === state.approvalsNeeded)
        return { ...existing, isRepeat: true }
      throw new KeelsonError(
        'approver_exists',
        `"${name}" is an approver already, and how many must sign is only changed with another one: ${state.approvalsNeeded} must`,
      )
    }
    const all = await listApprovers(context.store, tenantId)
    const same = all.find(({ key }) => publicKeyOf(key) === publicKeyOf(approver.key))
    if (same !== undefined)
      throw new KeelsonError('approver_exists', `It is the key of "${same.name}" under another name`)
    if (all.length >= mostApprovers)
      throw new KeelsonError('request_invalid', `A tenant has at most ${mostApprovers} approvers`)
    const at = new Date(context.clock.now()).toISOString()
    const value: Approver = { name, key: approver.key, registeredAt: at }
    const change = { text: approverRecord('register', approver), value, expected: 0, approvalsNeeded }
    return commitChange(context, tenantId, change, consent)
  })
}

/**
 * Revokes an approver with a `key` leaf; to repeat it changes nothing.
 *
 * @throws KeelsonError `not_found`, `approval_invalid` where the consent is missing or not one, `removal_running`.
 */
export async function revokeApprover(
  context: RemovalContext,
  tenantId: string,
  name: string,
  consent?: ApproverConsent,
): Promise<Approver> {
  return untilSettled(async () => {
    const known = await context.store.document(tenantId, approverCollection, name)
    if (known === undefined)
      throw new KeelsonError('not_found', `There is no approver "${name.slice(0, 100)}"`)
    const approver = toApprover(known)
    if (approver.revokedAt !== undefined) return { ...approver, isRepeat: true }
    const value: Approver = { ...approver, revokedAt: new Date(context.clock.now()).toISOString() }
    const text = approverRecord('revoke', { key: approver.key })
    return commitChange(context, tenantId, { text, value, expected: known.revision }, consent)
  })
}

interface ApproverChange {
  /** The record. */
  readonly text: string
  readonly value: Approver
  readonly expected: number
  readonly approvalsNeeded?: number | undefined
}

async function commitChange(
  context: RemovalContext,
  tenantId: string,
  { text, value, expected, approvalsNeeded }: ApproverChange,
  consent: ApproverConsent | undefined,
): Promise<Approver | undefined> {
  const { store } = context
  const state = await loadRemovalState(store, tenantId)
  if (state.running !== undefined) throw new KeelsonError('removal_running')
  const active = await activeApprovers(store, tenantId)
  const refusal = 'A change of the approvers is signed by one of those there are'
  const sigs = consentMembers(active, text, consent, refusal)
  const payload: JsonObject = { ...(JSON.parse(text) as JsonObject), ...sigs }
  const receipts = await tryCommit(store, {
    scope: { tenantId },
    appends: [recordWrite(tenantId, 'key', payload, context)],
    documents: [
      { tenantId, collection: approverCollection, id: value.name, value: { ...value }, expected },
      removalStateChange(approvalsNeeded === undefined ? state : { ...state, approvalsNeeded }),
    ],
  })
  return receipts && value
}

/** @throws KeelsonError `request_invalid` where it is no verifier key that can sign records. */
function keyOf(text: string): { readonly name: string } {
  try {
    const { kind, name } = parseVerifierKey(text)
    // It names a document, too.
    if (kind === 'author' && name.length <= 128) return { name }
  } catch {
    // What is wrong with it is not said: it could hold anything.
  }
  throw new KeelsonError(
    'request_invalid',
    'The key of an approver is name+id+base64, with a name of up to 128 characters',
  )
}

/** What tells signers apart, in base64; `key` is a verifier key. */
export const publicKeyOf = (key: string): string =>
  Buffer.from(parseVerifierKey(key).publicKey).toString('base64')

const isCount = (count: number): boolean => count >= 1 && count <= mostApprovers
