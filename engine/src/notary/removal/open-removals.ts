import type { Clock, IdSource, RandomFill } from '../../core/index.ts'
import { createIdSource, pooledRandom, systemClock } from '../../core/index.ts'
import type { BlobStore, EventStore } from '../../store/index.ts'
import { openWithArchive } from '../../store/index.ts'
import { activeApprovers, listApprovers, registerApprover, revokeApprover } from './approval/approvers.ts'
import { archiveCopies, archiveLines } from './copies/archive-copies.ts'
import type { Erasure } from './erasure/erasure.ts'
import { erasureProcedure } from './erasure/erasure-procedure.ts'
import { findSubject } from './erasure/find-subject.ts'
import { KnownTexts } from './erasure/known-texts.ts'
import { requestErasure } from './erasure/request-erasure.ts'
import { holdLine } from './hold/extend-hold.ts'
import { listHolds, releaseHold, setHold } from './hold/holds.ts'
import type { CopyStore, RemovalAlarm, RemovalKeys } from './port.ts'
import type { Procedure } from './procedure/procedure.ts'
import type { Removal, RemovalFile } from './procedure/removal.ts'
import { toFile } from './procedure/removal.ts'
import { approveRemoval, findRemoval, withdrawRemoval } from './procedure/settle.ts'
import type { Redaction } from './redaction/redaction.ts'
import { redactionProcedure } from './redaction/redaction-procedure.ts'
import { requestRedaction } from './redaction/request-redaction.ts'
import type { RemovalContext } from './removal-context.ts'
import { loadRemovalState } from './removal-state.ts'
import type { ErasureView, RedactionView } from './removal-view.ts'
import { erasureView, redactionView, seen } from './removal-view.ts'
import { lineOf, RemovalWorker } from './removal-worker.ts'
import type { RemovalPage, Removals } from './removals-port.ts'
import { applyRetention } from './retention/apply-retention.ts'
import {
  listRetentionPolicies,
  retentionPolicyRecord,
  setRetentionPolicy,
} from './retention/retention-policy.ts'
import { purgeLine } from './retention/retention-purge.ts'

export interface RemovalOptions {
  /** All that keeps content of events beside the log; see `builtInCopies`. Names are distinct. */
  readonly copies: readonly CopyStore[]
  /**
   * Where the tenants' archives are, so that archived content can be redacted and removed. It takes part as the store of
   * copies named `archive`; without it archived content is out of reach.
   */
  readonly archive?: BlobStore
  readonly clock?: Clock
  readonly ids?: IdSource
  readonly random?: RandomFill
  /** Told of what an operator should know of; must not throw. */
  readonly onAlarm?: (alarm: RemovalAlarm) => void
}

/**
 * Opens what removes content from the logs of tenants. `opened` is the store without keys: what it reads has digests for
 * sealed fields.
 *
 * @throws TypeError where two stores of copies have one name.
 */
