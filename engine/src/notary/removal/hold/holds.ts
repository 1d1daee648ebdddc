import { KeelsonError } from '../../../core/index.ts'
import { recordWrite } from '../record/record-write.ts'
import { checkSubject, checkWords } from '../record/words.ts'
import type { RemovalContext } from '../removal-context.ts'
import { loadRemovalState, removalStateChange } from '../removal-state.ts'
import { sealSubject } from '../sealed-subject.ts'
import { subjectKids } from '../subject-kids.ts'
import { documentsOf, tryCommit, untilSettled } from '../tenant-documents.ts'
import { heldEntries } from './held-entries.ts'
import type { Hold, HoldScope, KeptHold } from './hold.ts'
import { activeHolds, holdCollection, holdOf, nextHoldLook, toHold } from './hold.ts'

export interface NewHold {
  readonly scope: { readonly all: true } | { readonly subject: string } | { readonly stream: string }
  /** Stays in the log: without personal data. */
  readonly reason: string
}

const mostHolds = 1000

/**
 * Sets a hold with a `hold.set` leaf; `matches` says what there is for it to keep, 0 where its stream or subject is not
 * known yet, or misspelt. What is being removed already is removed: for the moment that takes, a hold is
 * refused.
 *
 * @throws KeelsonError `request_invalid`, `removal_running`.
 */
export async function setHold(context: RemovalContext, tenantId: string, given: NewHold): Promise<Hold> {
  const { store, clock, ids } = context
  const id = `hold-${ids.ulid()}`
  const { scope, sealedSubject } = await scopeOf(context, tenantId, id, given)
  const at = new Date(clock.now()).toISOString()
  const entries = await heldEntries(context, tenantId, scope)
  const matches = entries?.reduce((sum, [first, end]) => sum + end - first, 0)
  const hold: KeptHold = {
    id,
    scope,
    reason: given.reason,
    at,
    ...(matches !== undefined && { matches }),
    ...(sealedSubject && { sealedSubject }),
  }
  const due = clock.now() + nextHoldLook
  const value = JSON.parse(JSON.stringify(hold))
  return untilSettled(async () => {
    const state = await loadRemovalState(store, tenantId)
    if (state.running !== undefined) throw new KeelsonError('removal_running')
    if ((await activeHolds(store, tenantId)).length >= mostHolds)
      throw new KeelsonError(
        'request_invalid',
        `A tenant has at most ${mostHolds} active holds: release some`,
      )
    const covered = entries === undefined ? {} : { entries: entries.map(range => [...range]) }
    const payload = { action: 'hold.set', hold: id, scope: value.scope, reason: hold.reason, at, ...covered }
    const receipts = await tryCommit(store, {
      scope: { tenantId },
      appends: [recordWrite(tenantId, 'hold.set', payload, context)],
      documents: [
        { tenantId, collection: holdCollection, id, value, expected: 0, ...(sealedSubject && { due }) },
        removalStateChange(state),
      ],
    })
    return receipts && toHold(hold)
  })
}

async function scopeOf(
  { ring, clock }: RemovalContext,
  tenantId: string,
  id: string,
  { scope, reason }: NewHold,
): Promise<{ readonly scope: HoldScope; readonly sealedSubject?: string }> {
  if ('subject' in scope) {
    const { subject } = scope
    checkSubject(subject)
    checkWords('reason', reason, { subject })
    const sealedSubject = await sealSubject(ring, { tenantId, subject, now: clock.now(), use: `hold|${id}` })
    return { scope: { subjectKeys: await subjectKids(ring, tenantId, subject) }, sealedSubject }
  }
  checkWords('reason', reason)
  if ('all' in scope && scope.all === true) return { scope: { all: true } }
  if (
    'stream' in scope &&
    typeof scope.stream === 'string' &&
    scope.stream !== '' &&
    scope.stream.length <= 1024
  )
    return { scope: { stream: scope.stream } }
  throw new KeelsonError('request_invalid', 'A hold is on all, a subject or a stream')
}

/**
 * Releases a hold with a `hold.release` leaf; what it kept from being removed goes on soon. To repeat it changes nothing.
 *
 * @throws KeelsonError `not_found`, `request_invalid`.
 */
export async function releaseHold(
  context: RemovalContext,
  tenantId: string,
  id: string,
  reason: string,
): Promise<Hold> {
  const { store, clock } = context
  checkWords('reason', reason)
  return untilSettled(async () => {
    const document = await store.document(tenantId, holdCollection, id)
    if (document === undefined) throw new KeelsonError('not_found', 'There is no such hold')
    const hold = holdOf(document)
    if (hold.releasedAt !== undefined) return { ...toHold(hold), isRepeat: true }
    const released: Hold = {
      ...toHold(hold),
      releasedAt: new Date(clock.now()).toISOString(),
      releaseReason: reason,
    }
    const state = await loadRemovalState(store, tenantId)
    const payloads = [id, ...(hold.further ?? [])].map(one => ({ action: 'hold.release', hold: one, reason }))
    const receipts = await tryCommit(store, {
      scope: { tenantId },
      appends: payloads.map(payload => recordWrite(tenantId, 'hold.release', payload, context)),
      documents: [
        {
          tenantId,
          collection: holdCollection,
          id,
          value: JSON.parse(JSON.stringify(released)),
          expected: document.revision,
        },
        removalStateChange(state),
      ],
    })
    return receipts && released
  })
}

/** All that ever were, the oldest first. */
export async function listHolds(context: RemovalContext, tenantId: string): Promise<readonly Hold[]> {
  const holds: Hold[] = []
  for await (const document of documentsOf(context.store, tenantId, holdCollection))
    holds.push(toHold(holdOf(document)))
  return holds
}
