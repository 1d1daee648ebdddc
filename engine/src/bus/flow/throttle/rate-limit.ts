import type { Clock } from '../../../core/index.ts'
import { OptionCheck } from '../option/option-check.ts'

export interface RateLimitOptions {
  /** Tokens per second, above 0 and up to 1,000,000,000. */
  readonly perSecond: number
  /** Tokens that a pause saves up at the most; at least 1, default what a second gives. */
  readonly burst?: number
}

/** What a float of milliseconds since the epoch may be off by. */
const rounding = 0.001

/**
 * A token bucket, full at first. It is kept as the time at which the bucket would be full again (the generic cell rate
 * algorithm of ATM, ITU-T I.371), so nothing has to be filled up by and by.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #burst: number
  /** Milliseconds that a token takes. */
  readonly #interval: number
  #fullAt = Number.NEGATIVE_INFINITY

  /** @throws KeelsonError `delivery_options_invalid`, with all faults at once. */
  constructor(options: RateLimitOptions, clock: Clock) {
    const check = new OptionCheck('The rate limit', options)
    check.onlyNames(['perSecond', 'burst'])
    const perSecond = check.number('perSecond', { min: 0.000_001, max: 1e9 }, Number.NaN)
    this.#burst = check.number('burst', { min: 1, max: 1e9 }, Math.max(1, perSecond || 1))
    check.throwAny()
    this.#interval = 1000 / perSecond
    this.#clock = clock
  }

  /** Takes tokens if so many are there, and says whether. */
  take(tokens = 1): boolean {
    if (this.timeUntil(tokens) > 0) return false
    this.spend(tokens)
    return true
  }

  /** Takes tokens whether they are there or not; what is missing has to come again before there is another one. */
  spend(tokens: number): void {
    this.#fullAt = Math.max(this.#fullAt, this.#clock.now()) + tokens * this.#interval
  }

  /** Whole milliseconds until so many tokens are there; Infinity where the bucket never holds so many. */
  timeUntil(tokens = 1): number {
    if (!(tokens >= 0 && tokens <= this.#burst)) return Number.POSITIVE_INFINITY
    const missing = this.#fullAt - (this.#burst - tokens) * this.#interval - this.#clock.now()
    return missing <= rounding ? 0 : Math.ceil(missing - rounding)
  }
}
