export { ShardedSubscription } from './sharded-subscription.ts'
export type { BatchHandler, SubscriptionOptions, SubscriptionStatus } from './subscription.ts'
export { Subscription } from './subscription.ts'
export type { Unit } from './unit.ts'
