import { OptionCheck } from '../option/option-check.ts'

const day = 86_400_000

/** When a breaker opens, and for how long. Times in milliseconds. */
export interface BreakerOptions {
  /** Opens after so many failures in a row; default 5. */
  readonly failuresInRow?: number
  /** Opens when this share of the calls in the window failed, above 0 and up to 1; default 0.5. */
  readonly failureShare?: number
  /** Calls that the window must hold before their share counts; default 20. */
  readonly minimumCalls?: number
  /** Length of the sliding window; default 30,000. It slides in ten steps. */
  readonly window?: number
  /** The first cooling period; default 5,000. */
  readonly cooling?: number
  /** Each probe that fails makes the next cooling period so many times as long; default 2. */
  readonly coolingFactor?: number
  /** No cooling period is longer; default 300,000, or `cooling` where that is longer. */
  readonly maxCooling?: number
  /** A probe without an outcome for so long counts as failed; default 300,000. */
  readonly probeTimeout?: number
  /** Whether a permanent error is a failure of the consumer; default false: it is one of the event. */
  readonly countPermanent?: boolean
}

export type BreakerSettings = Required<BreakerOptions>

const defaults: BreakerSettings = {
  failuresInRow: 5,
  failureShare: 0.5,
  minimumCalls: 20,
  window: 30_000,
  cooling: 5_000,
  coolingFactor: 2,
  maxCooling: 300_000,
  probeTimeout: 300_000,
  countPermanent: false,
}

/** @throws KeelsonError `delivery_options_invalid`, with all faults at once. */
export function checkBreakerOptions(options: BreakerOptions): BreakerSettings {
  const check = new OptionCheck('The circuit breaker', options)
  check.onlyNames(Object.keys(defaults))
  const count = { min: 1, max: 1_000_000, isWhole: true }
  const time = { min: 1, max: 30 * day }
  const cooling = check.number('cooling', time, defaults.cooling)
  const settings = {
    failuresInRow: check.number('failuresInRow', count, defaults.failuresInRow),
    failureShare: check.number('failureShare', { min: 0.001, max: 1 }, defaults.failureShare),
    minimumCalls: check.number('minimumCalls', count, defaults.minimumCalls),
    window: check.number('window', { min: 10, max: day }, defaults.window),
    cooling,
    coolingFactor: check.number('coolingFactor', { min: 1, max: 100 }, defaults.coolingFactor),
    maxCooling: check.number('maxCooling', time, Math.max(defaults.maxCooling, cooling)),
    probeTimeout: check.number('probeTimeout', time, defaults.probeTimeout),
    countPermanent: options.countPermanent ?? defaults.countPermanent,
  }
  if (typeof settings.countPermanent !== 'boolean') check.add('countPermanent', 'must be true or false')
  if (settings.maxCooling < cooling) check.add('maxCooling', 'is shorter than the first cooling period')
  check.throwAny()
  return Object.freeze(settings)
}
