import { KeelsonError } from '../../core/index.ts'
import type { RetryOptions } from '../flow/index.ts'
import { createRetryPolicy } from '../flow/index.ts'
import { OptionCheck } from '../flow/option/option-check.ts'

/** Times in milliseconds. */
export interface RetryStrategy {
  /** Tries altogether, the first one among them. */
  readonly attempts: number
  /** `fixed` or `exponential`. */
  readonly backoff: string
  readonly initialDelay?: number
  /** Of the fixed backoff, in place of `initialDelay`. */
  readonly delay?: number
  readonly maxDelay?: number
}

export interface ChannelConfig {
  /** Events that the channel holds, 1 to 1,000,000. */
  readonly bufferSize: number
  /** Names of those who are to hear it; each comes with `register`. */
  readonly consumers: readonly string[]
  /** Default three tries, exponential from 100 ms to 5 s. */
  readonly retryStrategy?: RetryStrategy
  /** What becomes of who emits while it is full: default `wait`. */
  readonly whenFull?: 'wait' | 'refuse'
  /** Of those that wait; beyond it they are refused. Default 10,000. */
  readonly maxWaiting?: number
}

export interface EventBusConfig {
  readonly channels: Readonly<Record<string, ChannelConfig>>
  /** Who hears the channels that nobody else does. */
  readonly defaultConsumer?: string
}

/** The channels that every subsystem has. */
export const eventBusConfig = Object.freeze({
  channels: Object.freeze({
    security: Object.freeze({
      bufferSize: 1000,
      consumers: Object.freeze(['audit-logger', 'metrics-service', 'alert-service']),
      retryStrategy: Object.freeze({
        attempts: 3,
        backoff: 'exponential',
        initialDelay: 100,
        maxDelay: 5000,
      }),
    }),
    rbac: Object.freeze({
      bufferSize: 500,
      consumers: Object.freeze(['audit-logger', 'permission-cache-invalidator']),
      retryStrategy: Object.freeze({ attempts: 2, backoff: 'fixed', delay: 200 }),
    }),
    audit: Object.freeze({
      bufferSize: 2000,
      consumers: Object.freeze(['audit-storage-service', 'audit-dashboard-realtime']),
      retryStrategy: Object.freeze({
        attempts: 5,
        backoff: 'exponential',
        initialDelay: 100,
        maxDelay: 10000,
      }),
    }),
    system: Object.freeze({
      bufferSize: 100,
      consumers: Object.freeze(['metrics-service', 'alert-service']),
      retryStrategy: Object.freeze({
        attempts: 3,
        backoff: 'exponential',
        initialDelay: 100,
        maxDelay: 5000,
      }),
    }),
  }),
  defaultConsumer: 'audit-logger',
}) satisfies EventBusConfig

const unknownChannel: ChannelConfig = Object.freeze({ bufferSize: 100, consumers: Object.freeze([]) })

/** Checked, every default filled in. */
export interface ChannelSettings {
  readonly name: string
  readonly bufferSize: number
  readonly consumers: readonly string[]
  readonly retry: RetryOptions
  readonly whenFull: 'wait' | 'refuse'
  readonly maxWaiting: number
}

const defaultRetry: RetryOptions = {
  attempts: 3,
  backoff: 'exponential',
  initialDelay: 100,
  maxDelay: 5_000,
}

const channelPattern = /^[A-Za-z0-9_.:-]{1,64}$/
/** Room for the channel in the name of the subscription. */
const consumerPattern = /^[A-Za-z0-9_.:@-]{1,60}$/

/** @throws KeelsonError `delivery_options_invalid` where no consumer can be named so. */
export function checkConsumerName(name: string): void {
  if (typeof name === 'string' && consumerPattern.test(name)) return
  const message = 'A consumer is named by 1 to 60 letters, digits and characters of "_.:@-"'
  throw new KeelsonError('delivery_options_invalid', message, { faults: [{ pointer: '/consumer', message }] })
}

/**
 * What a channel is made with; one that the configuration does not name gets a buffer of 100.
 * @throws KeelsonError `channel_invalid`, and `delivery_options_invalid` with the faults of the channel.
 */
export function channelSettings(config: EventBusConfig, name: string): ChannelSettings {
  if (typeof name !== 'string' || !channelPattern.test(name))
    throw new KeelsonError(
      'channel_invalid',
      `${shown(name)} is no name of a channel: it is 1 to 64 letters, digits and characters of "_.:-"`,
    )
  const own = Object.hasOwn(config.channels, name) ? config.channels[name] : undefined
  const channel = own ?? unknownChannel
  const check = new OptionCheck(`The channel "${name}"`, channel)
  check.onlyNames(['bufferSize', 'consumers', 'retryStrategy', 'whenFull', 'maxWaiting'])
  const { consumers, retryStrategy } = channel
  if (!Array.isArray(consumers)) check.add('consumers', 'must be a list of names')
  const settings = {
    name,
    bufferSize: check.number('bufferSize', { min: 1, max: 1_000_000, isWhole: true }, Number.NaN),
    whenFull: check.word('whenFull', ['wait', 'refuse'], 'wait'),
    maxWaiting: check.number('maxWaiting', { min: 0, max: 1_000_000, isWhole: true }, 10_000),
  }
  check.throwAny()
  for (const consumer of consumers) checkConsumerName(consumer)
  return Object.freeze({
    ...settings,
    consumers: Object.freeze([...new Set(consumers)]),
    retry: retryStrategy === undefined ? defaultRetry : retryOf(retryStrategy),
  })
}

const shown = (name: unknown): string =>
  typeof name === 'string' ? JSON.stringify(name.slice(0, 100)) : `What is of the type ${typeof name}`

/** @throws KeelsonError `delivery_options_invalid`, also where the backoff is no known one. */
function retryOf(strategy: RetryStrategy): RetryOptions {
  const { backoff } = strategy
  const retry = { ...strategy, backoff: backoff as RetryOptions['backoff'] }
  createRetryPolicy(retry)
  return Object.freeze(retry)
}
