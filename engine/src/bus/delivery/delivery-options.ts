import type { Envelope } from '../../core/index.ts'
import type { Alarm, Filter, Start } from '../../transport/index.ts'
import { checkSubscriptionName, parseFilter, trueFilter } from '../../transport/index.ts'
import { checkBreakerOptions } from '../flow/breaker/breaker-options.ts'
import type {
  BreakerOptions,
  BreakerState,
  Bulkhead,
  FailureRules,
  Priority,
  RateLimitOptions,
  RetryOptions,
  RetrySchedule,
} from '../flow/index.ts'
import { createRetryPolicy, priorities } from '../flow/index.ts'
import { OptionCheck } from '../flow/option/option-check.ts'
import { checkKinds } from './check-kinds.ts'
import type { EventBatchHandler, EventHandler, Middleware } from './handler.ts'

/** A change of a subscription's breaker on one partition, and why. */
export interface BreakerChange {
  readonly subscription: string
  readonly partition: number
  readonly from: BreakerState
  readonly to: BreakerState
  readonly reason: string
}

/** Whether a subscription is about an event. */
export type EventPredicate = (event: Envelope) => boolean

/** Times in milliseconds. */
export interface DeliveryOptions {
  /** A subscription that starts again under its name goes on where it stood. */
  readonly name: string
  /** Given each event by itself; either this or `handleBatch`. */
  readonly handle?: EventHandler
  /**
   * Given up to `batchSize` events of one tenant at a time. Where it fails they are given again in halves, so that only
   * what is at fault counts as failed; what has failed once comes alone. Takes no `middleware`.
   */
  readonly handleBatch?: EventBatchHandler
  /** Default those of every tenant. */
  readonly tenantId?: string
  readonly types?: readonly string[]
  readonly topics?: readonly string[]
  /**
   * A filter, the text of one, or a function. Transports that can do so pick out by themselves what the first two say; a
   * function is asked here, for each event. One for which it throws counts as failed.
   */
  readonly filter?: Filter | string | EventPredicate
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
  /** Events of the whole subscription in this process; a batch takes as many at once as it has. */
  readonly rateLimit?: RateLimitOptions
  /** Whether the concurrency is found out by trying, up to `concurrency`; default false. */
  readonly isAdaptive?: boolean
  /** Default what the event was published with (`metadata.priority`), else normal. */
  readonly priority?: Priority | ((event: Envelope) => Priority)
  /** Of one call of the handler with its middleware; default 30,000. */
  readonly timeout?: number
  /** What handlers have when the subscription closes; default 5,000. */
  readonly grace?: number
  /** Around the handler, the outermost first. */
  readonly middleware?: readonly Middleware[]
  /** Told of each try that failed, and of what went wrong beside the handler; must not throw. */
  readonly onError?: (error: unknown) => void
  /** Told of each change of the breaker in this process; must not throw. */
  readonly onBreaker?: (change: BreakerChange) => void
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
  readonly handleBatch: EventBatchHandler | undefined
  /** Whether an event that the transport has let through is wanted. */
  readonly accepts: EventPredicate | undefined
  readonly timeout: number
  readonly grace: number
  readonly middleware: readonly Middleware[]
  readonly retry: RetrySchedule
  readonly filter: Filter | undefined
  readonly onError: (error: unknown) => void
  readonly onBreaker: (change: BreakerChange) => void
  readonly options: DeliveryOptions
}

const names = [
  'name',
  'handle',
  'handleBatch',
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
  'onBreaker',
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
  new OptionCheck('A subscription', options)
  checkSubscriptionName(options.name)
  const check = new OptionCheck(`The subscription "${options.name}"`, options)
  check.onlyNames(names)
  checkHandlers(options, check)
  checkKinds(options, check)
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
    handle: options.handle ?? oneByOne(options.handleBatch as EventBatchHandler),
    handleBatch: options.handleBatch,
    accepts: typeof options.filter === 'function' ? options.filter : undefined,
    start: options.start ?? 'beginning',
    failures: options.failures ?? {},
    middleware: options.middleware ?? [],
    retry: createRetryPolicy(options.retry ?? defaultRetry),
    filter: filterOf(options.filter),
    onError: calmly(options.onError),
    onBreaker: calmly(options.onBreaker),
    options,
  })
}

function checkHandlers({ handle, handleBatch, middleware }: DeliveryOptions, check: OptionCheck): void {
  if (handleBatch === undefined) {
    if (typeof handle !== 'function') check.add('handle', 'must be a function')
    return
  }
  if (typeof handleBatch !== 'function') check.add('handleBatch', 'must be a function')
  if (handle !== undefined) check.add('handleBatch', 'stands in place of handle; give one of them')
  if (middleware !== undefined) check.add('middleware', 'is for single events, and not for handleBatch')
}

/** The handler of batches, for an event that comes alone. */
const oneByOne =
  (handleBatch: EventBatchHandler): EventHandler =>
  (event, { attempt: _, replayOf: __, delivery, ...context }) =>
    handleBatch([event], { ...context, tenantId: delivery.tenantId, deliveries: [delivery] })

/** Whoever is told of something is not to cause more of it. */
export const calmly =
  <Told>(tell: ((told: Told) => void) | undefined): ((told: Told) => void) =>
  told => {
    try {
      tell?.(told)
    } catch {
      // There is nobody left to be told.
    }
  }

function filterOf(filter: DeliveryOptions['filter']): Filter | undefined {
  if (typeof filter === 'function') return undefined
  const parsed = typeof filter === 'string' ? parseFilter(filter) : filter
  return parsed === trueFilter ? undefined : parsed
}
