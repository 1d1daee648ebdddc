import type { EventStore } from '../../store/index.ts'
import { shardOf } from '../../store/index.ts'
import type { Start } from '../../transport/index.ts'
import { checkSubscriptionName, partitionName, startPosition } from '../../transport/index.ts'

/**
 * Puts a tenant's new subscription where it is to start, before anything runs: `now` is now then, and not when its first
 * consumer comes. Does nothing where it has begun. Gives the position.
 * @throws KeelsonError `delivery_options_invalid` for a name or a start that is none.
 */
export async function beginSubscription(
  store: EventStore,
  { name, tenantId }: { readonly name: string; readonly tenantId: string },
  start: Start,
): Promise<number> {
  checkSubscriptionName(name)
  const checkpoint = partitionName(name, shardOf(tenantId, store.capabilities.shards))
  const from = await store.checkpoint(checkpoint)
  if (from > 0) return from
  const to = await startPosition(store, { tenantId }, start)
  if (to > 0) await store.commit({ scope: { tenantId }, checkpoint: { name: checkpoint, from, to } })
  return to
}
