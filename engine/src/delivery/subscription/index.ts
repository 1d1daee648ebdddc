export { beginSubscription } from './begin-subscription.ts'
export { forgetSubscription } from './forget-subscription.ts'
export type { PartitionOwner } from './list-owners.ts'
export { forgetOwners, listOwners, readOwner } from './list-owners.ts'
