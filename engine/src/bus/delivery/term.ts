import { KeelsonError } from '../../core/index.ts'
import type { Delivery, Receiver } from '../../transport/index.ts'
import type { BreakerOutcome, BreakerState, LaneOutcome, Lease } from '../flow/index.ts'
import { Breaker, DeliveryLanes, HandlerShare, normaliseError } from '../flow/index.ts'
import { messageOf } from '../flow/retry/failure.ts'
import type { DeliverySettings, DeliveryTools } from './delivery-options.ts'
import type { BatchResults } from './handle/handle-batch.ts'
import { handleBatch } from './handle/handle-batch.ts'
import { handleDelivery } from './handle/handle-delivery.ts'
import type { Handling, HandlingResult } from './handle/handling.ts'
import type { Job } from './handle/job.ts'
import { acceptJob } from './handle/job.ts'
import type { SharedLimits } from './shared-limits.ts'
import { WakeUp } from './wake-up.ts'

/** To be told at the end of a call: how it went, and what lets its keys go on. */
type EndCall = (outcome: BreakerOutcome, settle: () => void) => void

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
  readonly #share = new HandlerShare()
  /** Something waited at the last look that its tenant's share kept from beginning. */
  #isWithheld = false
  readonly #pulling = new AbortController()
  /** Ends the pull that waits, and nothing else. */
  #pause: { readonly stop: AbortController; readonly signal: AbortSignal } | undefined
  readonly #over = new AbortController()
  readonly #failed = Promise.withResolvers<never>()
  readonly #closed = Promise.withResolvers<void>()
  readonly #timer: WakeUp
  readonly #handling: Handling
  #running = 0
  #isDispatching = false
  #isPulling = false
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
    return this.#running
  }

  /** There from the beginning of ownership on, also where no event has come yet. */
  get breaker(): Breaker | undefined {
    if (this.#receiver.isOwner) this.#breaker ??= this.#createBreaker()
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
      if (this.#canGiveBack) this.#giveBack()
      const room = this.#room
      if (room <= 0) {
        await new Promise<void>(resolve => {
          this.#onRoom = resolve
        })
        continue
      }
      const pause = this.#pauseOf(signal)
      this.#isPulling = true
      const deliveries = await this.#pull(Math.min(room, this.#settings.batchSize), pause)
      this.#isPulling = false
      this.#take(deliveries)
    }
  }

  /** Aborts with the signal, or where a pull is in the way; made anew only when it has been. */
  #pauseOf(signal: AbortSignal): AbortSignal {
    if (this.#receiver.giveBack === undefined) return signal
    if (this.#pause === undefined || this.#pause.signal.aborted) {
      const stop = new AbortController()
      this.#pause = { stop, signal: AbortSignal.any([signal, stop.signal]) }
    }
    return this.#pause.signal
  }

  /** Whether keys that wait take up room that others could have. */
  get #canGiveBack(): boolean {
    if (this.#receiver.giveBack === undefined || !this.#lanes.hasBehind) return false
    return this.#lanes.size > this.#settings.window / 2 && this.#held.length === 0
  }

  /** What stands behind an event that waits is not to be in hand meanwhile. */
  #giveBack(): void {
    for (const { first, behind } of this.#lanes.takeBehind(isFresh))
      this.#receiver.giveBack?.(
        first.delivery,
        behind.map(({ delivery }) => delivery),
      )
  }

  async #pull(max: number, signal: AbortSignal): Promise<readonly Delivery[]> {
    try {
      return await this.#receiver.pull(max, signal)
    } catch (error) {
      if (isEnd(error)) throw error
      this.#limits.error = messageOf(normaliseError(error))
      this.#settings.onError(error)
      await this.#tools.alarm.wait(pause, signal)
      return []
    }
  }

  #take(deliveries: readonly Delivery[]): void {
    this.#breaker ??= this.#createBreaker()
    const unwanted: Delivery[] = []
    this.#held = deliveries.flatMap(delivery => {
      const job = acceptJob(delivery, this.#settings)
      if (job === undefined) unwanted.push(delivery)
      return job ?? []
    })
    if (unwanted.length > 0) this.#receiver.complete(unwanted).catch(this.#handling.onFault)
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
    // A breaker that lets a probe through says so amidst it: whoever begins here is the probe.
    if (this.#isDispatching) return
    this.#isDispatching = true
    try {
      this.#beginAll()
    } finally {
      this.#isDispatching = false
    }
  }

  #beginAll(): void {
    if (this.#over.signal.aborted || this.#mode === 'closing') return
    this.#held = this.#held.slice(this.#offer())
    const now = this.#tools.alarm.now()
    let wait = this.#lanes.dueIn(now)
    this.#isWithheld = false
    while (wait === 0 && this.#running < this.#limits.concurrency) {
      wait = Math.max(this.#limits.wait(), this.#breaker?.retryIn() ?? 0)
      if (wait > 0) break
      if (!this.#begin(now)) {
        this.#isWithheld = true
        wait = this.#share.alterIn(now)
        break
      }
      this.#held = this.#held.slice(this.#offer())
      wait = this.#lanes.dueIn(now)
    }
    if (wait !== undefined && wait > 0) this.#timer.in(wait)
    this.#tellIdle()
    const canGiveBack = this.#canGiveBack
    if (canGiveBack && this.#isPulling) this.#pause?.stop.abort('something is to be given back')
    if (canGiveBack || this.#room > 0) this.#onRoom()
  }

  /** Puts into the lanes what has room there, and says how much that was. */
  #offer(): number {
    const full = this.#held.findIndex(job => this.#lanes.offer(job) !== 'accepted')
    return full < 0 ? this.#held.length : full
  }

  /** False where those that have something have as many handlers as they may: one that ends lets them go on. */
  #begin(now: number): boolean {
    const mayTake = (tenantId: string) => this.#share.mayBegin(tenantId, this.#limits.concurrency, now)
    const leases = this.#lanes.takeTogether(this.#callSize, now, { fits: fitsBatch, mayTake })
    const [first] = leases
    if (first === undefined) return false
    const { dueAt } = first.item.delivery
    if (dueAt !== undefined && dueAt > now) {
      this.#lanes.settle(first, { retryAt: dueAt })
      return true
    }
    this.#limits.begin(leases.length)
    const end = this.#beginCall(first.item.delivery.tenantId)
    void (leases.length === 1 ? this.#handleOne(first, end) : this.#handleAll(leases, end))
    return true
  }

  /** Events that the handler takes at a time; a breaker finds out with one alone. */
  get #callSize(): number {
    return this.#handling.handleBatch === undefined || this.#isTripped ? 1 : this.#settings.batchSize
  }

  async #handleOne(lease: Lease<Job>, end: EndCall): Promise<void> {
    let result: HandlingResult | undefined
    try {
      result = await handleDelivery(lease.item, this.#handling)
    } catch (error) {
      this.#fault(error)
    }
    end(result?.breaker ?? 'abandoned', () => this.#lanes.settle(lease, result?.lane ?? this.#soon))
  }

  async #handleAll(leases: readonly Lease<Job>[], end: EndCall): Promise<void> {
    const jobs = leases.map(({ item }) => item)
    const results: BatchResults = new Map()
    try {
      await handleBatch(jobs, this.#handling, results)
    } catch (error) {
      this.#fault(error)
    }
    end(worstOf(results), () => this.#settleAll(leases, results))
  }

  #beginCall(tenantId: string): EndCall {
    const started = this.#tools.alarm.now()
    this.#running += 1
    this.#share.begin(tenantId, started)
    const pass = this.#breaker?.admit()
    const running = this.#running
    return (outcome, settle) => {
      this.#running -= 1
      this.#share.end(tenantId)
      if (pass !== undefined) this.#breaker?.settle(pass, outcome)
      // What is kept free for others is made use of too: a limit that is found out by trying could not rise otherwise.
      const used = this.#isWithheld ? this.#limits.concurrency : running
      this.#limits.end(this.#tools.alarm.now() - started, outcome === 'failure', used)
      settle()
      this.#tellIdle()
      this.#dispatch()
    }
  }

  /** What nothing became of is tried again soon; what waits for one ahead of it in its key is back in the lanes with it. */
  #settleAll(leases: readonly Lease<Job>[], results: BatchResults): void {
    const waiting = new Set<string>()
    for (const lease of leases) {
      if (lease.key !== undefined && waiting.has(lease.key)) continue
      const lane = results.get(lease.item)?.lane ?? this.#soon
      if (lane !== 'done' && lease.key !== undefined) waiting.add(lease.key)
      this.#lanes.settle(lease, lane)
    }
  }

  get #soon(): LaneOutcome {
    return { retryAt: this.#tools.alarm.now() + pause }
  }

  #fault(error: unknown): void {
    if (this.#over.signal.aborted) return
    if (isEnd(error)) this.#failed.reject(error)
    else this.#settings.onError(error)
  }

  #tellIdle(): void {
    if (this.#running > 0) return
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
      onChange: (from, to, reason) => {
        this.#tellBreaker(from, to, reason)
        this.#receiver.keep({ ...this.#breaker?.toJSON() }).catch(error => this.#fault(error))
        this.#dispatch()
      },
    })
  }

  #tellBreaker(from: BreakerState, to: BreakerState, reason: string): void {
    const { name: subscription, onBreaker } = this.#settings
    onBreaker({ subscription, partition: this.#handling.partition, from, to, reason })
  }
}

/** Whether nothing is kept about it: it is in the log alone. */
const isFresh = ({ delivery }: Job): boolean => delivery.attempts.length === 0 && delivery.dueAt === undefined

/** What has failed before, or is not due, comes alone. */
const fitsBatch = (job: Job): boolean => isFresh(job) && job.fault === undefined

/** Of several that were handled in one call, what the breaker is to know. */
function worstOf(results: BatchResults): BreakerOutcome {
  const all = new Set([...results.values()].map(({ breaker }) => breaker))
  const order = ['failure', 'permanent', 'success'] as const
  return order.find(one => all.has(one)) ?? 'abandoned'
}
