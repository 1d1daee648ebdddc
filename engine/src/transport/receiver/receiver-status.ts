import { KeelsonError } from '../../core/index.ts'
import type { EventFilter, EventStore, RecordedEvent, Scope } from '../../store/index.ts'
import type { ReceiverStatus, ScheduledStatus } from '../port-types.ts'
import {
  deadLetterCollection,
  placeOf,
  scheduledCollection,
  waitingCollection,
} from '../record/collections.ts'

const mostCounted = 1_000

/** Events that are looked at to tell which of them a filter lets through. */
const mostLooked = 100

/** Those that wait, among which it is looked each time whether there are more. */
const fewWaiting = 100

export interface StatusScope {
  readonly scope: Scope
  readonly filter: EventFilter
  readonly subscription: string
  readonly partition: number
  /** Milliseconds for which a count holds; default none. */
  readonly countEvery?: number
  /** Whether an event that the store lets through is wanted; default each is. */
  readonly wants?: (event: RecordedEvent) => boolean
}

/** How far an owner has read, and how many of the events up to there are not done. */
export interface InHand {
  readonly high: number
  readonly open: number
}

type Kept = Pick<ReceiverStatus, 'waiting' | 'setAside' | 'scheduled'>

/** How far a partition is behind, and how much of it is in trouble. Documents are counted by reading them: not often. */
export class StatusReader {
  readonly #store: EventStore
  readonly #of: StatusScope
  #counted: { readonly at: number; readonly kept: Promise<Kept> } | undefined

  constructor(store: EventStore, of: StatusScope) {
    this.#store = store
    this.#of = of
  }

  /** What was counted does not hold any more. */
  forget(): void {
    this.#counted = undefined
  }

  /**
   * What the subscription is still to get behind a position, or beside what its owner has in hand. Exact where at most a
   * hundred are left to be read, or where nothing is filtered; else every event of its scope counts from the next one on
   * that the store lets through.
   */
  async lag(position: number, now: number, inHand?: InHand): Promise<ReceiverStatus['lag']> {
    const first = await this.#first(position)
    if (first === undefined) return { events: 0, seconds: 0 }
    const seconds = Math.max(0, (now - Date.parse(first.recordedAt)) / 1000)
    const isReadOn = inHand !== undefined && inHand.high > position
    const events = isReadOn ? inHand.open + (await this.#unread(inHand.high)) : await this.#unread(position)
    return events === 0 ? { events, seconds: 0 } : { events, seconds }
  }

  /** The first event behind a position that the store lets through. */
  async #first(after: number): Promise<RecordedEvent | undefined> {
    const [first] = await this.#read(after, 1)
    return first
  }

  async #read(after: number, limit: number): Promise<readonly RecordedEvent[]> {
    const { scope, filter } = this.#of
    const read = this.#store.readAll(scope, { after, limit, filter })
    return Array.fromAsync(read).catch((error: unknown) => {
      // The log is shorter than the checkpoint, as after a restore of another: it is told by what reads on.
      if (error instanceof KeelsonError && error.code === 'position_unknown') return []
      throw error
    })
  }

  async #unread(after: number): Promise<number> {
    const { filter, wants } = this.#of
    if (wants === undefined && Object.keys(filter).length === 0) {
      const first = await this.#first(after)
      return first === undefined ? 0 : this.#from(first)
    }
    const looked = await this.#read(after, mostLooked + 1)
    const [first] = looked
    if (first === undefined) return 0
    if (looked.length > mostLooked) return this.#from(first)
    return wants === undefined ? looked.length : looked.filter(wants).length
  }

  /** Events of the scope from this one on: those of one tenant are numbered. */
  async #from(first: RecordedEvent): Promise<number> {
    const { scope } = this.#of
    const head = await this.#store.head(scope)
    if (scope.tenantId === 'every tenant') return Math.max(1, head - first.position + 1)
    const [last] = await this.#store.readPositions(scope.tenantId, [head])
    return Math.max(1, (last?.sequence ?? first.sequence) - first.sequence + 1)
  }

  /** What waits of a partition whose owner has so many in hand, and whether it knows of no more. */
  async waiting(inHand: number, isWhole: boolean, now: number): Promise<number> {
    if (inHand >= fewWaiting || !isWhole)
      return isWhole ? inHand : Math.max(inHand, (await this.kept(now)).waiting)
    const found = await this.#countWaiting(inHand + 1)
    // Somebody has put more there, and the owner has not looked since.
    return found > inHand ? this.#countWaiting(mostCounted) : inHand
  }

  /** What documents keep of it. */
  kept(now: number): Promise<Kept> {
    if (this.#counted !== undefined && now - this.#counted.at < (this.#of.countEvery ?? 0))
      return this.#counted.kept
    const kept = this.#count()
    this.#counted = { at: now, kept }
    kept.catch(() => this.forget())
    return kept
  }

  async #count(): Promise<Kept> {
    const { subscription } = this.#of
    return {
      waiting: await this.#countWaiting(mostCounted),
      setAside: await this.#countOf(deadLetterCollection(subscription), mostCounted),
      scheduled: await this.#countScheduled(),
    }
  }

  async #countScheduled(): Promise<ScheduledStatus> {
    const { scope, subscription, partition } = this.#of
    const found = await this.#store.documents(scope, scheduledCollection(subscription, partition), {
      dueUntil: Number.MAX_SAFE_INTEGER,
      limit: mostCounted,
    })
    return { waiting: found.length, nextAt: found[0]?.due }
  }

  #countWaiting(limit: number): Promise<number> {
    const { subscription, partition } = this.#of
    return this.#countOf(waitingCollection(subscription, partition), limit)
  }

  async #countOf(collection: string, limit: number): Promise<number> {
    const { scope, partition } = this.#of
    const found = await this.#store.documents(scope, collection, { limit })
    return found.filter(({ id }) => placeOf(id).partition === partition).length
  }
}

/** As `StatusReader` says it, counted anew. */
export async function readStatus(
  store: EventStore,
  of: StatusScope,
  position: number,
  now: number,
): Promise<Pick<ReceiverStatus, 'lag' | 'waiting' | 'setAside' | 'scheduled'>> {
  const reader = new StatusReader(store, of)
  return { ...(await reader.kept(now)), lag: await reader.lag(position, now) }
}
