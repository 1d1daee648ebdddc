import { KeelsonError } from '../../../core/index.ts'
import { appoint, approverBoard } from '../approval/appoint.ts'
import type { RemovalFile } from '../procedure/removal.ts'
import { fileChange, newRemoval, toFile } from '../procedure/removal.ts'
import { checkSubject, checkWords } from '../record/words.ts'
import type { RemovalContext } from '../removal-context.ts'
import { loadRemovalState, removalStateChange } from '../removal-state.ts'
import { sealSubject } from '../sealed-subject.ts'
import { subjectKids } from '../subject-kids.ts'
import { documentsOf, tryCommit, untilSettled } from '../tenant-documents.ts'
import type { Erasure } from './erasure.ts'
import { erasureCollection, erasureRecord, recordText } from './erasure.ts'
import { subjectTargets } from './subject-events.ts'

export interface ErasureRequest {
  readonly subject: string
  /** The rule or the will that it is done for, such as `gdpr-17-1-b`. It stays in the log: without personal data. */
  readonly basis: string
  /** What it answers, such as the number of a ticket. It stays in the log: without personal data. */
  readonly request: string
  /** Names of those who are to sign, where approvers are registered; default the first of them. */
  readonly approvers?: readonly string[]
}

/**
 * Keeps a request. It runs at once where no approval is needed. While an erasure of the subject is open a repeat gives
 * that one.
 *
 * @throws KeelsonError `subject_unknown`, `request_invalid`, `approval_invalid`.
 */
export async function requestErasure(
  context: RemovalContext,
  tenantId: string,
  given: ErasureRequest,
): Promise<RemovalFile<Erasure>> {
  const { subject, basis, request } = given
  checkSubject(subject)
  checkWords('basis', basis, { subject })
  checkWords('request', request, { subject })
  const { store, ring, clock } = context
  if ((await subjectKids(ring, tenantId, subject)).length === 0) throw new KeelsonError('subject_unknown')
  const id = `erasure-${context.ids.ulid()}`
  const now = clock.now()
  const sealedSubject = await sealSubject(ring, { tenantId, subject, now, use: `erasure|${id}` })
  return untilSettled(async () => {
    // Of two requests at once the second sees the first.
    const state = await loadRemovalState(store, tenantId)
    const keys = await subjectKids(ring, tenantId, subject)
    const open = await openErasure(context, tenantId, keys)
    if (open !== undefined) return { ...open, isRepeat: true }
    const board = await approverBoard(store, tenantId)
    const approvers = appoint(board, given.approvers)
    const targets = await subjectTargets(store, tenantId, keys)
    const record = recordText(erasureRecord({ basis, request, keys }, approvers, targets))
    const value: Erasure = {
      ...newRemoval(new Date(now).toISOString()),
      ...(approvers.length > 0 && ({ status: 'awaiting-approval' } as const)),
      basis,
      request,
      keys,
      sealedSubject,
      approvers,
      record,
    }
    const file = { tenantId, collection: erasureCollection, id, revision: 0 }
    const change = fileChange(file, value, approvers.length > 0 ? undefined : now)
    const documents = [change, removalStateChange(state)]
    const receipts = await tryCommit(store, { scope: { tenantId }, documents })
    return receipts && { ...file, revision: 1, value }
  })
}

async function openErasure(
  { store }: RemovalContext,
  tenantId: string,
  keys: readonly string[],
): Promise<RemovalFile<Erasure> | undefined> {
  for await (const document of documentsOf(store, tenantId, erasureCollection)) {
    const file = toFile<Erasure>(document)
    const { status } = file.value
    if (status === 'completed' || status === 'withdrawn') continue
    if (file.value.keys.some(kid => keys.includes(kid))) return file
  }
  return undefined
}
