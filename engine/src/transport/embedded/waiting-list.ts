import type { Document, DocumentChange, EventStore, RecordedEvent, Scope } from '../../store/index.ts'
import { waitingCollection } from '../record/collections.ts'
import type { Trouble } from '../record/trouble.ts'
import { readTrouble, waitingChange } from '../record/trouble.ts'
import { EmbeddedDelivery } from './embedded-delivery.ts'

interface Kept {
  readonly trouble: Trouble
  readonly dueAt: number
}

/** What waits for another try of a partition; each is in hand at most once. */
export class WaitingList {
  readonly #store: EventStore
  readonly #scope: Scope
  readonly #subscription: string
  readonly #partition: number
  readonly #inHand = new Set<number>()
  /** Those that were forgotten while the documents were being asked for: the answer may be older than that. */
  readonly #gone = new Set<number>()
  #ready: EmbeddedDelivery[] = []

  constructor(store: EventStore, scope: Scope, subscription: string, partition: number) {
    this.#store = store
    this.#scope = scope
    this.#subscription = subscription
    this.#partition = partition
  }

  has(position: number): boolean {
    return this.#inHand.has(position)
  }

  /** Takes what a predecessor left, whether it is due or not: order is kept behind it. At most `room`. */
  async load(room: number): Promise<void> {
    for (let after: string | undefined; this.#inHand.size < room; ) {
      const query = { limit: 1_000, ...(after === undefined ? {} : { after }) }
      const page = await this.#documents(query)
      await this.#hold(page)
      after = page.at(-1)?.id
      if (page.length < 1_000) return
    }
  }

  /** Takes what somebody else has put there by now, such as replayed dead letters. */
  async poll(now: number, room: number): Promise<void> {
    if (this.#ready.length > 0) return
    this.#gone.clear()
    await this.#hold(
      await this.#documents({ dueUntil: Math.floor(now), limit: Math.min(1_000, this.#inHand.size + room) }),
    )
  }

  take(max: number): EmbeddedDelivery[] {
    return this.#ready.splice(0, max)
  }

  /** The change that keeps a failed try; the delivery stays in hand. */
  keep(delivery: EmbeddedDelivery, trouble: Trouble, dueAt: number): DocumentChange {
    this.#inHand.add(delivery.position)
    return waitingChange(this.#subscription, trouble, Math.ceil(dueAt))
  }

  /** The changes by which it does not wait any more; none where it never did. */
  drop(delivery: EmbeddedDelivery): readonly DocumentChange[] {
    if (delivery.trouble === undefined) return []
    const { value: _, due: __, ...gone } = waitingChange(this.#subscription, delivery.trouble, 0)
    return [gone]
  }

  /** Once `drop` is durable. */
  forget(delivery: EmbeddedDelivery): void {
    if (this.#inHand.delete(delivery.position)) this.#gone.add(delivery.position)
  }

  #documents(query: Parameters<EventStore['documents']>[2]): Promise<readonly Document[]> {
    return this.#store.documents(this.#scope, waitingCollection(this.#subscription, this.#partition), query)
  }

  async #hold(page: readonly Document[]): Promise<void> {
    const kept = page.flatMap((document): Kept[] => {
      const trouble = readTrouble(document)
      if (trouble === undefined) return []
      return [{ trouble, dueAt: document.due ?? 0 }]
    })
    const events = await this.#events(kept)
    for (const { trouble, dueAt } of kept.toSorted((a, b) => a.trouble.position - b.trouble.position)) {
      const event = events.get(trouble.position)
      // What was erased meanwhile is not there to be delivered; its record goes with its tenant.
      if (event === undefined || this.#inHand.has(event.position) || this.#gone.has(event.position)) continue
      this.#inHand.add(trouble.position)
      this.#ready.push(new EmbeddedDelivery(event, this.#partition, trouble.orderingKey, { trouble, dueAt }))
    }
  }

  async #events(kept: readonly Kept[]): Promise<ReadonlyMap<number, RecordedEvent>> {
    const byTenant = Map.groupBy(kept, ({ trouble }) => trouble.tenantId)
    const found = new Map<number, RecordedEvent>()
    for (const [tenantId, own] of byTenant) {
      const positions = own.map(({ trouble }) => trouble.position)
      for (const event of await this.#store.readPositions(tenantId, positions))
        found.set(event.position, event)
    }
    return found
  }
}
