import type { EventFilter, EventStore, Scope } from '../../store/index.ts'
import type { ReceiverStatus } from '../port-types.ts'
import { deadLetterCollection, placeOf, waitingCollection } from '../record/collections.ts'

const mostCounted = 1_000

export interface StatusScope {
  readonly scope: Scope
  readonly filter: EventFilter
  readonly subscription: string
  readonly partition: number
}

/** How far a partition is behind, and how much of it is in trouble. */
export async function readStatus(
  store: EventStore,
  { scope, filter, subscription, partition }: StatusScope,
  position: number,
  now: number,
): Promise<Pick<ReceiverStatus, 'lag' | 'waiting' | 'setAside'>> {
  const count = async (collection: string) =>
    (await store.documents(scope, collection, { limit: mostCounted })).filter(
      ({ id }) => placeOf(id).partition === partition,
    ).length
  const [next] = await Array.fromAsync(store.readAll(scope, { after: position, limit: 1, filter }))
  const behind = next === undefined ? 0 : Math.max(1, (await store.head(scope)) - position)
  const seconds = next === undefined ? 0 : Math.max(0, (now - Date.parse(next.recordedAt)) / 1000)
  return {
    lag: { events: behind, seconds },
    waiting: await count(waitingCollection(subscription, partition)),
    setAside: await count(deadLetterCollection(subscription)),
  }
}
