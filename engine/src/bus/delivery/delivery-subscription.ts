import { KeelsonError } from '../../core/index.ts'
import type { ReceiverSpec, Transport } from '../../transport/index.ts'
import { systemAlarm } from '../../transport/index.ts'
import type { Breaker } from '../flow/index.ts'
import { normaliseError, RateLimit, Throttle } from '../flow/index.ts'
import { messageOf } from '../flow/retry/failure.ts'
import type { DeliveryDescription } from './delivery-description.ts'
import { describeDelivery } from './delivery-description.ts'
import type { BreakerChange, DeliveryOptions, DeliverySettings, DeliveryTools } from './delivery-options.ts'
import { calmly, checkDeliveryOptions } from './delivery-options.ts'
import type { DeliveryRoute } from './delivery-route.ts'
import { createRoute } from './delivery-route.ts'
import type { DeliveryState, DeliveryStatus } from './delivery-status.ts'
import { partitionStatus, sumUp } from './delivery-status.ts'
import { SharedLimits } from './shared-limits.ts'
import { isEnd, Term } from './term.ts'

/** Milliseconds before a term that broke down is followed by the next one. */
const pause = 1_000

/**
 * Brings the events of a transport to a handler: at least once, in the order of each key, also while one of a key waits
 * for its retry. What a handler writes to its unit takes effect exactly once. Of several of one name, in whatever
 * process, one at a time owns each partition; another takes over when it ends.
 */
export class DeliverySubscription {
  readonly #transport: Transport
  readonly #settings: DeliverySettings
  readonly #tools: DeliveryTools
  readonly #limits: SharedLimits
  readonly #route: DeliveryRoute
  readonly #stop = new AbortController()
  readonly #terms = new Map<number, Term>()
  readonly #watchers = new Set<(change: BreakerChange) => void>()
  #state: DeliveryState = 'idle'
  #running: Promise<unknown> | undefined
  #ending: Promise<void> | undefined

