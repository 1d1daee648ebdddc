import { KeelsonError } from '../../core/index.ts'
import type { Delivery, Receiver } from '../../transport/index.ts'
import type { BreakerOutcome, BreakerPass, LaneOutcome, Lease } from '../flow/index.ts'
import { Breaker, DeliveryLanes } from '../flow/index.ts'
import type { DeliverySettings, DeliveryTools } from './delivery-options.ts'
import type { Handling } from './handle-delivery.ts'
import { handleDelivery } from './handle-delivery.ts'
import type { Job } from './job.ts'
import { createJob } from './job.ts'
import type { SharedLimits } from './shared-limits.ts'
import { WakeUp } from './wake-up.ts'

/** Milliseconds before something is asked of the transport again that it could not do. */
const pause = 1_000

/** What ends a term: nothing that it holds can be settled any more. */
export const isEnd = (error: unknown): boolean =>
  error instanceof KeelsonError &&
  ['subscription_lost', 'subscription_closed', 'store_closed'].includes(error.code)

/**
 * One partition of a subscription from the first pull to the end of its ownership: deliveries come in as far as there is
 * room, wait in lanes, and are handled as keys, limits and breaker let them. What is in hand when it ends is nobody's.
 */
export class Term {
  readonly #receiver: Receiver
  readonly #settings: DeliverySettings
  readonly #tools: DeliveryTools
  readonly #limits: SharedLimits
  readonly #lanes: DeliveryLanes<Job>
  readonly #pulling = new AbortController()
  readonly #over = new AbortController()
  readonly #failed = Promise.withResolvers<never>()
  readonly #closed = Promise.withResolvers<void>()
  readonly #timer: WakeUp
  readonly #handling: Handling
  readonly #running = new Set<Lease<Job>>()
  #held: Job[] = []
  #breaker: Breaker | undefined
  #mode: 'running' | 'draining' | 'closing' = 'running'
  #onRoom: () => void = () => undefined
  #onIdle: () => void = () => undefined

  constructor(handling: Omit<Handling, 'signal' | 'onFault'>) {
    const { receiver, settings, tools, limits } = handling
    // What is done and cannot be kept as such is nobody's: the next term has it again.
    const onFault = (error: unknown) => this.#failed.reject(error)
    this.#handling = { ...handling, signal: this.#over.signal, onFault }
    this.#receiver = receiver
    this.#settings = settings
    this.#tools = tools
    this.#limits = limits
    // A tenant may hold half of what is there: twice the window, so that one alone has the whole window.
    this.#lanes = new DeliveryLanes({ capacity: settings.window * 2 })
    this.#timer = new WakeUp(tools.alarm, () => this.#dispatch())
  }

  get receiver(): Receiver {
    return this.#receiver
  }

  get inFlight(): number {
    return this.#running.size
  }

  get breaker(): Breaker | undefined {
    return this.#breaker
  }

  /** Resolves when it was closed or drained; rejects with what else has ended it. */
  async run(): Promise<void> {
    try {
      const pulled = this.#pullAll().then(() => this.#closed.promise)
      await Promise.race([pulled, this.#renewAll(), this.#failed.promise])
    } finally {
      this.#over.abort()
      this.#pulling.abort()
      this.#timer.stop()
      this.#closed.resolve()
    }
  }

  /** Takes nothing more, and ends when what is in hand is done, waits for its time or is held back. */
  async drain(): Promise<void> {
    this.#mode = 'draining'
    await this.#end(() => this.#dispatch())
  }

  /** Begins nothing more, and ends when the running handlers have, or have had their time. */
  async close(): Promise<void> {
    this.#mode = 'closing'
    const { alarm } = this.#tools
    await this.#end(() =>
      alarm.wait(this.#settings.grace, this.#over.signal).then(() => {
        this.#closed.resolve()
      }),
    )
  }

