import { KeelsonError } from '../../../core/index.ts'
import { approverBoard } from '../approval/appoint.ts'
import { checkSignature } from '../approval/approval.ts'
import type { RemovalContext } from '../removal-context.ts'
import { tryCommit, untilSettled } from '../tenant-documents.ts'
import type { Removal, RemovalFile } from './removal.ts'
import { fileChange, toFile } from './removal.ts'

/** An approver's signature over a removal's `record`. */
export interface ApprovalInput {
  /** The approver's name. */
  readonly key: string
  /** base64url. */
  readonly signature: string
}

/**
 * Adds an approval. With the last one that is needed the removal runs. To repeat one changes nothing, and so does one that
 * comes when nothing waits for it any more.
 *
 * @throws KeelsonError `not_found`, `approval_invalid` where it is not of one who is to sign, over the record as it is now.
 */
export async function approveRemoval<Value extends Removal>(
  { store, clock }: RemovalContext,
  { collection, tenantId, id }: Pick<RemovalFile<Value>, 'collection' | 'tenantId' | 'id'>,
  { key, signature }: ApprovalInput,
): Promise<RemovalFile<Value>> {
  return untilSettled(async () => {
    const file = await findRemoval<Value>(store, { collection, tenantId, id })
    const { value } = file
    if (value.status !== 'awaiting-approval') return { ...file, isRepeat: true }
    const board = await approverBoard(store, tenantId)
    const approver = board.active.find(({ name }) => name === key)
    if (approver === undefined || !value.approvers.includes(key))
      throw new KeelsonError(
        'approval_invalid',
        `It is for ${value.approvers.join(', ')} to sign this record`,
      )
    checkSignature(value.record, approver.key, signature)
    if (value.approvals.some(one => one.key === key)) return { ...file, isRepeat: true }
    const approvals = [...value.approvals, { key, sig: signature }].sort((a, b) => (a.key < b.key ? -1 : 1))
    const isLast = approvals.length >= value.approvers.length
    const next = { ...value, approvals, ...(isLast && ({ status: 'running', phase: 'check' } as const)) }
    const change = fileChange(file, next, isLast ? clock.now() : undefined)
    if ((await tryCommit(store, { scope: { tenantId }, documents: [change] })) === undefined) return undefined
    return { ...file, revision: file.revision + 1, value: next }
  })
}

/** @throws KeelsonError `not_found`. */
export async function findRemoval<Value extends Removal>(
  store: RemovalContext['store'],
  { collection, tenantId, id }: Pick<RemovalFile<Value>, 'collection' | 'tenantId' | 'id'>,
): Promise<RemovalFile<Value>> {
  // What is no name of a document is not there, and no fault of the store.
  const isId = typeof id === 'string' && /^[\w.-]{1,128}$/.test(id)
  const document = isId ? await store.document(tenantId, collection, id) : undefined
  if (document === undefined) throw new KeelsonError('not_found', 'There is no such removal')
  return toFile<Value>(document)
}

/**
 * Takes a removal back that has not begun to remove. To repeat it changes nothing.
 *
 * @throws KeelsonError `not_found`, `removal_begun`.
 */
export async function withdrawRemoval<Value extends Removal>(
  { store }: RemovalContext,
  place: Pick<RemovalFile<Value>, 'collection' | 'tenantId' | 'id'>,
  settle: (value: Value) => Value,
): Promise<RemovalFile<Value>> {
  return untilSettled(async () => {
    const file = await findRemoval<Value>(store, place)
    const { status, phase, hasBegun, recordId } = file.value
    if (status === 'withdrawn') return { ...file, isRepeat: true }
    // What came late sends it back to the check, with what is destroyed and recorded.
    const isBegun = hasBegun === true || recordId !== undefined
    if (isBegun || status === 'completed' || !['check', 'copies'].includes(phase))
      throw new KeelsonError('removal_begun')
    const next = {
      ...settle(file.value),
      status: 'withdrawn' as const,
      withdrawnBecause: 'taken back',
      holds: [],
    }
    const change = fileChange(file, next, undefined)
    const receipts = await tryCommit(store, { scope: { tenantId: file.tenantId }, documents: [change] })
    return receipts && { ...file, revision: file.revision + 1, value: next }
  })
}
