import { toKeelsonError } from '../../../core/index.ts'
import type { Document, DocumentChange } from '../../../store/index.ts'
import { lease } from '../procedure/backoff.ts'
import type { RemovalContext } from '../removal-context.ts'
import type { Line } from '../removal-worker.ts'
import { postpone, tryCommit } from '../tenant-documents.ts'

/** A document while content that retention has removed may still lie in the store's files. */
const collection = 'retention-purge'
const id = 'main'

/** For the unit of work that removes content: has the store purged, by the worker where this call does not come so far. */
export const purgeChange = (tenantId: string, due: number): DocumentChange => ({
  tenantId,
  collection,
  id,
  value: { phase: 'purge' },
  due,
})

/** Purges the store where retention has removed something of the tenant since it was purged, in an earlier call too. */
export async function purgeRemoved({ store }: RemovalContext, tenantId: string): Promise<void> {
  const wanted = await store.document(tenantId, collection, id)
  if (wanted === undefined) return
  await store.purge()
  await tryCommit(store, { scope: { tenantId }, documents: [done(wanted)] })
}

/** What was cut off before the purge: the worker does one for all that wait for it. */
export const purgeLine = ({ store, clock, onAlarm }: RemovalContext): Line => ({
  collection,
  advance: async () => undefined,
  async complete(tenantId) {
    const wanted = await store.document(tenantId, collection, id)
    // What was removed while it purged is not due yet.
    if (wanted === undefined || (wanted.due ?? 0) > clock.now()) return
    await tryCommit(store, { scope: { tenantId }, documents: [done(wanted)] })
  },
  async postpone(tenantId, _, error) {
    onAlarm({ tenantId, id: collection, what: 'stopped', detail: toKeelsonError(error).code })
    await postpone(store, { tenantId, collection, id, due: clock.now() + lease })
  },
})

const done = ({ tenantId, revision }: Document): DocumentChange => ({
  tenantId,
  collection,
  id,
  expected: revision,
})
