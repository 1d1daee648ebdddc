import { setImmediate as turn } from 'node:timers/promises'
import type { Alarm, BreakerChange, DeliveryStatus, EventStore, Transport } from 'keelson'
import { DeliverySubscription } from 'keelson'
import type { OwnSubscription } from '../own/own-subscription.ts'
import { deliveryOptionsOf } from './delivery-options.ts'
import { takeLeft } from './left-settlements.ts'
import type { HandedOut, Mailbox } from './mailbox.ts'
import type { Settlement } from './settlement.ts'

export interface PullTools {
  readonly store: EventStore
  readonly transport: Transport
  readonly alarm: Alarm
  /** Names this process to the others. */
  readonly serverId: string
  /** Told of each change of a breaker; must not throw. */
  readonly onBreaker?: (change: BreakerChange) => void
}

export interface Pulled {
  readonly deliveries: readonly HandedOut[]
  /** Whether another server has the subscription in hand. */
  readonly isElsewhere: boolean
  /** Where nothing came: whether the breaker is why. */
  readonly breaker: DeliveryStatus['breaker']
}

const second = 1_000
/** Milliseconds between looks for what other servers were told of deliveries that were given here. */
const lookEvery = 250
/** Milliseconds of a pull after which it is worth asking whether another server has all that there is. */
const askAfter = 300

/** A tenant's subscription as long as somebody pulls from it here. */
export class PulledSubscription {
  readonly own: OwnSubscription
  readonly #tools: PullTools
  readonly #mailbox: Mailbox
  readonly #subscription: DeliverySubscription
  readonly #closed = new AbortController()
  #pulls = 0
  #usedAt: number
  #looking = false

  constructor(own: OwnSubscription, mailbox: Mailbox, tools: PullTools, onError: (error: unknown) => void) {
    const { alarm, transport, onBreaker } = tools
    this.own = own
    this.#tools = tools
    this.#usedAt = alarm.now()
    this.#mailbox = mailbox
    const options = deliveryOptionsOf(own, mailbox)
    const told = { onError, ...(onBreaker === undefined ? {} : { onBreaker }) }
    this.#subscription = new DeliverySubscription(transport, { ...options, ...told }, { alarm })
    this.#subscription.start()
  }

  /** Milliseconds since somebody has last pulled, or had a delivery in hand. */
  get idleFor(): number {
    return this.#pulls > 0 || this.#mailbox.out > 0 ? 0 : this.#tools.alarm.now() - this.#usedAt
  }

  /** Deliveries with consumers. */
  get inFlight(): number {
    return this.#mailbox.out
  }

  status(): Promise<DeliveryStatus> {
    return this.#subscription.status()
  }

  /** Lets it go on at once where its breaker holds it back. */
  closeBreaker(reason: string): void {
    this.#subscription.closeBreaker(reason)
  }

  /** Waits so many milliseconds for the first delivery; ends early when the signal aborts. */
  async pull(max: number, wait: number, signal: AbortSignal): Promise<Pulled> {
    this.#pulls += 1
    const stop = AbortSignal.any([signal, this.#closed.signal])
    try {
      const first = await this.#take(max, Math.min(wait, askAfter), stop)
      if (first.length > 0) return { deliveries: first, isElsewhere: false, breaker: 'closed' }
      const { breaker, partitions } = await this.#subscription.status()
      const isElsewhere = partitions.some(({ isOwner, owner }) => !isOwner && owner !== undefined)
      if (isElsewhere || wait <= askAfter) return { deliveries: [], isElsewhere, breaker }
      const deliveries = await this.#take(max, wait - askAfter, stop)
      return { deliveries, isElsewhere, breaker: deliveries.length > 0 ? 'closed' : breaker }
    } finally {
      this.#pulls -= 1
      this.#usedAt = this.#tools.alarm.now()
    }
  }

  /** Takes back what did not reach its consumer. */
  putBack(deliveries: readonly HandedOut[]): void {
    this.#mailbox.putBack(deliveries.map(({ token }) => token))
  }

  /** False where nobody has a delivery by this token here. */
  settle(settlement: Settlement): boolean {
    const isSettled = this.#mailbox.settle(settlement)
    if (isSettled) this.#usedAt = this.#tools.alarm.now()
    return isSettled
  }

  /** What is with consumers is nobody's then, and comes again. May be called twice. */
  async close(): Promise<void> {
    this.#closed.abort('the subscription is not pulled here any more')
    await this.#subscription.close()
  }

  async #take(max: number, wait: number, signal: AbortSignal): Promise<readonly HandedOut[]> {
    const until = this.#tools.alarm.now() + wait
    for (;;) {
      await this.#mailbox.wait(until - this.#tools.alarm.now(), signal)
      // What comes in one portion is offered one after the other.
      await turn()
      if (signal.aborted) return []
      const taken = this.#mailbox.take(max, this.own.definition.timeoutSeconds * second)
      if (taken.length > 0) this.#look()
      if (taken.length > 0 || this.#tools.alarm.now() >= until) return this.#latest(taken)
    }
  }

  /** Without what was erased while it waited for a consumer. */
  async #latest(taken: readonly HandedOut[]): Promise<readonly HandedOut[]> {
    try {
      return await Promise.all(taken.map(async one => ({ ...one, event: await one.context.latest() })))
    } catch (error) {
      this.putBack(taken)
      throw error
    }
  }

  /** As long as deliveries are out, another server may be told what became of them. */
  #look(): void {
    if (this.#looking) return
    this.#looking = true
    void this.#lookAgain().finally(() => {
      this.#looking = false
    })
  }

  async #lookAgain(): Promise<void> {
    const { store, alarm } = this.#tools
    while (this.#mailbox.out > 0 && !this.#closed.signal.aborted) {
      await alarm.wait(lookEvery, this.#closed.signal)
      // A database that is away is asked again; who settled waits no longer than its time.
      const left = await takeLeft(store, this.own).catch(() => [])
      for (const settlement of left) this.settle(settlement)
    }
  }
}
