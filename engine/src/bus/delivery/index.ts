export type { DeliveryDescription } from './delivery-description.ts'
export type { BreakerChange, DeliveryOptions, DeliveryTools, EventPredicate } from './delivery-options.ts'
export { checkDeliveryOptions } from './delivery-options.ts'
export type { DeliveryRoute } from './delivery-route.ts'
export { createRoute } from './delivery-route.ts'
export type { DeliveryState, DeliveryStatus, PartitionStatus } from './delivery-status.ts'
export { DeliverySubscription } from './delivery-subscription.ts'
export type { FailureOutcome } from './handle/decide-outcome.ts'
export { decideOutcome } from './handle/decide-outcome.ts'
export type {
  BatchContext,
  DeliveryContext,
  EventBatchHandler,
  EventHandler,
  Middleware,
  ReplayContext,
} from './handler.ts'
export { withContext } from './middleware/with-context.ts'
export { withInbox } from './middleware/with-inbox.ts'
export type { HandledDelivery } from './middleware/with-metrics.ts'
export { withMetrics } from './middleware/with-metrics.ts'
export { withSideEffects } from './middleware/with-side-effects.ts'
export { withTenantGuard } from './middleware/with-tenant-guard.ts'
export { withTimeout } from './middleware/with-timeout.ts'
export type { TracedDelivery, Tracer } from './middleware/with-tracing.ts'
export { withTracing } from './middleware/with-tracing.ts'
export { withUpcasting } from './middleware/with-upcasting.ts'
export { withValidation } from './middleware/with-validation.ts'
