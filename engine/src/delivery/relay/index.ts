export { Relay } from './relay.ts'
export type { RelayOptions } from './relay-options.ts'
export { relaySubscription } from './relay-options.ts'
export type { RelayFault, RelayPartitionStatus, RelayStatus } from './relay-status.ts'
