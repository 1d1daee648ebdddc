import { KeelsonError } from '../../../core/index.ts'
import type { EventStore } from '../../../store/index.ts'
import { loadRemovalState } from '../removal-state.ts'
import type { Approver } from './approvers.ts'
import { activeApprovers, publicKeyOf } from './approvers.ts'

/** Who can approve removals of a tenant now, and how many must. */
export interface ApproverBoard {
  readonly active: readonly Approver[]
  /** 0 where no approver is registered. */
  readonly needed: number
}

export async function approverBoard(store: EventStore, tenantId: string): Promise<ApproverBoard> {
  const active = await activeApprovers(store, tenantId)
  const { approvalsNeeded } = await loadRemovalState(store, tenantId)
  return { active, needed: active.length === 0 ? 0 : approvalsNeeded }
}

/**
 * The names of those who are to sign, in order; the record that they sign has them in it. Without `wanted` the first
 * approvers by name, as many as are needed. One key under two names, which an earlier version took, is one approver: so
 * does every verifier count.
 *
 * @throws KeelsonError `approval_invalid` where one of them is no approver, or they are too few.
 */
export function appoint({ active, needed }: ApproverBoard, wanted?: readonly string[]): readonly string[] {
  const names = active.map(({ name }) => name)
  const signers = differentSigners(active)
  if (signers.length < needed)
    throw new KeelsonError(
      'approval_invalid',
      `A removal needs ${needed} approvers with keys of their own, and ${signers.length} are registered: register another`,
    )
  if (wanted === undefined) return signers.slice(0, needed).sort()
  if (names.length === 0 && wanted.length > 0)
    throw new KeelsonError(
      'approval_invalid',
      'No approver is registered, so nobody can be named to sign: leave the names out',
    )
  const distinct = [...new Set(wanted)].sort()
  if (areEnough({ active, needed }, distinct)) return distinct
  throw new KeelsonError(
    'approval_invalid',
    `Name at least ${needed} of the approvers, each with a key of their own: ${names.join(', ')}`,
  )
}

/** Those who are still to sign; the first where it is asked again, others where one of them was revoked since. */
export function keepAppointed(board: ApproverBoard, appointed: readonly string[]): readonly string[] {
  return areEnough(board, appointed) ? appointed : appoint(board)
}

function areEnough({ active, needed }: ApproverBoard, names: readonly string[]): boolean {
  const named = active.filter(({ name }) => names.includes(name))
  return named.length === new Set(names).size && differentSigners(named).length >= needed
}

/** Of each key the first name. */
function differentSigners(approvers: readonly Approver[]): readonly string[] {
  const byKey = new Map<string, string>()
  for (const { name, key } of approvers) {
    const publicKey = publicKeyOf(key)
    if (!byKey.has(publicKey)) byKey.set(publicKey, name)
  }
  return [...byKey.values()]
}
