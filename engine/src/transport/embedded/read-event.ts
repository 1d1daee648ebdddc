import type { EventFilter, EventStore, RecordedEvent, Scope } from '../../store/index.ts'
import { shardOf } from '../../store/index.ts'
import { messageOf } from '../filter/message/envelope-message.ts'
import type { ReceiverSpec } from '../port-types.ts'

/** Which events of the log a partition is about. */
export function scopeOf(store: EventStore, { tenantId, partition = 0 }: ReceiverSpec): Scope {
  if (tenantId !== undefined) return { tenantId }
  return store.capabilities.shards === 1
    ? { tenantId: 'every tenant' }
    : { tenantId: 'every tenant', shard: partition }
}

/** Each shard is a partition; one tenant stands on one of them. */
export const partitionOf = (store: EventStore, { tenantId, partition = 0 }: ReceiverSpec): number =>
  tenantId === undefined ? partition : shardOf(tenantId, store.capabilities.shards)

/** What the store can pick out by itself. */
export const storeFilterOf = ({ types, topics }: ReceiverSpec): EventFilter => ({
  ...(types === undefined ? {} : { types }),
  ...(topics === undefined ? {} : { topics }),
})

/** The stream stands in for a key that cannot be had. */
export function orderingKeyOf(event: RecordedEvent, { orderingKey }: ReceiverSpec): string | undefined {
  if (orderingKey === undefined) return event.stream
  try {
    return orderingKey(event.envelope)
  } catch {
    return event.stream
  }
}

export function matches(event: RecordedEvent, spec: ReceiverSpec): boolean {
  const { filter } = spec
  // What has no content here cannot be asked, and is not to be passed over silently.
  if (filter === undefined || event.bodyState !== 'present') return true
  const orderingKey = orderingKeyOf(event, spec)
  return filter.matches(messageOf(event.envelope, orderingKey === undefined ? {} : { orderingKey }))
}
