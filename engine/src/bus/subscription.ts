import { KeelsonError } from '../core/index.ts'
import type { EventFilter, EventStore, RecordedEvent, Scope } from '../store/index.ts'
import type { Unit } from './unit.ts'
import { collectUnit } from './unit.ts'

export type BatchHandler = (
  events: readonly RecordedEvent[],
  unit: Unit,
  signal: AbortSignal,
) => void | Promise<void>

export interface SubscriptionOptions {
  /** Names the checkpoint: a subscription that starts again under its name goes on where it stood. */
  readonly name: string
  /** Default every tenant; of a store with several shards it names one, see `ShardedSubscription`. */
  readonly scope?: Scope
  /** Only these events are handed over; the checkpoint passes the others by with the next one of them. */
  readonly filter?: EventFilter
  readonly handle: BatchHandler
  /** Told of each failure; the batch is tried again until it succeeds. */
  readonly onError?: (error: unknown, attempt: number) => void
  /** Milliseconds before the first retry and between later ones at the most; default 100 and 30,000. */
  readonly retryDelay?: { readonly initial: number; readonly max: number }
}

export interface SubscriptionStatus {
  readonly name: string
  readonly state: 'running' | 'retrying' | 'closed'
  /** Position up to which everything is handled. */
  readonly position: number
  /** Message of the last failure, while it is retrying. */
  readonly error?: string
}

/** Milliseconds between tries while the database is away: nothing is wrong with what is tried. */
const longestAway = 1_000

const isAway = (error: unknown): boolean => error instanceof KeelsonError && error.status === 503

const everyTenant: Scope = { tenantId: 'every tenant' }

/**
 * Follows the log and hands it to a handler page by page. What the handler writes and the step of the checkpoint are
 * one transaction, so that each event has its effect exactly once, also across a crash. A batch that fails is tried
 * again with growing delays; nothing is ever skipped.
 */
export class Subscription {
  readonly #store: EventStore
  readonly #options: SubscriptionOptions
  readonly #stop = new AbortController()
  readonly #waiters = new Set<{ position: number; resolve: () => void }>()
  #position = 0
  #error: unknown
  #running: Promise<void> | undefined

  constructor(store: EventStore, options: SubscriptionOptions) {
    this.#store = store
    this.#options = options
  }

  get status(): SubscriptionStatus {
    const { name } = this.#options
    if (this.#stop.signal.aborted) return { name, state: 'closed', position: this.#position }
    if (this.#error === undefined) return { name, state: 'running', position: this.#position }
    const error = this.#error instanceof Error ? this.#error.message : String(this.#error)
    return { name, state: 'retrying', position: this.#position, error }
  }

  /** Reads the checkpoint and begins to follow the log. */
  async start(): Promise<void> {
    if (this.#running) return
    this.#position = await this.#store.checkpoint(this.#options.name)
    this.#running = this.#run()
  }

  /** Resolves true when everything up to `position` is handled, false after `milliseconds`. */
  waitFor(position: number, milliseconds: number): Promise<boolean> {
    if (this.#position >= position) return Promise.resolve(true)
    return new Promise(resolve => {
      const waiter = {
        position,
        resolve: () => {
          clearTimeout(timer)
          this.#waiters.delete(waiter)
          resolve(true)
        },
      }
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter)
        resolve(false)
      }, milliseconds)
      this.#waiters.add(waiter)
    })
  }

  /** Ends after the batch in hand. May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    let attempt = 0
    while (!this.#stop.signal.aborted) {
      try {
        await this.#follow(() => {
          attempt = 0
        })
        // The tail has ended without being told to: the store is closed, and nothing will come any more.
        this.#stop.abort()
      } catch (error) {
        if (error instanceof KeelsonError && error.code === 'store_closed') this.#stop.abort()
        if (this.#stop.signal.aborted) return
        // Another process runs the same subscription and was faster: no failure, but the normal case.
        if (error instanceof KeelsonError && error.code === 'checkpoint_conflict' && (await this.#reread()))
          continue
        attempt += 1
        this.#error = error
        this.#options.onError?.(error, attempt)
        await this.#pause(attempt, isAway(error))
        await this.#reread()
        // The database answers again: there may be nothing to handle that would show it.
        if (this.#error === undefined) attempt = 0
      }
    }
  }

  async #follow(onProgress: () => void): Promise<void> {
    const { signal } = this.#stop
    for await (const page of this.#store.tail(this.#options.scope ?? everyTenant, {
      after: this.#position,
      signal,
      ...(this.#options.filter === undefined ? {} : { filter: this.#options.filter }),
    })) {
      await this.#handle(page)
      onProgress()
      if (signal.aborted) return
    }
  }

  async #handle(page: readonly RecordedEvent[]): Promise<void> {
    const { unit, parts } = collectUnit(this.#store.capabilities.sql)
    await this.#options.handle(page, unit, this.#stop.signal)
    const to = (page.at(-1) as RecordedEvent).position
    const { tenantId } = this.#options.scope ?? everyTenant
    await this.#store.commit({
      ...parts(),
      scope: { tenantId },
      checkpoint: { name: this.#options.name, from: this.#position, to },
    })
    this.#advance(to)
  }

  /** Everything up to here is handled, by this subscription or by another of its name: nothing is left to retry. */
  #advance(position: number): void {
    this.#position = position
    this.#error = undefined
    for (const waiter of [...this.#waiters]) if (waiter.position <= position) waiter.resolve()
  }

  /** Another process may be running the same subscription: goes on from where it has come to, and says whether. */
  async #reread(): Promise<boolean> {
    const position = await this.#store.checkpoint(this.#options.name).catch(() => undefined)
    if (position === undefined) return false
    if (isAway(this.#error)) this.#error = undefined
    if (position <= this.#position) return false
    this.#advance(position)
    return true
  }

  #pause(attempt: number, isShort: boolean): Promise<void> {
    const { initial, max } = this.#options.retryDelay ?? { initial: 100, max: 30_000 }
    const longest = isShort ? Math.min(max, longestAway) : max
    const delay = Math.min(longest, initial * 2 ** Math.min(attempt - 1, 20))
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer)
        this.#stop.signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, delay)
      this.#stop.signal.addEventListener('abort', done, { once: true })
    })
  }
}
