import { KeelsonError } from '../../../core/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import { trimArchive, trimChanges } from '../../../store/index.ts'
import { findArchived } from '../archived-content.ts'
import { holdsOnEvents } from '../hold/covering.ts'
import { lease } from '../procedure/backoff.ts'
import type { RemovalReceipt } from '../record/receipt.ts'
import { toRemovalReceipt } from '../record/receipt.ts'
import { recordWrite } from '../record/record-write.ts'
import { removedEntry, removedMembers } from '../record/removed-entries.ts'
import type { RemovalContext } from '../removal-context.ts'
import { loadRemovalState, removalStateChange } from '../removal-state.ts'
import { kidsOfEvent } from '../sealed-text.ts'
import { tryCommit, untilSettled } from '../tenant-documents.ts'
import { keptByLock } from './locked-policies.ts'
import { retentionCopies } from './retention-copies.ts'
import type { RetentionPolicy } from './retention-policy.ts'
import { findRetentionPolicy, refuseUnsigned, scavengePolicy } from './retention-policy.ts'
import { purgeChange, purgeRemoved } from './retention-purge.ts'

export interface RetentionRunOptions {
  /** Only events that were recorded before this time too; milliseconds since the epoch. */
  readonly before?: number
  /** Counts what there is to remove and removes nothing. */
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (soFar: RetentionReport) => void
}

export interface RetentionReport {
  readonly policy: string
  readonly dryRun: boolean
  /** Events whose content was removed, or would be. */
  readonly removed: number
  /** Events that a hold or a locked policy keeps. */
  readonly held: number
  /** Archived events whose archive is not known here. */
  readonly unreachable: number
  /** The newest 100 records. */
  readonly receipts: readonly RemovalReceipt[]
}

const day = 24 * 60 * 60 * 1000
/** Events whose content goes in one unit of work, with one leaf. */
const pageSize = 500
const mostReceipts = 100
/** The store of copies without which the content of archived events is out of reach. */
const archiveName = 'archive'

/**
 * Removes the content of events that are older than the policy's minimum, a page and its `retention` leaf in one unit of
 * work. Records of the log stay. Where it is cut off the same call goes on, and the worker with what is left in archive and
 * files; what a hold keeps goes the next time.
 *
 * @throws KeelsonError `not_found` where there is no such policy, `approval_invalid` where it is not signed and there are
 * approvers, `removal_running`, `document_conflict`, and what a store of copies throws.
 */
export async function applyRetention(
  context: RemovalContext,
  tenantId: string,
  policyId: string,
  options: RetentionRunOptions = {},
): Promise<RetentionReport> {
  const { store, clock, copies, archive } = context
  const { dryRun = false, signal = new AbortController().signal, onProgress } = options
  const policy = await findRetentionPolicy(store, tenantId, policyId)
  if (policyId === scavengePolicy.id)
    throw new KeelsonError('request_invalid', 'By the policy scavenge only a scavenge removes anything')
  if (!dryRun) await refuseUnsigned(store, tenantId, policy)
  const limit = Math.min(clock.now() - policy.minimumDays * day, options.before ?? Number.POSITIVE_INFINITY)
  const report = {
    policy: nameOf(policy),
    dryRun,
    removed: 0,
    held: 0,
    unreachable: 0,
    receipts: [] as RemovalReceipt[],
  }
  const isReached = copies.some(({ name }) => name === archiveName)
  let page: RecordedEvent[] = []
  const flush = async (): Promise<void> => {
    if (page.length === 0) return
    const done = dryRun ? { removed: page.length, held: 0 } : await removePage(context, policy, page, signal)
    page = []
    report.removed += done.removed
    report.held += done.held
    if ('receipt' in done && done.receipt)
      report.receipts = [...report.receipts, done.receipt].slice(-mostReceipts)
    onProgress?.({ ...report })
    signal.throwIfAborted()
  }
  const covering = await holdsOnEvents(context, tenantId)
  const isLocked = await keptByLock(store, tenantId, clock.now())
  const isArchived = await findArchived(store, tenantId)
  const filter = policy.eventTypes === undefined ? {} : { filter: { types: policy.eventTypes } }
  for await (const event of store.readAll({ tenantId }, { ...filter, signal })) {
    // Times of a log do not decrease.
    if (Date.parse(event.recordedAt) >= limit) break
    if (event.kind !== 'event' || event.bodyState === 'removed') continue
    if (!isReached && isArchived(event)) report.unreachable += 1
    else if (covering(event).length > 0 || isLocked(event)) {
      report.held += 1
      // A range does not go over what is held.
      await flush()
    } else page.push(event)
    if (page.length >= pageSize) await flush()
  }
  await flush()
  // Also what an earlier call has left.
  if (!dryRun && archive !== undefined)
    await trimArchive(store, archive, tenantId, { now: clock.now(), signal })
  if (!dryRun) await purgeRemoved(context, tenantId)
  return report
}

/** Removes what no hold covers by now, with its record; holds that are set meanwhile come before or after it. */
async function removePage(
  context: RemovalContext,
  policy: RetentionPolicy,
  page: readonly RecordedEvent[],
  signal: AbortSignal,
): Promise<{ removed: number; held: number; receipt?: RemovalReceipt }> {
  const { store, copies } = context
  const { tenantId } = page[0] as RecordedEvent
  return untilSettled(async () => {
    const state = await loadRemovalState(store, tenantId)
    // What is being redacted at this moment must stay until that is recorded.
    if (state.running !== undefined) throw new KeelsonError('removal_running')
    const { version } = await findRetentionPolicy(store, tenantId, policy.id)
    await refuseUnsigned(store, tenantId, policy)
    if (version !== policy.version)
      throw new KeelsonError(
        'document_conflict',
        'The policy was changed while it was applied: apply it again',
      )
    const covering = await holdsOnEvents(context, tenantId)
    const isLocked = await keptByLock(store, tenantId, context.clock.now())
    const free = page.filter(event => covering(event).length === 0 && !isLocked(event))
    const held = page.length - free.length
    const [first, last] = [free[0], free.at(-1)]
    if (first === undefined || last === undefined) return { removed: 0, held }
    for (const copy of copies) await copy.erase(retentionCopies(tenantId, free), signal)
    const positions = free.map(({ position }) => position)
    const kids = [...new Set(free.flatMap(kidsOfEvent))]
    const due = context.clock.now() + lease
    const archived = context.archive === undefined ? [] : await trimChanges(store, tenantId, free, due)
    const payload = {
      action: 'retention',
      minimumDays: policy.minimumDays,
      policy: nameOf(policy),
      range: [first.sequence, last.sequence + 1],
      ...removedMembers(free.map(removedEntry), context.random),
    }
    const receipts = await tryCommit(store, {
      scope: { tenantId },
      appends: [recordWrite(tenantId, 'retention', payload, context)],
      documents: [removalStateChange(state), purgeChange(tenantId, due), ...archived],
      bodies: [{ tenantId, positions, becomes: 'removed' }],
      ...(kids.length > 0 && { secrets: [{ tenantId, positions, kids }] }),
    })
    const [receipt] = receipts ?? []
    return receipt && { removed: free.length, held, receipt: toRemovalReceipt(receipt) }
  })
}

const nameOf = ({ id, version }: RetentionPolicy): string => `${id}@${version}`
