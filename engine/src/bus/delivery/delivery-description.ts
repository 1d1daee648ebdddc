import { toSqlText } from '../../transport/index.ts'
import type { DeliverySettings } from './delivery-options.ts'

/** How a subscription was made, in plain values; times in milliseconds. */
export interface DeliveryDescription {
  readonly name: string
  /** Undefined for every tenant. */
  readonly tenantId: string | undefined
  /** Undefined for every type, and for every topic. */
  readonly types: readonly string[] | undefined
  readonly topics: readonly string[] | undefined
  /** Text of the filter; `(a function)` where it is one. */
  readonly filter: string | undefined
  readonly start: DeliverySettings['start']
  readonly concurrency: number
  readonly isAdaptive: boolean
  readonly batchSize: number
  /** Whether the handler takes several events at a time. */
  readonly isBatched: boolean
  readonly window: number
  readonly timeout: number
  readonly retry: {
    readonly attempts: number
    readonly backoff: 'fixed' | 'exponential'
    readonly initialDelay: number
    readonly maxDelay: number
    readonly factor: number
    readonly jitter: 'none' | 'full' | 'equal'
  }
  readonly deadLetter: 'setAside' | 'parkKey'
  readonly hasBreaker: boolean
  /** Events per second; undefined for no bound. */
  readonly rateLimit: number | undefined
}

export function describeDelivery(settings: DeliverySettings): DeliveryDescription {
  const { options, filter, retry, accepts } = settings
  const { nextDelay: _, ...figures } = retry
  return Object.freeze({
    name: settings.name,
    tenantId: options.tenantId,
    types: frozenList(options.types),
    topics: frozenList(options.topics),
    filter: accepts === undefined ? filter && toSqlText(filter) : '(a function)',
    start: typeof settings.start === 'string' ? settings.start : Object.freeze({ ...settings.start }),
    concurrency: settings.concurrency,
    isAdaptive: options.isAdaptive ?? false,
    batchSize: settings.batchSize,
    isBatched: settings.handleBatch !== undefined,
    window: settings.window,
    timeout: settings.timeout,
    retry: Object.freeze(figures),
    deadLetter: settings.deadLetter,
    hasBreaker: options.breaker !== false,
    rateLimit: options.rateLimit?.perSecond,
  })
}

const frozenList = (list: readonly string[] | undefined): readonly string[] | undefined =>
  list && Object.freeze([...list])