export function openRemovals(opened: EventStore, ring: RemovalKeys, options: RemovalOptions): Removals {
  const { archive, clock = systemClock, random = pooledRandom(), onAlarm = () => undefined } = options
  const store = archive === undefined ? opened : openWithArchive(opened, archive)
  const copies =
    archive === undefined
      ? options.copies
      : [...options.copies, archiveCopies({ store, clock, blobs: archive })]
  const names = copies.map(({ name }) => name)
  if (new Set(names).size < names.length)
    throw new TypeError(`Two stores of copies have one name: ${names.join(', ')}`)
  const ids = options.ids ?? createIdSource(clock)
  const tools = { clock, ids, random, onAlarm, known: new KnownTexts(clock) }
  const context: RemovalContext = { store, ring, copies, ...tools, ...(archive && { archive }) }
  const erasing = erasureProcedure(context)
  const redacting = redactionProcedure(context)
  const seeErasure = seen(erasing, erasureView)
  const seeRedaction = seen(redacting, redactionView)
  const kinds = { erasing, redacting, seeErasure, seeRedaction }
  const lines = [
    lineOf(context, erasing),
    lineOf(context, redacting),
    holdLine(context),
    purgeLine(context),
    ...archiveLines(context),
  ]
  const worker = new RemovalWorker(context, lines)
  /** Has the worker begin with what was just asked for. */
  const soon = <T>(result: T): T => {
    worker.wake()
    return result
  }
  return {
    start: () => worker.start(),
    work: signal => worker.work(signal),
    close: () => worker.close(),
    findSubject: (tenantId, subject, signal) => findSubject(context, tenantId, subject, signal),
    requestErasure: async (tenantId, request) =>
      soon(await seeErasure(await requestErasure(context, tenantId, request))),
    ...callsOf(context, soon, kinds),
    requestRedaction: async (tenantId, request) =>
      soon(await seeRedaction(await requestRedaction(context, tenantId, request))),
    setHold: (tenantId, hold) => setHold(context, tenantId, hold),
    async releaseHold(tenantId, id, reason) {
      const hold = await releaseHold(context, tenantId, id, reason)
      await worker.release(tenantId)
      return hold
    },
    holds: tenantId => listHolds(context, tenantId),
    registerApprover: (tenantId, approver, consent) => registerApprover(context, tenantId, approver, consent),
    revokeApprover: (tenantId, name, consent) => revokeApprover(context, tenantId, name, consent),
    approvers: tenantId => listApprovers(store, tenantId),
    async approvalsNeeded(tenantId) {
      const active = await activeApprovers(store, tenantId)
      return active.length === 0 ? 0 : (await loadRemovalState(store, tenantId)).approvalsNeeded
    },
    setRetentionPolicy: (tenantId, policy, consent) => setRetentionPolicy(context, tenantId, policy, consent),
    retentionPolicyRecord: (tenantId, policy) => retentionPolicyRecord(store, tenantId, policy),
    retentionPolicies: tenantId => listRetentionPolicies(store, tenantId),
    applyRetention: (tenantId, policyId, run) => applyRetention(context, tenantId, policyId, run),
  }
}

interface Kinds {
  readonly erasing: Procedure<Erasure>
  readonly redacting: Procedure<Redaction>
  readonly seeErasure: (file: RemovalFile<Erasure>) => Promise<ErasureView>
  readonly seeRedaction: (file: RemovalFile<Redaction>) => Promise<RedactionView>
}

/** What can be done to a removal of either kind. */
function callsOf(
  context: RemovalContext,
  soon: <T>(result: T) => T,
  { erasing, redacting, seeErasure, seeRedaction }: Kinds,
): Pick<
  Removals,
  | 'erasure'
  | 'erasures'
  | 'approveErasure'
  | 'withdrawErasure'
  | 'redaction'
  | 'redactions'
  | 'approveRedaction'
  | 'withdrawRedaction'
> {
  const { store } = context
  const erasures = erasing.collection
  const redactions = redacting.collection
  return {
    erasure: async (tenantId, id) =>
      seeErasure(await findRemoval(store, { collection: erasures, tenantId, id })),
    erasures: async (tenantId, page) =>
      Promise.all((await pageOf<Erasure>(store, tenantId, erasures, page)).map(seeErasure)),
    approveErasure: async (tenantId, id, approval) =>
      soon(
        await seeErasure(
          await approveRemoval<Erasure>(context, { collection: erasures, tenantId, id }, approval),
        ),
      ),
    withdrawErasure: async (tenantId, id) =>
      seeErasure(await withdrawRemoval(context, { collection: erasures, tenantId, id }, erasing.settle)),
    redaction: async (tenantId, id) =>
      seeRedaction(await findRemoval(store, { collection: redactions, tenantId, id })),
    redactions: async (tenantId, page) =>
      Promise.all((await pageOf<Redaction>(store, tenantId, redactions, page)).map(seeRedaction)),
    approveRedaction: async (tenantId, id, approval) =>
      soon(
        await seeRedaction(
          await approveRemoval<Redaction>(context, { collection: redactions, tenantId, id }, approval),
        ),
      ),
    withdrawRedaction: async (tenantId, id) =>
      seeRedaction(
        await withdrawRemoval(context, { collection: redactions, tenantId, id }, redacting.settle),
      ),
  }
}

async function pageOf<Value extends Removal>(
  store: EventStore,
  tenantId: string,
  collection: string,
  page: RemovalPage = {},
): Promise<readonly RemovalFile<Value>[]> {
  return (await store.documents({ tenantId }, collection, page)).map(document => toFile<Value>(document))
}
