import type { BaseEvent } from '../../core/index.ts'
import { createIdSource, KeelsonError } from '../../core/index.ts'
import { systemAlarm } from '../../transport/index.ts'
import type { DeliveryStatus, DeliveryTools } from '../delivery/index.ts'
import { OptionCheck } from '../flow/option/option-check.ts'
import { checkPublishNames } from '../publish/with-delivery.ts'
import { acceptEvent } from './accept-event.ts'
import type { EmitOptions, EventConsumer, EventEmitter, SubscribeOptions, Subscription } from './bus-event.ts'
import type { AcceptedEvent, Carrier } from './carrier/carrier.ts'
import type { EventOutlet } from './carrier/log-carrier.ts'
import { LogCarrier } from './carrier/log-carrier.ts'
import { MemoryCarrier } from './carrier/memory-carrier.ts'
import type { MemoryDeadLetter } from './carrier/memory-dead-letters.ts'
import type { ChannelStatus } from './channel/channel.ts'
import { Channel } from './channel/channel.ts'
import { Consumers } from './consumers.ts'
import type { EventBusConfig } from './event-bus-config.ts'
import { channelSettings, checkConsumerName } from './event-bus-config.ts'
import type { PermissionCheck } from './tenant/permission-check.ts'

/** An event that was accepted and could not be passed on, such as one of an unknown type. */
export interface UndeliveredEvent {
  readonly channel: string
  readonly tenantId: string
  readonly eventId: string
  readonly error: KeelsonError
}

export interface EventBusOptions {
  /** Who may emit from one tenant to another; without it nobody may, but through a producer that has one. */
  readonly permissions?: PermissionCheck
  /** Told of accepted events that could not be passed on; must not throw. */
  readonly onUndelivered?: (undelivered: UndeliveredEvent) => void
  /** Told of each try of a handler that failed; must not throw. */
  readonly onError?: (error: unknown) => void
  /** Where time and chance come from; default the system's. */
  readonly tools?: Partial<DeliveryTools>
}

/** Names of channels come from emitters; each costs memory, and where there is a default consumer a subscription. */
const mostChannels = 1_000

export interface EventBusStatus {
  readonly channels: readonly ChannelStatus[]
  readonly subscriptions: readonly DeliveryStatus[]
}

/**
 * The event bus: named channels with bounded buffers, and consumers that get each event at least once, in order for each
 * entity. With an outlet, such as a platform, events are kept in its log and come from its transport; a consumer goes on
 * where it stood. Without one they live in this process, and nothing of them outlasts it.
 */
export class EventBusService implements EventEmitter, EventConsumer {
  readonly #config: EventBusConfig
  readonly #options: EventBusOptions
  readonly #tools: DeliveryTools
  readonly #carrier: Carrier
  readonly #memory: MemoryCarrier | undefined
  readonly #consumers: Consumers
  readonly #channels = new Map<string, Channel>()
  #closed = false

