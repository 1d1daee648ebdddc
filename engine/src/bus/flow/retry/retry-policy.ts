import { OptionCheck } from '../option/option-check.ts'

const day = 86_400_000

/** How often and when something is tried again. Times in milliseconds. */
export interface RetryOptions {
  /** Tries altogether, the first one among them; 1 to 1,000. */
  readonly attempts: number
  /** `fixed` waits the same each time, `exponential` each time `factor` times as long. */
  readonly backoff: 'fixed' | 'exponential'
  /** Wait after the first failure, up to 30 days. */
  readonly initialDelay?: number
  /** Another name for `initialDelay` where the backoff is `fixed`. */
  readonly delay?: number
  /** No wait is longer; default five minutes, or `initialDelay` where that is longer. */
  readonly maxDelay?: number
  /** 1 to 100, default 2. */
  readonly factor?: number
  /**
   * Spreads the tries of many: `full` waits anything up to the delay, `equal` at least half of it, `none` (the default)
   * exactly as said.
   */
  readonly jitter?: 'none' | 'full' | 'equal'
}

/** Checked options, every default filled in, and what follows from them. Frozen. */
export interface RetrySchedule {
  readonly attempts: number
  readonly backoff: 'fixed' | 'exponential'
  readonly initialDelay: number
  readonly maxDelay: number
  readonly factor: number
  readonly jitter: 'none' | 'full' | 'equal'
  /**
   * Whole milliseconds to wait after so many failed attempts (from 1); undefined where no attempt is left. `random`
   * gives numbers from 0 up to, but not, 1.
   */
  nextDelay(failed: number, random: () => number): number | undefined
}

const names = ['attempts', 'backoff', 'initialDelay', 'delay', 'maxDelay', 'factor', 'jitter']

/** @throws KeelsonError `delivery_options_invalid`, with all faults at once. */
export function createRetryPolicy(options: RetryOptions): RetrySchedule {
  const check = new OptionCheck('The retry policy', options)
  check.onlyNames(names)
  const range = { min: 0, max: 30 * day }
  const attempts = check.number('attempts', { min: 1, max: 1_000, isWhole: true }, Number.NaN)
  const backoff = check.word('backoff', ['fixed', 'exponential'], 'fixed')
  if (options.backoff === undefined) check.add('backoff', 'is missing')
  const name = options.delay === undefined ? 'initialDelay' : 'delay'
  const initialDelay = check.number(name, range, Number.NaN)
  if (name === 'delay' && options.initialDelay !== undefined)
    check.add('delay', 'is another name for initialDelay; give one of them')
  if (name === 'delay' && backoff === 'exponential')
    check.add('delay', 'is for the fixed backoff; use initialDelay')
  const maxDelay = check.number('maxDelay', range, Math.max(300_000, initialDelay || 0))
  if (maxDelay < initialDelay) check.add('maxDelay', 'is shorter than the first delay')
  const factor = check.number('factor', { min: 1, max: 100 }, 2)
  const jitter = check.word('jitter', ['none', 'full', 'equal'], 'none')
  check.throwAny()
  const settings = { attempts, backoff, initialDelay, maxDelay, factor, jitter }
  return Object.freeze({
    ...settings,
    nextDelay: (failed: number, random: () => number) =>
      failed >= attempts ? undefined : delayOf(settings, failed, random),
  })
}

function delayOf(
  { backoff, initialDelay, maxDelay, factor, jitter }: Omit<RetrySchedule, 'nextDelay'>,
  failed: number,
  random: () => number,
): number {
  const growth = backoff === 'fixed' ? 1 : factor ** (Math.max(1, failed) - 1)
  // Nothing grows from nothing, and 0 times an endless factor would be no number.
  const delay = initialDelay === 0 ? 0 : Math.min(maxDelay, initialDelay * growth)
  if (jitter === 'none') return Math.round(delay)
  const share = jitter === 'full' ? random() : 0.5 + random() / 2
  return Math.round(delay * share)
}
