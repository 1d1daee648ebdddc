export type { BaseEvent, DomainEvent } from '../../core/index.ts'
export type {
  EmitOptions,
  EventConsumer,
  EventEmitter,
  MultiTenantEvent,
  SubscribeOptions,
  Subscription,
} from './bus-event.ts'
export type { RunningDelivery } from './carrier/carrier.ts'
export type { EventOutlet } from './carrier/log-carrier.ts'
export type { MemoryDeadLetter } from './carrier/memory-dead-letters.ts'
export type { ChannelStatus } from './channel/channel.ts'
export type { ChannelConfig, EventBusConfig, RetryStrategy } from './event-bus-config.ts'
export { eventBusConfig } from './event-bus-config.ts'
export type { EventBusOptions, EventBusStatus, UndeliveredEvent } from './event-bus-service.ts'
export { EventBusService } from './event-bus-service.ts'
export type { PermissionCheck, PermissionSubject } from './tenant/permission-check.ts'
export { crossTenantPermission } from './tenant/permission-check.ts'
export type { ProducerOptions, TenantContextService } from './tenant/tenant-aware-event-producer.ts'
export { currentTenantService, TenantAwareEventProducer } from './tenant/tenant-aware-event-producer.ts'
