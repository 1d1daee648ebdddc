import type { DocumentChange, EventStore } from 'keelson'
import type { OwnSubscription } from '../own/own-subscription.ts'
import { engineNameOf } from '../own/own-subscription.ts'
import type { Settlement } from './settlement.ts'
import { readSettlement, toJson } from './settlement.ts'

/**
 * Behind one address a consumer may tell one server what became of a delivery that another gave it. It is left for that
 * one as a document of the tenant, by its token.
 */
const collectionOf = (own: OwnSubscription): string => `pull-settled/${engineNameOf(own)}`

const most = 1_000

/** Leaves settlements for the server that gave the deliveries; durable when it resolves. */
export async function leave(
  store: EventStore,
  own: OwnSubscription,
  settlements: readonly Settlement[],
): Promise<void> {
  const { tenantId } = own
  const documents = settlements.map(
    (settlement): DocumentChange => ({
      tenantId,
      collection: collectionOf(own),
      id: settlement.token,
      value: toJson(settlement),
    }),
  )
  await store.commit({ scope: { tenantId }, documents })
}

/** Takes what was left, also what was meant for a server that has ended: its deliveries come again. */
export async function takeLeft(store: EventStore, own: OwnSubscription): Promise<readonly Settlement[]> {
  const { tenantId } = own
  const found = await store.documents({ tenantId }, collectionOf(own), { limit: most })
  if (found.length === 0) return []
  const documents = found.map(({ collection, id }): DocumentChange => ({ tenantId, collection, id }))
  await store.commit({ scope: { tenantId }, documents })
  return found.flatMap(({ id, value }) => readSettlement(id, value) ?? [])
}
