import type { RateLimit, Throttle } from '../flow/index.ts'

/** What bounds all partitions of a subscription in this process, and what has been counted. */
export class SharedLimits {
  readonly #most: number
  readonly #rate: RateLimit | undefined
  readonly #throttle: Throttle | undefined
  handled = 0
  failed = 0
  /** Message of the last failure; undefined since something has gone well. */
  error: string | undefined

  constructor(most: number, rate: RateLimit | undefined, throttle: Throttle | undefined) {
    this.#most = most
    this.#rate = rate
    this.#throttle = throttle
  }

  /** Handlers that may run at the same time on a partition. */
  get concurrency(): number {
    return this.#throttle?.limit ?? this.#most
  }

  /** Milliseconds until another handler may begin. */
  wait(): number {
    return this.#rate?.timeUntil() ?? 0
  }

  /** A handler begins with so many events. */
  begin(events: number): void {
    this.#rate?.spend(events)
  }

  end(milliseconds: number, isFailure: boolean, running: number): void {
    this.#throttle?.record(milliseconds, isFailure, running)
  }

  /** Counts events that were handled. */
  succeed(events: number): void {
    this.handled += events
    this.error = undefined
  }

  /** Counts a try that failed. */
  fail(message: string): void {
    this.failed += 1
    this.error = message
  }
}
