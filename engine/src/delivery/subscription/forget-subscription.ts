import { platformTenant } from '../../core/index.ts'
import type { DocumentChange, EventStore } from '../../store/index.ts'
import { shardOf } from '../../store/index.ts'
import {
  checkSubscriptionName,
  deadLetterCollection,
  ownerCollection,
  parkedCollection,
  partitionName,
  scheduledCollection,
  waitingCollection,
} from '../../transport/index.ts'
import { discardedCollection } from '../dead-letter/index.ts'

const step = 400

/**
 * Removes what there is of a tenant's subscription that is not to run again: what waits for a retry or its time, its parked keys, its dead
 * letters and the record of those that were discarded. Nobody may run it meanwhile. Its name is not to be used again, as
 * its checkpoint stays.
 */
export async function forgetSubscription(
  store: EventStore,
  { name, tenantId }: { readonly name: string; readonly tenantId: string },
): Promise<void> {
  checkSubscriptionName(name)
  const partition = shardOf(tenantId, store.capabilities.shards)
  const collections = [
    waitingCollection(name, partition),
    scheduledCollection(name, partition),
    parkedCollection(name, partition),
    deadLetterCollection(name),
    discardedCollection(name),
  ]
  for (const collection of collections) await removeAll(store, tenantId, collection)
  const id = partitionName(name, partition)
  const owner = { tenantId: platformTenant, collection: ownerCollection, id }
  await store.commit({ scope: { tenantId: platformTenant }, documents: [owner] })
}

async function removeAll(store: EventStore, tenantId: string, collection: string): Promise<void> {
  for (;;) {
    const page = await store.documents({ tenantId }, collection, { limit: step })
    const documents = page.map(({ id }): DocumentChange => ({ tenantId, collection, id }))
    if (documents.length > 0) await store.commit({ scope: { tenantId }, documents })
    if (page.length < step) return
  }
}
