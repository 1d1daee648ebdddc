import { isJsonObject, platformTenant } from '../../../core/index.ts'
import type { EventStore } from '../../../store/index.ts'
import { logCollections } from '../tree/log-state.ts'

const mostRead = 1_000

/**
 * Tenants that have a signed log: those of the list of all heads, and those whose logs are checked the soonest, as the
 * list is written once a minute, and by a notary that records it alone. Of more than a thousand logs one that is not in
 * the list yet may be left out.
 */
export async function knownLogs(store: EventStore): Promise<ReadonlySet<string>> {
  const [buckets, checks] = await Promise.all([
    store.documents({ tenantId: platformTenant }, logCollections.heads, { limit: mostRead }),
    store.documents({ tenantId: 'every tenant' }, logCollections.check, {
      dueUntil: Number.MAX_SAFE_INTEGER,
      limit: mostRead,
    }),
  ])
  const listed = buckets.flatMap(({ value }) => (isJsonObject(value) ? Object.keys(value) : []))
  return new Set([...listed, ...checks.map(({ tenantId }) => tenantId)])
}
