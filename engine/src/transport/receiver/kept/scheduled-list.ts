import type { Document, DocumentChange, EventStore, Scope } from '../../../store/index.ts'
import { scheduledCollection, troubleId } from '../../record/collections.ts'
import { waitingChange } from '../../record/trouble.ts'
import { LogDelivery } from '../log-delivery.ts'
import { readKeptEvents } from './kept-events.ts'

/** Documents that a look may ask for. */
const mostAsked = 1_000

/**
 * What is to be delivered later: a document of each event until it is done, due at its time. None of it is in memory
 * before, but the time of the next.
 */
export class ScheduledList {
  readonly #store: EventStore
  readonly #scope: Scope
  readonly #subscription: string
  readonly #partition: number
  readonly #inHand = new Set<number>()
  /** Those that were forgotten while the documents were being asked for: the answer may be older than that. */
  readonly #gone = new Set<number>()
  #nextDue = 0
  /** Whether there may be more than a look has shown. */
  #isCut = false

  constructor(store: EventStore, scope: Scope, subscription: string, partition: number) {
    this.#store = store
    this.#scope = scope
    this.#subscription = subscription
    this.#partition = partition
  }

  /** When it is to be looked for the next one, in milliseconds since the epoch. */
  get nextDue(): number {
    return this.#nextDue
  }

  has(position: number): boolean {
    return this.#inHand.has(position)
  }

  /** The change that keeps an event until its time; to be followed by `expect` when it is durable. */
  keep(delivery: LogDelivery, due: number): DocumentChange {
    return { ...waitingChange(this.#subscription, delivery.troubleAfter(undefined), due), ...this.#own }
  }

  expect(due: number): void {
    this.#nextDue = Math.min(this.#nextDue, due)
  }

  /** Takes what is due, at most `max`. */
  async take(now: number, max: number): Promise<readonly LogDelivery[]> {
    const limit = Math.min(mostAsked, this.#inHand.size + max + 1)
    // What is put there while it is being looked is told by `expect`.
    this.#nextDue = Number.POSITIVE_INFINITY
    this.#gone.clear()
    const page = await this.#documents(limit).catch(error => {
      this.#nextDue = 0
      throw error
    })
    const waiting = page.filter(({ id }) => {
      const position = positionOf(id)
      return !this.#inHand.has(position) && !this.#gone.has(position)
    })
    const due = waiting.filter(one => (one.due ?? 0) <= now).slice(0, max)
    const next = waiting[due.length]?.due
    this.#isCut = next === undefined && page.length === limit
    if (next !== undefined) this.expect(next)
    else if (this.#isCut && this.#gone.size > 0) this.expect(0)
    return this.#hold(due)
  }

  /** The changes by which it is not kept any more; none where it never was. They take effect only once. */
  drop({ isScheduled, trouble, revision }: LogDelivery): readonly DocumentChange[] {
    if (!isScheduled || trouble === undefined) return []
    return [{ tenantId: trouble.tenantId, id: troubleId(trouble), expected: revision, ...this.#own }]
  }

  /** Once `drop` is durable. */
  forget(delivery: LogDelivery): void {
    if (!delivery.isScheduled || !this.#inHand.delete(delivery.position)) return
    this.#gone.add(delivery.position)
    if (this.#isCut) this.#nextDue = 0
  }

  /** Of its document as it is now; 0 where there is none. */
  async revisionOf(delivery: LogDelivery): Promise<number> {
    const { collection } = this.#own
    return (await this.#store.document(delivery.tenantId, collection, troubleId(delivery)))?.revision ?? 0
  }

  get #own(): { readonly collection: string } {
    return { collection: scheduledCollection(this.#subscription, this.#partition) }
  }

  #documents(limit: number): Promise<readonly Document[]> {
    const { collection } = this.#own
    return this.#store.documents(this.#scope, collection, { dueUntil: Number.MAX_SAFE_INTEGER, limit })
  }

  async #hold(due: readonly Document[]): Promise<readonly LogDelivery[]> {
    for (const { id } of due) this.#inHand.add(positionOf(id))
    try {
      const kept = await readKeptEvents(this.#store, due)
      return kept
        .toSorted((a, b) => a.dueAt - b.dueAt)
        .map(
          ({ event, trouble, dueAt, revision }) =>
            new LogDelivery(event, this.#partition, trouble.orderingKey, {
              trouble,
              dueAt,
              revision,
              isScheduled: true,
            }),
        )
    } catch (error) {
      for (const { id } of due) this.#inHand.delete(positionOf(id))
      this.#nextDue = 0
      throw error
    }
  }
}

const positionOf = (id: string): number => Number(id.split('#', 1)[0])
