import type { BaseEvent, Envelope } from '../../core/index.ts'
import { KeelsonError, toBaseEvent } from '../../core/index.ts'
import type { Start } from '../../transport/index.ts'
import type { DeliveryOptions, DeliveryStatus } from '../delivery/index.ts'
import { OptionCheck } from '../flow/option/option-check.ts'
import { channelOrder } from './accept-event.ts'
import type { SubscribeOptions, Subscription } from './bus-event.ts'
import type { Carrier, RunningDelivery } from './carrier/carrier.ts'
import type { ChannelSettings } from './event-bus-config.ts'
import { checkConsumerName } from './event-bus-config.ts'

/** Gets each event; kept as it was given, whatever it takes. */
type Handler = (event: BaseEvent) => Promise<void>

interface Registered {
  readonly handler: Handler
  readonly options: SubscribeOptions
}

interface Running extends Subscription {
  readonly delivery: RunningDelivery
  /** Whether it only stands in for consumers that the channel has not. */
  readonly isDefault: boolean
}

export interface ConsumersOptions {
  readonly carrier: Carrier
  readonly defaultConsumer: string | undefined
  /** Told of each try that failed, and of what went wrong at the end of a subscription. */
  readonly onError: (error: unknown) => void
}

/** Who hears which channel: those that subscribed, those that the configuration names, and else the default consumer. */
export class Consumers {
  readonly #options: ConsumersOptions
  readonly #registered = new Map<string, Registered>()
  readonly #channels = new Map<string, ChannelSettings>()
  readonly #running = new Map<string, Running>()
  readonly #ending = new Set<Promise<void>>()

  constructor(options: ConsumersOptions) {
    this.#options = options
  }

  /** A channel that was made: whoever is registered for it begins to hear it. */
  add(settings: ChannelSettings): void {
    this.#channels.set(settings.name, settings)
    for (const consumer of settings.consumers) this.#startRegistered(settings, consumer, false)
    this.#balance(settings)
  }

  /** Registers the handler of a consumer that channels name. @throws KeelsonError `subscription_exists`. */
  register(consumer: string, handler: Handler, options: SubscribeOptions): void {
    checkConsumerName(consumer)
    checkSubscriber(handler, options)
    if (this.#registered.has(consumer))
      throw new KeelsonError('subscription_exists', `The consumer "${consumer}" is registered already`)
    this.#registered.set(consumer, { handler, options })
    for (const channel of this.#channels.values()) {
      if (channel.consumers.includes(consumer)) this.#startRegistered(channel, consumer, false)
      this.#balance(channel)
    }
  }

  /** Lets a handler hear a channel from now on. */
  subscribe(channel: ChannelSettings, handler: Handler, options: SubscribeOptions): Subscription {
    checkSubscriber(handler, options)
    const consumer = this.#freeName(channel.name, handler.name)
    const running = this.#start(channel, consumer, { handler, options }, 'now', false)
    this.#balance(channel)
    const { id } = running
    return Object.freeze({ id, channel: channel.name, consumer })
  }

  unsubscribe(id: string): void {
    const running = this.#running.get(id)
    if (running === undefined || running.isDefault) return
    this.#stop(running)
    const channel = this.#channels.get(running.channel)
    if (channel !== undefined) this.#balance(channel)
  }

  status(): Promise<readonly DeliveryStatus[]> {
    return Promise.all([...this.#running.values()].map(({ delivery }) => delivery.status()))
  }

  /** Resolves when every subscription has ended. */
  async close(): Promise<void> {
    for (const running of [...this.#running.values()]) this.#stop(running)
    await Promise.all(this.#ending)
  }

  #startRegistered(channel: ChannelSettings, consumer: string, isDefault: boolean): void {
    const registered = this.#registered.get(consumer)
    // What was emitted before it was registered is for it all the same.
    if (registered !== undefined) this.#start(channel, consumer, registered, 'beginning', isDefault)
  }

  /** The default consumer hears a channel as long as nobody else does. */
  #balance(channel: ChannelSettings): void {
    const { defaultConsumer } = this.#options
    const all = [...this.#running.values()].filter(one => one.channel === channel.name)
    const standIn = all.find(({ isDefault }) => isDefault)
    const isHeard = all.some(({ isDefault }) => !isDefault)
    if (isHeard && standIn !== undefined) this.#stop(standIn)
    if (!isHeard && standIn === undefined && defaultConsumer !== undefined)
      this.#startRegistered(channel, defaultConsumer, true)
  }

  #start(
    channel: ChannelSettings,
    consumer: string,
    { handler, options }: Registered,
    start: Start,
    isDefault: boolean,
  ): Running {
    const id = `${channel.name}/${consumer}`
    const delivery = this.#options.carrier.deliver(channel.name, {
      ...deliveryOf(handler, options),
      name: id,
      start,
      retry: channel.retry,
      onError: this.#options.onError,
    })
    const running = { id, channel: channel.name, consumer, delivery, isDefault }
    this.#running.set(id, running)
    return running
  }

  #stop(running: Running): void {
    this.#running.delete(running.id)
    const ending: Promise<void> = running.delivery
      .close()
      .catch(this.#options.onError)
      .finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  /** The handler's name, or a number: the same at each start of a process that subscribes in the same order. */
  #freeName(channel: string, name: string): string {
    const base = /^[A-Za-z0-9_]{1,48}$/.test(name) ? name : 'subscriber'
    const isFree = (one: string) => !this.#running.has(`${channel}/${one}`) && !this.#registered.has(one)
    for (let number = 1; ; number += 1) {
      const found = number === 1 ? base : `${base}-${number}`
      if (isFree(found)) return found
    }
  }
}

/** @throws KeelsonError `delivery_options_invalid`, before anything has begun. */
function checkSubscriber(handler: Handler, options: SubscribeOptions): void {
  const check = new OptionCheck('The consumer', options)
  check.onlyNames(['filter', 'batchSize', 'maxConcurrency'])
  if (typeof handler !== 'function') check.add('handler', 'must be a function')
  if (options.filter !== undefined && typeof options.filter !== 'function')
    check.add('filter', 'must be a function')
  const count = { min: 1, max: 100_000, isWhole: true }
  check.number('batchSize', count, 1)
  check.number('maxConcurrency', count, 1)
  check.throwAny()
}

function deliveryOf(
  handler: Handler,
  { filter, batchSize, maxConcurrency }: SubscribeOptions,
): Omit<DeliveryOptions, 'name'> {
  return {
    handle: event => handler(toBusEvent(event)),
    orderingKey: channelOrder,
    ...(filter === undefined ? {} : { filter: event => filter(toBusEvent(event)) }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(maxConcurrency === undefined ? {} : { concurrency: maxConcurrency }),
  }
}

const toBusEvent = (event: Envelope): BaseEvent => toBaseEvent(event) as BaseEvent
