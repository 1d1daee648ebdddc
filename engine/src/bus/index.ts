export { ShardedSubscription } from './sharded-subscription.ts'
export type { BatchHandler, SubscriptionOptions, SubscriptionStatus, Unit } from './subscription.ts'
export { Subscription } from './subscription.ts'
