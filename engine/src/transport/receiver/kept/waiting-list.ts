import type { Document, DocumentChange, EventStore, Scope } from '../../../store/index.ts'
import { placeOf, troubleId, waitingCollection } from '../../record/collections.ts'
import type { Trouble } from '../../record/trouble.ts'
import { waitingChange } from '../../record/trouble.ts'
import { LogDelivery } from '../log-delivery.ts'
import { readKeptEvents } from './kept-events.ts'
import { LeftKeys } from './left-keys.ts'

/** Documents that a look may ask for. */
const mostAsked = 1_000

/** What waits for another try of a partition; each is in hand at most once. */
export class WaitingList {
  readonly #store: EventStore
  readonly #scope: Scope
  readonly #subscription: string
  readonly #partition: number
  readonly #inHand = new Set<number>()
  /** Those that were forgotten while the documents were being asked for: the answer may be older than that. */
  readonly #gone = new Set<number>()
  readonly #left = new LeftKeys()
  #ready: LogDelivery[] = []
  /** Documents of the last look where there may be more, else 0. */
  #cutAt = 0
  /** Whether there may be something of a predecessor that is not in hand. */
  #isPartial = false

  constructor(store: EventStore, scope: Scope, subscription: string, partition: number) {
    this.#store = store
    this.#scope = scope
    this.#subscription = subscription
    this.#partition = partition
  }

  /** Those that are kept, for all that is known here. */
  get size(): number {
    return this.#inHand.size
  }

  has(position: number): boolean {
    return this.#inHand.has(position)
  }

  /**
   * Takes what a predecessor left, whether it is due or not: order is kept behind it. Of more than 1,000 those that are
   * due first; of the others the keys, and they come when they are due or when `takeAhead` asks for their keys.
   */
  async load(): Promise<void> {
    const page = await this.#documents({ dueUntil: Number.MAX_SAFE_INTEGER, limit: mostAsked })
    this.#cutAt = page.length === mostAsked ? mostAsked : 0
    this.#isPartial = this.#cutAt > 0
    if (!this.#isPartial) this.#left.clear()
    await this.#hold(page)
  }

  /** Ids are in order within a tenant alone, so each is looked through when the first of its events comes. */
  async #noteLeft(tenantId: string): Promise<void> {
    if (this.#left.knows(tenantId)) return
    const collection = waitingCollection(this.#subscription, this.#partition)
    const left: Document[] = []
    for (let after: string | undefined; ; ) {
      const query = { limit: mostAsked, ...(after === undefined ? {} : { after }) }
      const page = await this.#store.documents({ tenantId }, collection, query)
      left.push(...page.filter(({ id }) => !this.#inHand.has(placeOf(id).position)))
      after = page.at(-1)?.id
      if (page.length < mostAsked) break
    }
    this.#left.add(tenantId, left)
  }

  /** What waits of the keys of these, and was in nobody's hands: it goes ahead of them. */
  async takeAhead(deliveries: readonly LogDelivery[]): Promise<readonly LogDelivery[]> {
    if (!this.#isPartial) return []
    for (const { tenantId, orderingKey } of deliveries) {
      if (orderingKey === undefined) continue
      await this.#noteLeft(tenantId)
      const left = this.#left.of(tenantId, orderingKey)
      if (left.length === 0) continue
      const found = await Promise.all(left.map(one => this.#document(one.tenantId, one.id)))
      await this.#hold(found.filter(one => one !== undefined))
      this.#left.forget(tenantId, orderingKey)
    }
    return this.#ready.splice(0)
  }

  /** Whether there may be more that is due, and what was taken is done in good part. */
  get isBehind(): boolean {
    return this.#ready.length === 0 && this.#cutAt > 0 && this.#gone.size >= this.#cutAt / 4
  }

  /** Whether all that is kept is in hand, for all that is known here. */
  get isWhole(): boolean {
    return this.#cutAt === 0
  }

  /** Takes what somebody else has put there by now, such as replayed dead letters. */
  async poll(now: number, room: number): Promise<void> {
    if (this.#ready.length > 0) return
    this.#gone.clear()
    if (this.#isPartial) return this.load()
    const limit = Math.min(mostAsked, this.#inHand.size + room)
    const page = await this.#documents({ dueUntil: Math.floor(now), limit })
    this.#cutAt = page.length === limit ? limit : 0
    await this.#hold(page)
  }

  take(max: number): LogDelivery[] {
    return this.#ready.splice(0, max)
  }

  /** The change that keeps a failed try; the delivery stays in hand. `before` is the revision of its document, or 0. */
  keep(delivery: LogDelivery, trouble: Trouble, dueAt: number, before: number): DocumentChange {
    this.#inHand.add(delivery.position)
    return waitingChange(this.#subscription, trouble, Math.ceil(dueAt), before)
  }

  /** The changes by which it does not wait any more; none where it never did. They take effect only once. */
  drop(delivery: LogDelivery): readonly DocumentChange[] {
    if (delivery.trouble === undefined || delivery.isScheduled) return []
    const {
      value: _,
      due: __,
      ...gone
    } = waitingChange(this.#subscription, delivery.trouble, 0, delivery.revision)
    return [gone]
  }

  /** Once `drop` is durable. */
  forget(delivery: LogDelivery): void {
    if (this.#inHand.delete(delivery.position)) this.#gone.add(delivery.position)
  }

  /** Of its document as it is now; 0 where there is none. */
  async revisionOf({ tenantId, position, partition }: LogDelivery): Promise<number> {
    return (await this.#document(tenantId, troubleId({ position, partition })))?.revision ?? 0
  }

  #document(tenantId: string, id: string): Promise<Document | undefined> {
    return this.#store.document(tenantId, waitingCollection(this.#subscription, this.#partition), id)
  }

  #documents(query: Parameters<EventStore['documents']>[2]): Promise<readonly Document[]> {
    return this.#store.documents(this.#scope, waitingCollection(this.#subscription, this.#partition), query)
  }

  async #hold(page: readonly Document[]): Promise<void> {
    for (const { event, trouble, dueAt, revision } of await readKeptEvents(this.#store, page)) {
      if (this.#inHand.has(event.position) || this.#gone.has(event.position)) continue
      this.#inHand.add(trouble.position)
      this.#ready.push(
        new LogDelivery(event, this.#partition, trouble.orderingKey, { trouble, dueAt, revision }),
      )
    }
  }
}
