import type { Document, DocumentChange, EventStore, Scope } from '../../../store/index.ts'
import { scheduledCollection, waitingCollection } from '../../record/collections.ts'

const pageSize = 400

/** What the log's receiver keeps for later waits for its time like a retry from now on: the broker does not have it. */
export async function handOverScheduled(
  store: EventStore,
  scope: Scope,
  subscription: string,
  partition: number,
): Promise<void> {
  const collection = scheduledCollection(subscription, partition)
  for (;;) {
    const page = await store.documents(scope, collection, { limit: pageSize })
    if (page.length === 0) return
    const move = (document: Document): readonly DocumentChange[] => {
      const { tenantId, id, value, due = 0, revision } = document
      return [
        { tenantId, collection, id, expected: revision },
        { tenantId, collection: waitingCollection(subscription, partition), id, value, due },
      ]
    }
    await store.commit({ scope, documents: page.flatMap(move) })
  }
}