  async #end(begin: () => void): Promise<void> {
    this.#pulling.abort()
    this.#onRoom()
    this.#onIdle = this.#closed.resolve
    begin()
    this.#tellIdle()
    await this.#closed.promise
  }

  async #pullAll(): Promise<void> {
    const { signal } = this.#pulling
    while (!signal.aborted) {
      const room = this.#room
      if (room <= 0) {
        await new Promise<void>(resolve => {
          this.#onRoom = resolve
        })
        continue
      }
      this.#take(await this.#pull(Math.min(room, this.#settings.batchSize), signal))
    }
  }

  async #pull(max: number, signal: AbortSignal): Promise<readonly Delivery[]> {
    try {
      return await this.#receiver.pull(max, signal)
    } catch (error) {
      if (isEnd(error)) throw error
      this.#settings.onError(error)
      await this.#tools.alarm.wait(pause, signal)
      return []
    }
  }

  #take(deliveries: readonly Delivery[]): void {
    this.#breaker ??= this.#createBreaker()
    this.#held = deliveries.map(delivery => createJob(delivery, this.#settings))
    this.#dispatch()
  }

  /** What an open breaker lets nobody handle is not asked for either. */
  get #room(): number {
    const isHeld = this.#held.length > 0 || (this.#isTripped && this.#lanes.size > 0)
    return isHeld ? 0 : this.#settings.window - this.#lanes.size
  }

  get #isTripped(): boolean {
    return this.#breaker !== undefined && this.#breaker.state !== 'closed'
  }

  async #renewAll(): Promise<void> {
    const { signal } = this.#over
    while (!signal.aborted) {
      await this.#tools.alarm.wait(this.#receiver.renewEvery, signal)
      if (!signal.aborted) await this.#receiver.renew().catch(error => this.#fault(error))
    }
  }

  /** Lets begin what may; called whenever anything has changed. */
  #dispatch(): void {
    if (this.#over.signal.aborted || this.#mode === 'closing') return
    this.#held = this.#held.slice(this.#offer())
    const now = this.#tools.alarm.now()
    let wait = this.#lanes.dueIn(now)
    while (wait === 0 && this.#running.size < this.#limits.concurrency) {
      wait = Math.max(this.#limits.wait(), this.#breaker?.retryIn() ?? 0)
      if (wait > 0) break
      this.#begin(now)
      this.#held = this.#held.slice(this.#offer())
      wait = this.#lanes.dueIn(now)
    }
    if (wait !== undefined && wait > 0) this.#timer.in(wait)
    this.#tellIdle()
    if (this.#room > 0) this.#onRoom()
  }

  /** Puts into the lanes what has room there, and says how much that was. */
  #offer(): number {
    const full = this.#held.findIndex(job => this.#lanes.offer(job) !== 'accepted')
    return full < 0 ? this.#held.length : full
  }

  #begin(now: number): void {
    const [lease] = this.#lanes.take(1, now)
    if (lease === undefined) return
    const { dueAt } = lease.item.delivery
    if (dueAt !== undefined && dueAt > now) {
      this.#lanes.settle(lease, { retryAt: dueAt })
      return
    }
    this.#limits.begin()
    this.#running.add(lease)
    void this.#handle(lease, this.#breaker?.admit())
  }

  async #handle(lease: Lease<Job>, pass: BreakerPass | undefined): Promise<void> {
    const started = this.#tools.alarm.now()
    const running = this.#running.size
    let result: { lane: LaneOutcome; breaker: BreakerOutcome }
    try {
      result = await handleDelivery(lease.item, this.#handling)
    } catch (error) {
      this.#fault(error)
      result = { lane: { retryAt: this.#tools.alarm.now() + pause }, breaker: 'abandoned' }
    }
    this.#running.delete(lease)
    if (pass !== undefined) this.#breaker?.settle(pass, result.breaker)
    this.#limits.end(this.#tools.alarm.now() - started, result.breaker === 'failure', running)
    this.#lanes.settle(lease, result.lane)
    this.#tellIdle()
    this.#dispatch()
  }

  #fault(error: unknown): void {
    if (this.#over.signal.aborted) return
    if (isEnd(error)) this.#failed.reject(error)
    else this.#settings.onError(error)
  }

  #tellIdle(): void {
    if (this.#running.size > 0) return
    const canGoOn = this.#mode === 'draining' && this.#lanes.dueIn(this.#tools.alarm.now()) === 0
    if (this.#mode === 'closing' || !canGoOn || this.#isTripped) this.#onIdle()
  }

  #createBreaker(): Breaker | undefined {
    const { breaker } = this.#settings.options
    if (breaker === false) return undefined
    const { kept } = this.#receiver
    return new Breaker(breaker ?? {}, {
      clock: this.#tools.alarm,
      kept,
      onChange: () => {
        this.#receiver.keep({ ...this.#breaker?.toJSON() }).catch(error => this.#fault(error))
        this.#dispatch()
      },
    })
  }
}
