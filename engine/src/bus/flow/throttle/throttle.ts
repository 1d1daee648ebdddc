import { OptionCheck } from '../option/option-check.ts'

export interface ThrottleOptions {
  /** Calls that may always run at the same time; default 1. */
  readonly min?: number
  /** No more calls run at the same time, 1 to 100,000. */
  readonly max: number
  /** Where it begins; default `min`. */
  readonly initial?: number
  /** What a good round adds; default 1. */
  readonly increase?: number
  /** What the limit is multiplied with where it was too much, 0.1 to 0.9; default 0.4. */
  readonly decrease?: number
  /** Times the baseline that calls may take before they count as slow, above 1; default 2. */
  readonly tolerance?: number
  /** Share of failures that a round may have, from 0 up to, but not, 1; default 0.1. */
  readonly failureShare?: number
}

export type ThrottleSettings = Required<ThrottleOptions>

/** Calls by which a round is judged: about as many as run at the same time, but enough for a mean. */
const smallestRound = 32
const largestRound = 256

/** Milliseconds: below, a clock of whole milliseconds shows noise only. */
const smallestBaseline = 1

/**
 * How quickly the baseline follows a round that was faster, one that was slower, and one at the lowest limit. What is
 * slower counts by the limit's part: a large limit takes more rounds to rise from what is good to what is too much, and
 * the baseline must not rise with it.
 */
const approach = { faster: 0.2, slower: 0.1, alone: 0.2 }

/**
 * How many calls may run at the same time, found out by trying (additive increase, multiplicative decrease, after
 * D.-M. Chiu and R. Jain, 1989). A round of calls that took no longer than usual adds a little; two slow rounds
 * running, or one with too many failures, take away a part. What is usual is a baseline that falls quickly and rises
 * slowly, so that slowness which the calls cause each other does not become the usual. Only at the lowest limit, where
 * they cause none, it rises quickly: the world has become slower.
 */
export class Throttle {
  readonly #settings: ThrottleSettings
  #limit: number
  /** Milliseconds; undefined until the first round is over. */
  #baseline: number | undefined
  #slowRounds = 0
  /** Outcomes to come of calls that began under the limit before: they say nothing of the present one. */
  #stale = 0
  #calls = 0
  #failures = 0
  #time = 0
  #busiest = 0

  /** @throws KeelsonError `delivery_options_invalid`, with all faults at once. */
  constructor(options: ThrottleOptions) {
    this.#settings = checkOptions(options)
    this.#limit = this.#settings.initial
  }

  /** Calls that may run at the same time; whole, from `min` to `max`. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  /** Milliseconds that a call usually takes; undefined before the first round is over. */
  get baseline(): number | undefined {
    return this.#baseline
  }

  /**
   * Reports a call that has ended: the milliseconds that it took, whether it failed, and how many calls ran, itself
   * among them. The time of one that failed does not count, as failing is often quicker.
   */
  record(milliseconds: number, isFailure: boolean, running: number): void {
    if (this.#stale > 0) {
      this.#stale -= 1
      return
    }
    this.#calls += 1
    this.#busiest = Math.max(this.#busiest, running)
    if (isFailure) this.#failures += 1
    else this.#time += Math.max(0, milliseconds)
    if (this.#calls >= Math.min(largestRound, Math.max(smallestRound, this.limit))) this.#judge()
  }

  #judge(): void {
    const { tolerance, failureShare, min, max, increase } = this.#settings
    const good = this.#calls - this.#failures
    const mean = good === 0 ? undefined : this.#time / good
    const isFailing = this.#failures > failureShare * this.#calls
    const usual = Math.max(smallestBaseline, this.#baseline ?? Number.POSITIVE_INFINITY)
    const isSlow = mean !== undefined && mean > tolerance * usual
    // A limit that is not made use of says nothing about a higher one.
    const isUsed = this.#busiest * 2 > this.#limit
    this.#slowRounds = isSlow ? this.#slowRounds + 1 : 0
    if (mean !== undefined) this.#follow(mean, this.#limit <= min)
    this.#calls = 0
    this.#failures = 0
    this.#time = 0
    this.#busiest = 0
    if (isFailing || this.#slowRounds >= 2) this.#reduce()
    else if (isUsed && !isSlow) this.#limit = Math.min(max, this.#limit + increase)
  }

  #follow(mean: number, isAlone: boolean): void {
    if (this.#baseline === undefined) {
      this.#baseline = mean
      return
    }
    const { faster, slower, alone } = approach
    const speed = mean < this.#baseline ? faster : isAlone ? alone : slower / this.#limit
    this.#baseline += (mean - this.#baseline) * speed
  }

  #reduce(): void {
    const { min, decrease } = this.#settings
    this.#stale = this.limit
    this.#slowRounds = 0
    this.#limit = Math.max(min, this.#limit * decrease)
  }
}

function checkOptions(options: ThrottleOptions): ThrottleSettings {
  const check = new OptionCheck('The throttle', options)
  check.onlyNames(['min', 'max', 'initial', 'increase', 'decrease', 'tolerance', 'failureShare'])
  const whole = { min: 1, max: 100_000, isWhole: true }
  const min = check.number('min', whole, 1)
  const max = check.number('max', whole, Number.NaN)
  if (max < min) check.add('max', 'is less than min')
  const initial = check.number('initial', whole, min)
  if (initial < min || initial > max) check.add('initial', 'must be from min to max')
  const settings = {
    min,
    max,
    initial,
    increase: check.number('increase', { min: 0.01, max: 1_000 }, 1),
    decrease: check.number('decrease', { min: 0.1, max: 0.9 }, 0.4),
    tolerance: check.number('tolerance', { min: 1.05, max: 100 }, 2),
    failureShare: check.number('failureShare', { min: 0, max: 0.99 }, 0.1),
  }
  check.throwAny()
  return Object.freeze(settings)
}
