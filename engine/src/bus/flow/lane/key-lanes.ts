import { OptionCheck } from '../option/option-check.ts'
import { Chain } from './chain.ts'
import { DueHeap } from './due-heap.ts'
import { ScopedMap } from './scoped-map.ts'

export interface KeyLaneOptions {
  /** Items that are held altogether, those in hand among them; 1 to 10,000,000. */
  readonly capacity: number
  /** Items of one key; default `capacity`. */
  readonly maxPerKey?: number
  /**
   * What becomes of the later items of a key whose first one was parked: `hold` (the default) keeps them until the key
   * is unparked, `pass` lets them go on without it.
   */
  readonly parkedKey?: 'hold' | 'pass'
}

/** An item in hand, until it is settled. */
export interface Lease<Item> {
  readonly item: Item
  readonly key: string | undefined
  /** How often it was taken, from 1. */
  readonly attempt: number
}

export interface ParkedKey {
  readonly key: string
  readonly scope: string
}

export type OfferResult = 'accepted' | 'full' | 'key_full'

/** What followed an item that waits. */
export interface TakenBehind<Item> {
  readonly first: Item
  readonly behind: readonly Item[]
}

/** `parked` where an item is given up; `retryAt` in the unit of `now`, where it is to be tried again. */
export type LaneOutcome = 'done' | 'parked' | { readonly retryAt: number }

interface Entry<Item> extends Lease<Item> {
  attempt: number
  readonly lane: Lane<Item>
  /** Whether it is in hand behind the first one of its key. */
  isFollowing: boolean
  next: Entry<Item> | undefined
}

/** The items of a key. The first stays until it is done, so what follows it cannot overtake. */
class Lane<Item> extends Chain<Entry<Item>> {
  readonly key: string | undefined
  readonly scope: string
  size = 0
  state: 'ready' | 'in hand' | 'waiting' | 'parked' = 'ready'
  next: Lane<Item> | undefined = undefined

  constructor(key: string | undefined, scope: string) {
    super()
    this.key = key
    this.scope = scope
  }
}

/**
 * Keeps the order of each key while keys go on beside each other. Of a key one item is in hand at a time; one that
 * waits for its retry holds back its own key only. Keys that are free come in the order in which they became free, so
 * none starves. Items without a key are bound to no order; the same key in two scopes, such as tenants, is two keys.
 * Each call costs the same however many keys there are (with retries the logarithm of those that wait), and of a key
 * without items nothing is kept.
 */
export class KeyLanes<Item> {
  readonly #capacity: number
  readonly #maxPerKey: number
  readonly #holdsParked: boolean
  readonly #lanes = new ScopedMap<Lane<Item>>()
  readonly #ready = new Chain<Lane<Item>>()
  readonly #waiting = new DueHeap<Lane<Item>>()
  readonly #parked = new Set<Lane<Item>>()
  /** Lanes that wait and have, or may have, items behind the first. */
  readonly #laden = new Set<Lane<Item>>()
  #size = 0
  #inHand = 0

  /** @throws KeelsonError `delivery_options_invalid`, with all faults at once. */
  constructor(options: KeyLaneOptions) {
    const check = new OptionCheck('The lanes', options)
    check.onlyNames(['capacity', 'maxPerKey', 'parkedKey'])
    const range = { min: 1, max: 10_000_000, isWhole: true }
    this.#capacity = check.number('capacity', range, Number.NaN)
    this.#maxPerKey = check.number('maxPerKey', range, this.#capacity || 1)
    this.#holdsParked = check.word('parkedKey', ['hold', 'pass'], 'hold') === 'hold'
    check.throwAny()
  }

  /** Items held, in whatever state. */
  get size(): number {
    return this.#size
  }

  /** Items taken and not settled. */
  get inHand(): number {
    return this.#inHand
  }

  /** Keys with items. */
  get keys(): number {
    return this.#lanes.size
  }