  /** @throws KeelsonError `delivery_options_invalid` and what a filter's text may be refused with. */
  constructor(transport: Transport, options: DeliveryOptions, tools: Partial<DeliveryTools> = {}) {
    this.#transport = transport
    const settings = checkDeliveryOptions(options)
    const onBreaker = (change: BreakerChange) => {
      settings.onBreaker(change)
      for (const tell of this.#watchers) tell(change)
    }
    this.#settings = Object.freeze({ ...settings, onBreaker })
    const { alarm = systemAlarm, random = Math.random } = tools
    this.#tools = { alarm, random }
    this.#limits = limitsOf(this.#settings, alarm)
    this.#route = createRoute(this.#settings, alarm)
  }

  get name(): string {
    return this.#settings.name
  }

  /** What it handles and how, for whoever gives it events beside its transport, such as a replay. */
  get route(): DeliveryRoute {
    return this.#route
  }

  /** How it was made, for whoever shows it. Frozen. */
  get description(): DeliveryDescription {
    return describeDelivery(this.#settings)
  }

  /** Whether it was told to end: another one may take its name then. */
  get isEnding(): boolean {
    return this.#stop.signal.aborted
  }

  /** Begins to take part; a second call does nothing. @throws KeelsonError `subscription_closed`. */
  start(): void {
    if (this.#stop.signal.aborted) throw new KeelsonError('subscription_closed')
    if (this.#running !== undefined) return
    this.#state = 'running'
    const { partitions } = this.#transport.capabilities
    const isWhole = this.#settings.options.tenantId === undefined
    const follows = Array.from({ length: isWhole ? partitions : 1 }, (_, partition) =>
      this.#follow(partition),
    )
    this.#running = Promise.all(follows)
  }

  async status(): Promise<DeliveryStatus> {
    const terms = this.#state === 'closed' ? [] : [...this.#terms]
    const partitions = await Promise.all(terms.map(([partition, term]) => partitionStatus(partition, term)))
    const isWaiting = partitions.length > 0 && partitions.every(({ isOwner }) => !isOwner)
    const { handled, failed, error } = this.#limits
    return {
      name: this.name,
      state: this.#state === 'running' && isWaiting ? 'waiting' : this.#state,
      ...sumUp(partitions),
      handled,
      failed,
      ...(error === undefined ? {} : { error }),
    }
  }

  /** Tells of each change of the breaker in this process, beside `onBreaker`; must not throw. Gives what ends it. */
  watchBreaker(tell: (change: BreakerChange) => void): () => void {
    const calm = calmly(tell)
    this.#watchers.add(calm)
    return () => void this.#watchers.delete(calm)
  }

  /**
   * Holds everything back until `closeBreaker`. Says how many partitions it did so on: those that are owned here.
   */
  openBreaker(reason?: string): number {
    const breakers = this.#breakers
    for (const breaker of breakers) breaker.open(reason)
    return breakers.length
  }

  /** Says how many partitions go on. */
  closeBreaker(reason?: string): number {
    const breakers = this.#breakers
    for (const breaker of breakers) breaker.close(reason)
    return breakers.length
  }

  get #breakers(): readonly Breaker[] {
    return [...this.#terms.values()].flatMap(({ breaker }) => breaker ?? [])
  }

  /** Takes nothing new, does what is in hand but for what waits for a retry, and closes. */
  drain(): Promise<void> {
    return this.#end('draining', term => term.drain())
  }

  /**
   * Closes. Running handlers have their time of grace; who takes longer is left alone, and the event comes again. May
   * be called twice, and while it drains.
   */
  async close(): Promise<void> {
    await Promise.all([
      this.#end('closed', () => Promise.resolve()),
      ...[...this.#terms.values()].map(term => term.close()),
    ])
  }

  #end(state: DeliveryState, end: (term: Term) => Promise<void>): Promise<void> {
    this.#stop.abort()
    if (this.#state !== 'closed') this.#state = state
    this.#ending ??= this.#finish(end)
    return this.#ending
  }

  async #finish(end: (term: Term) => Promise<void>): Promise<void> {
    await Promise.all([...this.#terms.values()].map(end))
    await this.#running
    this.#state = 'closed'
  }

  async #follow(partition: number): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const receiver = this.#transport.receive(this.#specOf(partition))
      const term = new Term({
        ...this.#route,
        receiver,
        partition,
        sql: this.#transport.capabilities.sql,
        tools: this.#tools,
        limits: this.#limits,
      })
      this.#terms.set(partition, term)
      try {
        await term.run()
      } catch (error) {
        if (error instanceof KeelsonError && error.code === 'store_closed') this.#stop.abort()
        else await this.#recover(error)
      } finally {
        await receiver.close().catch(this.#settings.onError)
      }
    }
    this.#terms.delete(partition)
    if (this.#terms.size === 0) this.#state = 'closed'
  }

  async #recover(error: unknown): Promise<void> {
    if (isEnd(error)) return
    this.#limits.error = messageOf(normaliseError(error))
    this.#settings.onError(error)
    await this.#tools.alarm.wait(pause, this.#stop.signal)
  }

  #specOf(partition: number): ReceiverSpec {
    const { options, filter, start, window, name } = this.#settings
    const { tenantId, types, topics, orderingKey } = options
    return {
      subscription: name,
      partition,
      start,
      window,
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(types === undefined ? {} : { types }),
      ...(topics === undefined ? {} : { topics }),
      ...(filter === undefined ? {} : { filter }),
      ...(orderingKey === undefined ? {} : { orderingKey }),
    }
  }
}

function limitsOf({ concurrency, options }: DeliverySettings, alarm: DeliveryTools['alarm']): SharedLimits {
  const { rateLimit, isAdaptive = false } = options
  return new SharedLimits(
    concurrency,
    rateLimit && new RateLimit(rateLimit, alarm),
    isAdaptive ? new Throttle({ max: concurrency }) : undefined,
  )
}
