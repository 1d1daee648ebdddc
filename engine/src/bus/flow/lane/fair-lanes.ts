import { OptionCheck } from '../option/option-check.ts'
import type { FairOrderOptions, FairPlace } from './fair-order.ts'
import { FairOrder } from './fair-order.ts'
import type { ShareResult } from './tenant-share.ts'
import { TenantShare } from './tenant-share.ts'

export interface FairLaneOptions extends FairOrderOptions {
  /** Items that wait altogether; 1 to 10,000,000. */
  readonly capacity: number
}

interface Placed<Item> {
  readonly item: Item
  readonly tenantId: string
}

/** A bounded queue in fair order: see `FairOrder` for whose turn it is, `TenantShare` for how much a tenant may hold. */
export class FairLanes<Item> {
  readonly #order: FairOrder<Placed<Item>>
  readonly #share: TenantShare

  /** @throws KeelsonError `delivery_options_invalid`, with all faults at once. */
  constructor({ capacity, ...options }: FairLaneOptions) {
    this.#order = new FairOrder(options)
    this.#share = new TenantShare(checkCapacity('The fair lanes', capacity))
  }

  get size(): number {
    return this.#order.size
  }

  /** Adds an item behind those of its tenant and priority, or says what there is no room in. */
  offer(item: Item, place: FairPlace): ShareResult {
    const result = this.#share.admit(place.tenantId)
    if (result === 'accepted') this.#order.add({ item, tenantId: place.tenantId }, place)
    return result
  }

  /** The next items, at most `max`; their room is free again. */
  take(max: number): Item[] {
    return this.#order.take(max).map(({ item, tenantId }) => {
      this.#share.release(tenantId)
      return item
    })
  }
}

/** @throws KeelsonError `delivery_options_invalid`. */
export function checkCapacity(what: string, capacity: number): number {
  const check = new OptionCheck(what, { capacity })
  const checked = check.number('capacity', { min: 1, max: 10_000_000, isWhole: true }, Number.NaN)
  check.throwAny()
  return checked
}
