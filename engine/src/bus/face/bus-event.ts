import type { BaseEvent, DomainEvent, JsonValue } from '../../core/index.ts'

/** A bus event that says which tenant it belongs to, or between which ones it crosses. */
export interface MultiTenantEvent<Data = JsonValue> extends DomainEvent<Data> {
  metadata: {
    tenantId: string
    crossTenant?: boolean
    sourceTenantId?: string
    targetTenantId?: string
    user?: string
    ip?: string
    userAgent?: string
    [key: string]: JsonValue | undefined
  }
}

export interface EmitOptions {
  /** Default normal. */
  priority?: 'high' | 'normal' | 'low'
  /** Of the tenant: the event is stored once under it, and another one under the same key is refused. */
  idempotencyKey?: string
  /** From then on nobody wants it: it is a dead letter where it was not handled. */
  deliveryDeadline?: Date
}

export interface SubscribeOptions<T extends BaseEvent = BaseEvent> {
  /** Asked for each event of the channel; one for which it throws counts as failed. */
  filter?: (event: T) => boolean
  /** Events that are asked for at a time; default 100. */
  batchSize?: number
  /** Handlers that run at the same time; default 10. Events of one entity come one after the other all the same. */
  maxConcurrency?: number
}

/** What `subscribe` gives, to unsubscribe with. */
export interface Subscription {
  readonly id: string
  readonly channel: string
  /** Under which its place is kept: the handler's name where it has one. */
  readonly consumer: string
}

export interface EventEmitter {
  /** Emit an event on a specific channel; resolves when the channel has accepted it. */
  emit<T extends BaseEvent>(channel: string, event: T): Promise<void>
  /** Emit an event with delivery guarantees; resolves when it is durable. */
  emitWithGuarantee<T extends BaseEvent>(channel: string, event: T, options?: EmitOptions): Promise<void>
}

export interface EventConsumer {
  /** Subscribe to events on a specific channel. */
  subscribe<T extends BaseEvent>(
    channel: string,
    handler: (event: T) => Promise<void>,
    options?: SubscribeOptions<T>,
  ): Subscription
  /** Unsubscribe from events; does nothing for one that is not there any more. */
  unsubscribe(subscription: Subscription): void
}