  /** Keys that are parked, in the order in which they were. */
  get parkedKeys(): readonly ParkedKey[] {
    return [...this.#parked].map(({ key, scope }) => ({ key: key as string, scope }))
  }

  isParked(key: string, scope = ''): boolean {
    return this.#lanes.get(scope, key)?.state === 'parked'
  }

  /** Adds an item behind those of its key, or says what there is no room in. */
  offer(item: Item, key?: string, scope = ''): OfferResult {
    if (this.#size >= this.#capacity) return 'full'
    let lane = key === undefined ? undefined : this.#lanes.get(scope, key)
    if (lane !== undefined && lane.size >= this.#maxPerKey) return 'key_full'
    if (lane === undefined) {
      lane = new Lane(key, scope)
      if (key !== undefined) this.#lanes.add(scope, key, lane)
      this.#ready.add(lane)
    }
    if (lane.state === 'waiting') this.#laden.add(lane)
    lane.add({ item, key, attempt: 0, lane, isFollowing: false, next: undefined })
    lane.size += 1
    this.#size += 1
    return 'accepted'
  }

  /** The next items whose keys are free, at most `max`; each must be settled. */
  take(max: number, now: number): Lease<Item>[] {
    for (let due = this.#waiting.takeDue(now); due !== undefined; due = this.#waiting.takeDue(now))
      this.#free(due)
    const taken: Lease<Item>[] = []
    while (taken.length < max) {
      const lane = this.#ready.take()
      if (lane === undefined) break
      lane.state = 'in hand'
      const entry = lane.first as Entry<Item>
      entry.attempt += 1
      taken.push(entry)
    }
    this.#inHand += taken.length
    return taken
  }

  /**
   * Takes those that follow an item in hand in its key, at most `max` and up to the first one that does not fit: to be
   * handled with it or after it, and settled in their order. Where one is not done, those behind it are in hand no more.
   */
  following(lease: Lease<Item>, max: number, fits: (item: Item) => boolean): Lease<Item>[] {
    const followers: Lease<Item>[] = []
    let entry = (lease as Entry<Item>).next
    while (entry?.isFollowing) entry = entry.next
    while (entry !== undefined && followers.length < max && fits(entry.item)) {
      entry.isFollowing = true
      entry.attempt += 1
      followers.push(entry)
      entry = entry.next
    }
    this.#inHand += followers.length
    return followers
  }

  /**
   * Reports what became of an item in hand; with it the key is free, waits, or is parked.
   * @throws TypeError where the item is not in hand, or its retry has no time.
   */
  settle(lease: Lease<Item>, outcome: LaneOutcome): void {
    const entry = lease as Entry<Item>
    const { lane } = entry
    if (lane?.state !== 'in hand' || lane.first !== entry)
      throw new TypeError('Only an item in hand can be settled, and only once')
    if (typeof outcome === 'object' && !Number.isFinite(outcome.retryAt))
      throw new TypeError('retryAt is no point in time')
    this.#inHand -= 1
    const isHeldBack = outcome !== 'done' && !(outcome === 'parked' && !this.#holdsParked)
    if (isHeldBack) this.#letFollowersGo(entry)
    if (typeof outcome === 'object') {
      lane.state = 'waiting'
      this.#waiting.add(lane, outcome.retryAt)
      if (lane.size > 1) this.#laden.add(lane)
    } else if (outcome === 'parked' && this.#holdsParked && lane.key !== undefined) {
      lane.state = 'parked'
      this.#parked.add(lane)
    } else this.#drop(lane)
  }

  /**
   * Lets a parked key go on: `again` with the item that was parked, `skip` without it. Gives the item, or undefined
   * where the key is not parked.
   */
  unpark(key: string, how: 'again' | 'skip', scope = ''): Item | undefined {
    const lane = this.#lanes.get(scope, key)
    if (lane === undefined || !this.#parked.delete(lane)) return undefined
    const { item } = lane.first as Entry<Item>
    if (how === 'again') this.#free(lane)
    else this.#drop(lane)
    return item
  }

  /** Whether `takeBehind` may have something to take. */
  get hasBehind(): boolean {
    return this.#laden.size > 0
  }

  /** Takes out what stands behind items that wait for their retry: of each key those at the end that may go. */
  takeBehind(mayGo: (item: Item) => boolean): TakenBehind<Item>[] {
    const taken: TakenBehind<Item>[] = []
    for (const lane of this.#laden) {
      const first = lane.first as Entry<Item>
      let last = first
      for (let entry = first.next; entry !== undefined; entry = entry.next)
        if (!mayGo(entry.item)) last = entry
      const behind: Item[] = []
      for (let entry = lane.cutAfter(last); entry !== undefined; entry = entry.next) behind.push(entry.item)
      lane.size -= behind.length
      this.#size -= behind.length
      if (behind.length > 0) taken.push({ first: first.item, behind })
    }
    this.#laden.clear()
    return taken
  }

  /** Time until something can be taken: 0 where it can be now, undefined where nothing waits for its time. */
  dueIn(now: number): number | undefined {
    if (this.#ready.first !== undefined) return 0
    const { dueAt } = this.#waiting
    return dueAt === undefined ? undefined : Math.max(0, dueAt - now)
  }

  /** Removes the first item of a lane, and the lane with its last one. */
  #drop(lane: Lane<Item>): void {
    lane.take()
    lane.size -= 1
    this.#size -= 1
    const { first } = lane
    if (first?.isFollowing) {
      // It is in hand already, and the key with it.
      first.isFollowing = false
      lane.state = 'in hand'
    } else if (lane.size > 0) this.#free(lane)
    else if (lane.key !== undefined) this.#lanes.remove(lane.scope, lane.key)
  }

  #letFollowersGo(first: Entry<Item>): void {
    for (let entry = first.next; entry?.isFollowing; entry = entry.next) {
      entry.isFollowing = false
      entry.attempt -= 1
      this.#inHand -= 1
    }
  }

  #free(lane: Lane<Item>): void {
    lane.state = 'ready'
    this.#laden.delete(lane)
    this.#ready.add(lane)
  }
}
