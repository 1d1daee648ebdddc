import type { Clock } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { Deliverable, LaneOutcome, Lease } from '../../flow/index.ts'
import { DeliveryLanes } from '../../flow/index.ts'
import { FairOrder } from '../../flow/lane/fair-order.ts'
import type { ChannelSettings } from '../event-bus-config.ts'

interface Waiter<Item> {
  readonly item: Item
  readonly admit: () => void
  readonly refuse: (error: Error) => void
}

/**
 * What a channel holds: at most `bufferSize` events, from when they are accepted until their places are free again. Who
 * comes while it is full waits for a place, priorities and tenants by turns, or is refused, as the channel says. Order is
 * kept for each key of a tenant among what was accepted, and among what waits for each tenant and priority.
 */
export class ChannelBuffer<Item extends Deliverable> {
  readonly #settings: ChannelSettings
  readonly #clock: Clock
  readonly #lanes: DeliveryLanes<Item>
  readonly #waiters = new FairOrder<Waiter<Item>>()
  readonly #heldSince = new Map<Item, number>()
  /** Mean milliseconds of late that a place was taken; undefined before one was free again. */
  #meanTime: number | undefined

  constructor(settings: ChannelSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
    // Tenants share what lanes hold by halves; here the buffer's own size is the bound, whoever takes it.
    this.#lanes = new DeliveryLanes({ capacity: settings.bufferSize * 2 })
  }

  /** Events that have a place. */
  get held(): number {
    return this.#heldSince.size
  }

  /** Those that wait for one. */
  get waiting(): number {
    return this.#waiters.size
  }

  /**
   * Resolves when the item has a place.
   * @throws KeelsonError `channel_full` with `retryAfterSeconds`.
   */
  async add(item: Item): Promise<void> {
    // Nobody overtakes who waits already.
    if (this.held < this.#settings.bufferSize && this.waiting === 0) return this.#place(item)
    const { whenFull, maxWaiting } = this.#settings
    if (whenFull === 'refuse' || this.waiting >= maxWaiting) throw this.#refusal()
    await new Promise<void>((admit, refuse) => {
      this.#waiters.add({ item, admit, refuse }, item)
    })
  }

  /** The next item whose key is free; it must be settled, and its place be freed when nobody needs it. */
  take(now: number): Lease<Item> | undefined {
    return this.#lanes.take(1, now)[0]
  }

  /** Reports what became of an item that was taken; its key goes on, or waits. */
  settle(lease: Lease<Item>, outcome: Exclude<LaneOutcome, 'parked'>): void {
    this.#lanes.settle(lease, outcome)
  }

  /** Frees the place of an item that was settled. */
  free(item: Item): void {
    const since = this.#heldSince.get(item)
    if (since === undefined) return
    this.#heldSince.delete(item)
    const time = Math.max(0, this.#clock.now() - since)
    this.#meanTime = this.#meanTime === undefined ? time : this.#meanTime + (time - this.#meanTime) / 8
    this.#admitNext()
  }

  /** Sends away who waits. */
  refuseAll(error: Error): void {
    for (const { refuse } of this.#waiters.take(Number.POSITIVE_INFINITY)) refuse(error)
  }

  /** Time until something can be taken: 0 where it can be now, undefined where nothing waits for its time. */
  dueIn(now: number): number | undefined {
    return this.#lanes.dueIn(now)
  }

  #admitNext(): void {
    const [next] = this.#waiters.take(1)
    if (next === undefined) return
    this.#place(next.item)
    next.admit()
  }

  #place(item: Item): void {
    this.#heldSince.set(item, this.#clock.now())
    this.#lanes.offer(item)
  }

  /** Says when there may be room, by how long places were taken of late. */
  #refusal(): KeelsonError {
    const { name, bufferSize } = this.#settings
    const rounds = 1 + this.waiting / bufferSize
    const seconds = Math.ceil(((this.#meanTime ?? 0) * rounds) / 1_000)
    return new KeelsonError('channel_full', `The channel "${name}" holds ${bufferSize} events, and no more`, {
      channel: name,
      retryAfterSeconds: Math.min(3_600, Math.max(1, seconds)),
    })
  }
}
