import type { Clock } from '../../../core/index.ts'
import type { BreakerOptions, BreakerSettings } from './breaker-options.ts'
import { checkBreakerOptions } from './breaker-options.ts'
import type { BreakerSnapshot, BreakerState } from './breaker-snapshot.ts'
import { closedAt, restoreSnapshot } from './breaker-snapshot.ts'
import { FailureWindow } from './failure-window.ts'

/** Leave for one call; its outcome is reported with it, once. */
export type BreakerPass = number & { readonly brand: 'breaker pass' }

/**
 * What became of a call: `permanent` where the event was at fault and not the consumer, `abandoned` where it was given
 * up without an outcome, as at a shutdown.
 */
export type BreakerOutcome = 'success' | 'failure' | 'permanent' | 'abandoned'

export interface BreakerContext {
  readonly clock: Clock
  /** Told of each change, after it is made, also of one that only moves the end of an open breaker; must not throw. */
  readonly onChange?: (from: BreakerState, to: BreakerState, reason: string) => void
  /** What `toJSON` gave before a restart. */
  readonly kept?: unknown
}

/**
 * The circuit breaker of one consumer. Closed, it lets every call through and watches the outcomes: a run of failures,
 * or a share of them over a sliding window, opens it. Open, it lets none through until its cooling period is over; then
 * it is half-open and lets exactly one call through as a probe, whose outcome closes it or opens it for longer. What is
 * reported of calls that began before the last change of state does not count.
 */
export class Breaker {
  readonly #settings: BreakerSettings
  readonly #context: BreakerContext
  readonly #window: FailureWindow
  #at: BreakerSnapshot
  #failuresInRow = 0
  /** Goes up with each change of state and each probe; a pass of another era is a late one. */
  #era = 0
  /** When the probe on its way is given up; undefined where none is. */
  #probeUntil: number | undefined

  /** @throws KeelsonError `delivery_options_invalid`, with all faults at once. */
  constructor(options: BreakerOptions, context: BreakerContext) {
    this.#settings = checkBreakerOptions(options)
    this.#context = context
    this.#window = new FailureWindow(this.#settings.window)
    this.#at = restoreSnapshot(context.kept, this.#settings, this.#now)
  }

  /** As of the last call: an open breaker becomes half-open when somebody asks for a pass. */
  get state(): BreakerState {
    return this.#at.state
  }

  /** Leave for a call, or undefined where the breaker holds it back. */
  admit(): BreakerPass | undefined {
    const now = this.#now
    if (this.#probeUntil !== undefined && now >= this.#probeUntil) this.#reopen('the probe never ended')
    if (this.#at.state === 'closed') return this.#pass
    if (this.#probeUntil !== undefined) return undefined
    if (this.#at.state === 'open') {
      if (this.#at.until === null || now < this.#at.until) return undefined
      this.#change({ ...this.#at, state: 'half-open', since: now, reason: 'the cooling period is over' })
    }
    this.#era += 1
    this.#probeUntil = now + this.#settings.probeTimeout
    return this.#pass
  }

  /** Reports what became of a call. */
  settle(pass: BreakerPass, outcome: BreakerOutcome): void {
    if (pass !== this.#era) return
    const isFailure = outcome === 'failure' || (outcome === 'permanent' && this.#settings.countPermanent)
    if (this.#at.state === 'half-open') this.#settleProbe(outcome, isFailure)
    else if (isFailure) this.#fail()
    else if (outcome === 'success') {
      this.#failuresInRow = 0
      this.#window.add(this.#now, false)
    }
  }

  /** Milliseconds until a pass may be had; 0 where one can be now, Infinity where a hand must close the breaker. */
  retryIn(): number {
    const { state, until } = this.#at
    if (state === 'closed') return 0
    const at = state === 'half-open' ? (this.#probeUntil ?? 0) : (until ?? Number.POSITIVE_INFINITY)
    return Math.max(0, at - this.#now)
  }

  /** Opens it by hand; it stays open until `close`. */
  open(reason = 'opened by hand'): void {
    this.#change({ ...this.#at, state: 'open', since: this.#now, reason, until: null })
  }

  /** Closes it by hand, and forgets what it has counted. */
  close(reason = 'closed by hand'): void {
    this.#change(closedAt(this.#now, reason))
  }

  toJSON(): BreakerSnapshot {
    return { ...this.#at }
  }

  get #now(): number {
    return this.#context.clock.now()
  }

  get #pass(): BreakerPass {
    return this.#era as BreakerPass
  }

  #settleProbe(outcome: BreakerOutcome, isFailure: boolean): void {
    if (isFailure) this.#reopen('the probe failed')
    else if (outcome === 'success') this.#change(closedAt(this.#now, 'the probe succeeded'))
    else {
      // The outcome says nothing of the consumer: the next call is the probe.
      this.#era += 1
      this.#probeUntil = undefined
    }
  }

  #fail(): void {
    const { failuresInRow, failureShare, minimumCalls } = this.#settings
    const now = this.#now
    this.#failuresInRow += 1
    this.#window.add(now, true)
    const { calls, failures } = this.#window.count(now)
    if (this.#failuresInRow >= failuresInRow) this.#reopen(`${this.#failuresInRow} failures in a row`)
    else if (calls >= minimumCalls && failures >= failureShare * calls)
      this.#reopen(`${failures} of ${calls} calls failed`)
  }

  #reopen(reason: string): void {
    const { cooling, coolingFactor, maxCooling } = this.#settings
    const { openings } = this.#at
    const since = this.#now
    const until = since + Math.min(maxCooling, cooling * coolingFactor ** openings)
    this.#change({ state: 'open', since, reason, until, openings: openings + 1 })
  }

  #change(to: BreakerSnapshot): void {
    const { state: from, until } = this.#at
    this.#at = to
    this.#era += 1
    this.#probeUntil = undefined
    this.#failuresInRow = 0
    this.#window.clear()
    // What is open for longer than it was is to be kept too: else a hold by hand would end with the process.
    if (from !== to.state || until !== to.until) this.#context.onChange?.(from, to.state, to.reason)
  }
}