  /** @throws KeelsonError `delivery_options_invalid` and `channel_invalid` for a configuration that is wrong. */
  constructor(config: EventBusConfig, outlet?: EventOutlet, options: EventBusOptions = {}) {
    this.#config = config
    this.#options = options
    const { alarm = systemAlarm, random = Math.random } = options.tools ?? {}
    this.#tools = { alarm, random }
    this.#memory = outlet === undefined ? new MemoryCarrier(this.#tools, createIdSource(alarm)) : undefined
    this.#carrier = this.#memory ?? new LogCarrier(outlet as EventOutlet, alarm)
    this.#consumers = new Consumers({
      carrier: this.#carrier,
      defaultConsumer: config.defaultConsumer,
      onError: error => options.onError?.(error),
    })
    for (const name of Object.keys(config.channels)) this.#getOrCreateChannel(name)
  }

  /**
   * Resolves when the channel has accepted the event; what becomes of it later `onUndelivered` and `status` tell. It
   * belongs to the tenant of its metadata, or to that of the running call.
   *
   * @throws KeelsonError `channel_full` with `retryAfterSeconds` where the channel refuses, `tenant_context_missing`,
   * `envelope_invalid`, `tenant_mismatch`, `cross_tenant_denied`, `cross_tenant_invalid`, `channel_invalid`, `bus_closed`.
   */
  async emit<T extends BaseEvent>(channel: string, event: T): Promise<void> {
    const target = this.#getOrCreateChannel(channel)
    await target.publish(await acceptEvent(channel, event, {}, this.#options.permissions))
  }

  /**
   * Resolves when the event is durable.
   * @throws KeelsonError as `emit`, why the event was refused, `publish_options_invalid`, and `guarantee_unavailable`
   * where nothing is durable.
   */
  async emitWithGuarantee<T extends BaseEvent>(
    channel: string,
    event: T,
    options: EmitOptions = {},
  ): Promise<void> {
    if (!this.#carrier.isDurable) throw new KeelsonError('guarantee_unavailable')
    checkPublishNames(options, ['priority', 'idempotencyKey', 'deliveryDeadline'])
    const target = this.#getOrCreateChannel(channel)
    await target.publishWithGuarantee(await acceptEvent(channel, event, options, this.#options.permissions))
  }

  /**
   * Lets a handler hear a channel from now on. With an outlet its place is kept under the handler's name (a number for one
   * that has none), so that after a restart it goes on where it stood.
   */
  subscribe<T extends BaseEvent>(
    channel: string,
    handler: (event: T) => Promise<void>,
    options: SubscribeOptions<T> = {},
  ): Subscription {
    const { settings } = this.#getOrCreateChannel(channel)
    return this.#consumers.subscribe(settings, handler as Handler, options as SubscribeOptions)
  }

  /**
   * Lets it hear nothing more. What subscribes under the same name later goes on where it stood, with an outlet.
   * @throws KeelsonError `delivery_options_invalid` for what is no subscription; one that has ended does no harm.
   */
  unsubscribe(subscription: Subscription): void {
    const check = new OptionCheck('What is unsubscribed', subscription)
    if (typeof subscription.id !== 'string') check.add('id', 'must be that of a subscription')
    check.throwAny()
    this.#consumers.unsubscribe(subscription.id)
  }

  /**
   * Gives a consumer that channels of the configuration name its handler: it hears all of these channels, and with an
   * outlet also what was emitted before. The default consumer hears every channel that nobody else does.
   *
   * @throws KeelsonError `subscription_exists`, `delivery_options_invalid`, also for one that the configuration does not name.
   */
  register<T extends BaseEvent>(
    consumer: string,
    handler: (event: T) => Promise<void>,
    options: SubscribeOptions<T> = {},
  ): void {
    this.#throwIfClosed()
    this.#checkNamed(consumer)
    this.#consumers.register(consumer, handler as Handler, options as SubscribeOptions)
  }

  /** What consumers of this process gave up, the newest thousand; with an outlet they are in its log instead. */
  get deadLetters(): readonly MemoryDeadLetter[] {
    return this.#memory?.deadLetters.letters ?? []
  }

  async status(): Promise<EventBusStatus> {
    return {
      channels: [...this.#channels.values()].map(({ status }) => status),
      subscriptions: await this.#consumers.status(),
    }
  }

  /** Resolves when no channel holds anything: all is durable, or without an outlet handled or given up. */
  async settled(): Promise<void> {
    await Promise.all([...this.#channels.values()].map(channel => channel.settled()))
  }

  /** Takes nothing more, waits until no channel holds anything, and closes. */
  async drain(): Promise<void> {
    this.#closed = true
    await this.settled()
    await this.close()
  }

  /** Ends the subscriptions, and gives up what was not passed on: `onUndelivered` is told. May be called twice. */
  async close(): Promise<void> {
    this.#closed = true
    for (const channel of this.#channels.values()) channel.close()
    await this.#consumers.close()
  }

  /** A consumer that nothing leads to would be registered, and never hear anything. */
  #checkNamed(consumer: string): void {
    checkConsumerName(consumer)
    const { channels, defaultConsumer } = this.#config
    const isNamed = Object.values(channels).some(({ consumers }) => consumers.includes(consumer))
    if (isNamed || consumer === defaultConsumer) return
    const message = `No channel has a consumer "${consumer}", and it is not the default consumer`
    throw new KeelsonError('delivery_options_invalid', message, {
      faults: [{ pointer: '/consumer', message }],
    })
  }

  #throwIfClosed(): void {
    if (this.#closed) throw new KeelsonError('bus_closed')
  }

  #getOrCreateChannel(name: string): Channel {
    this.#throwIfClosed()
    const found = this.#channels.get(name)
    if (found !== undefined) return found
    if (this.#channels.size >= mostChannels)
      throw new KeelsonError('channel_invalid', `There are ${mostChannels} channels, and no more`)
    const channel = new Channel(channelSettings(this.#config, name), {
      ...this.#tools,
      carrier: this.#carrier,
      onFailed: (event, error) => this.#tellUndelivered(event, error),
    })
    this.#channels.set(name, channel)
    this.#consumers.add(channel.settings)
    return channel
  }

  #tellUndelivered({ channel, tenantId, eventId }: AcceptedEvent, error: KeelsonError): void {
    try {
      this.#options.onUndelivered?.({ channel, tenantId, eventId, error })
    } catch {
      // There is nobody left to be told.
    }
  }
}

/** Events come as their emitters gave them: whoever subscribes says of which kind they are. */
type Handler = (event: BaseEvent) => Promise<void>
