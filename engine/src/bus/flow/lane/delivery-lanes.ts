import type { FairOrderOptions, Priority } from './fair-order.ts'
import { FairOrder } from './fair-order.ts'
import type { KeyLaneOptions, LaneOutcome, Lease, OfferResult, TakenBehind } from './key-lanes.ts'
import { KeyLanes } from './key-lanes.ts'
import type { ShareResult } from './tenant-share.ts'
import { TenantShare } from './tenant-share.ts'

export interface DeliveryLaneOptions extends KeyLaneOptions, FairOrderOptions {}

/** What lanes need to know of an item. */
export interface Deliverable {
  readonly tenantId: string
  readonly priority: Priority
  /** Within its tenant; undefined where no order is to be kept. */
  readonly orderingKey: string | undefined
  /** From 1, the default, to the quantum. */
  readonly cost?: number
}

export interface TakeRules<Item> {
  readonly fits: (item: Item) => boolean
  readonly mayTake?: (tenantId: string) => boolean
}

/**
 * What a subscription has in memory: the order of each key is kept, and among the keys that are free the fair order of
 * priorities and tenants says which is next. A key that is busy or waits for its retry stands in nobody's way, as only
 * first items compete. What follows in a key waits whatever its own priority: order goes first.
 */
export class DeliveryLanes<Item extends Deliverable> {
  readonly #keys: KeyLanes<Item>
  readonly #order: FairOrder<Lease<Item>>
  readonly #share: TenantShare

  /** @throws KeelsonError `delivery_options_invalid`, with all faults of a kind at once. */
  constructor({ weights, quantum, ...options }: DeliveryLaneOptions) {
    this.#keys = new KeyLanes(options)
    this.#order = new FairOrder({
      ...(weights === undefined ? {} : { weights }),
      ...(quantum === undefined ? {} : { quantum }),
    })
    this.#share = new TenantShare(options.capacity)
  }

  /** Items held, in whatever state. */
  get size(): number {
    return this.#keys.size
  }

  /** Items taken and not settled. */
  get inHand(): number {
    return this.#keys.inHand - this.#order.size
  }

  /** Adds an item behind those of its key, or says what there is no room in. */
  offer(item: Item): OfferResult | ShareResult {
    const result = this.#share.admit(item.tenantId)
    if (result !== 'accepted') return result
    const placed = this.#keys.offer(item, item.orderingKey, item.tenantId)
    if (placed !== 'accepted') this.#share.release(item.tenantId)
    return placed
  }

  /** The next items whose keys are free, of tenants that may, at most `max`; each must be settled. */
  take(max: number, now: number, mayTake?: (tenantId: string) => boolean): Lease<Item>[] {
    for (const lease of this.#keys.take(Number.POSITIVE_INFINITY, now)) this.#order.add(lease, lease.item)
    return this.#order.take(max, mayTake)
  }

  /**
   * Items to be handled together, at most `max`, or as many as there are: of the tenant whose turn it is, of each key
   * those that stand behind each other. Only what fits is taken beside the first one. Each must be settled; of a key in
   * the order taken, and none behind one that is not done. None where no tenant may that has anything.
   */
  takeTogether(max: number, now: number, rules: TakeRules<Item>): Lease<Item>[] {
    const { fits, mayTake } = rules
    const [first] = this.take(1, now, mayTake)
    if (first === undefined) return []
    const together = [first]
    if (max === 1 || !fits(first.item)) return together
    for (const lease of this.#order.take(max - 1)) {
      if (lease.item.tenantId === first.item.tenantId && fits(lease.item)) together.push(lease)
      else this.#keys.settle(lease, { retryAt: now })
    }
    let room = max - together.length
    return together.flatMap(lease => {
      const followers = room > 0 ? this.#keys.following(lease, room, fits) : []
      room -= followers.length
      return [lease, ...followers]
    })
  }

  /**
   * Reports what became of an item in hand.
   * @throws TypeError where the item is not in hand, or its retry has no time.
   */
  settle(lease: Lease<Item>, outcome: LaneOutcome): void {
    const { size } = this.#keys
    this.#keys.settle(lease, outcome)
    if (this.#keys.size < size) this.#share.release(lease.item.tenantId)
  }

  /** Whether `takeBehind` may have something to take. */
  get hasBehind(): boolean {
    return this.#keys.hasBehind
  }

  /** Takes out what stands behind items that wait for their retry: of each key those at the end that may go. */
  takeBehind(mayGo: (item: Item) => boolean): readonly TakenBehind<Item>[] {
    const taken = this.#keys.takeBehind(mayGo)
    for (const { behind } of taken) for (const { tenantId } of behind) this.#share.release(tenantId)
    return taken
  }

  isParked(tenantId: string, orderingKey: string): boolean {
    return this.#keys.isParked(orderingKey, tenantId)
  }

  /** Lets a parked key go on, with its first item or without it; gives that item. */
  unpark(tenantId: string, orderingKey: string, how: 'again' | 'skip'): Item | undefined {
    const item = this.#keys.unpark(orderingKey, how, tenantId)
    if (item !== undefined && how === 'skip') this.#share.release(tenantId)
    return item
  }

  /** Time until something can be taken: 0 where it can be now, undefined where nothing waits for its time. */
  dueIn(now: number): number | undefined {
    return this.#order.size > 0 ? 0 : this.#keys.dueIn(now)
  }
}
