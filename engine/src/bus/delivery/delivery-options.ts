import type { Envelope } from '../../core/index.ts'
import type { Alarm, Filter, Start } from '../../transport/index.ts'
import { checkSubscriptionName, parseFilter, trueFilter } from '../../transport/index.ts'
import { checkBreakerOptions } from '../flow/breaker/breaker-options.ts'
import type {
  BreakerOptions,
  Bulkhead,
  FailureRules,
  Priority,
  RateLimitOptions,
  RetryOptions,
  RetrySchedule,
} from '../flow/index.ts'
import { createRetryPolicy, priorities } from '../flow/index.ts'
import { OptionCheck } from '../flow/option/option-check.ts'
import type { EventHandler, Middleware } from './handler.ts'

/** Times in milliseconds. */
export interface DeliveryOptions {
  /** A subscription that starts again under its name goes on where it stood. */
  readonly name: string
  readonly handle: EventHandler
  /** Default those of every tenant. */
  readonly tenantId?: string
  readonly types?: readonly string[]
  readonly topics?: readonly string[]
  /** A filter, or the text of one. */
  readonly filter?: Filter | string
  /** Events of one key and tenant are handled one after the other; default the stream. Undefined is bound to no order. */
  readonly orderingKey?: (event: Envelope) => string | undefined
  /** Used once, where the name is new; default `beginning`. */
  readonly start?: Start
  /** Handlers that run at the same time on each partition; default 10. */
  readonly concurrency?: number
  /** Events that are asked for at a time; default 100. */
  readonly batchSize?: number
  /** Events that may be in hand on each partition; default 1,000. */
  readonly window?: number
  /** Default five tries, exponential from one second with full jitter. */
  readonly retry?: RetryOptions
  /** Which errors are tried again, besides what their types say. */
  readonly failures?: FailureRules
  /** Whether what follows a dead letter in its key goes on (the default), or is set aside until the key may go on. */
  readonly deadLetter?: 'setAside' | 'parkKey'
  /** False for none; default as `BreakerOptions` says. */
  readonly breaker?: BreakerOptions | false
  /** Shared with other subscriptions; the name of this one has a room of its own unless another is given. */
  readonly bulkhead?: { readonly bulkhead: Bulkhead; readonly name?: string }
  /** Of the whole subscription in this process. */
  readonly rateLimit?: RateLimitOptions
  /** Whether the concurrency is found out by trying, up to `concurrency`; default false. */
  readonly isAdaptive?: boolean
  readonly priority?: Priority | ((event: Envelope) => Priority)
  /** Of one call of the handler with its middleware; default 30,000. */
  readonly timeout?: number
  /** What handlers have when the subscription closes; default 5,000. */
  readonly grace?: number
  /** Around the handler, the outermost first. */
  readonly middleware?: readonly Middleware[]
  /** Told of each try that failed, and of what went wrong beside the handler; must not throw. */
  readonly onError?: (error: unknown) => void
}

/** Where time and chance come from; default the system's. */
export interface DeliveryTools {
  readonly alarm: Alarm
  readonly random: () => number
}

/** Checked, with every default filled in. Frozen. */
export interface DeliverySettings
  extends Required<
    Pick<
      DeliveryOptions,
      'name' | 'handle' | 'start' | 'concurrency' | 'batchSize' | 'window' | 'failures' | 'deadLetter'
    >
  > {
  readonly timeout: number
  readonly grace: number
  readonly middleware: readonly Middleware[]
  readonly retry: RetrySchedule
  readonly filter: Filter | undefined
  readonly onError: (error: unknown) => void
  readonly options: DeliveryOptions
}

const names = [
  'name',
  'handle',
  'tenantId',
  'types',
  'topics',
  'filter',
  'orderingKey',
  'start',
  'concurrency',
  'batchSize',
  'window',
  'retry',
  'failures',
  'deadLetter',
  'breaker',
  'bulkhead',
  'rateLimit',
  'isAdaptive',
  'priority',
  'timeout',
  'grace',
  'middleware',
  'onError',
]

const defaultRetry: RetryOptions = {
  attempts: 5,
  backoff: 'exponential',
  initialDelay: 1_000,
  jitter: 'full',
}

const day = 86_400_000

/** @throws KeelsonError `delivery_options_invalid`, `filter_invalid` and what else a filter's text may be refused with. */
export function checkDeliveryOptions(options: DeliveryOptions): DeliverySettings {
  checkSubscriptionName(options.name)
  const check = new OptionCheck(`The subscription "${options.name}"`, options)
  check.onlyNames(names)
  if (typeof options.handle !== 'function') check.add('handle', 'must be a function')
  const { priority = 'normal' } = options
  if (typeof priority !== 'function' && !priorities.includes(priority))
    check.add('priority', `must be one of ${priorities.join(', ')}, or a function`)
  const count = { min: 1, max: 100_000, isWhole: true }
  const time = { min: 1, max: day }
  const settings = {
    concurrency: check.number('concurrency', count, 10),
    batchSize: check.number('batchSize', count, 100),
    window: check.number('window', count, 1_000),
    timeout: check.number('timeout', time, 30_000),
    grace: check.number('grace', { min: 0, max: day }, 5_000),
    deadLetter: check.word('deadLetter', ['setAside', 'parkKey'], 'setAside'),
  }
  check.throwAny()
  if (options.breaker) checkBreakerOptions(options.breaker)
  return Object.freeze({
    ...settings,
    name: options.name,
    handle: options.handle,
    start: options.start ?? 'beginning',
    failures: options.failures ?? {},
    middleware: options.middleware ?? [],
    retry: createRetryPolicy(options.retry ?? defaultRetry),
    filter: filterOf(options.filter),
    onError: calmly(options.onError),
    options,
  })
}

/** Whoever is told of errors is not to cause more of them. */
const calmly =
  (onError: DeliveryOptions['onError']): DeliverySettings['onError'] =>
  error => {
    try {
      onError?.(error)
    } catch {
      // There is nobody left to be told.
    }
  }

function filterOf(filter: Filter | string | undefined): Filter | undefined {
  const parsed = typeof filter === 'string' ? parseFilter(filter) : filter
  return parsed === trueFilter ? undefined : parsed
}
