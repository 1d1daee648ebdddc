import { createHash } from 'node:crypto'
import { toUtc } from '../../core/index.ts'
import type { EventFilter, EventStore, RecordedEvent, Scope } from '../../store/index.ts'
import { shardOf } from '../../store/index.ts'
import { messageOf } from '../filter/message/envelope-message.ts'
import type { ReceiverSpec } from '../port-types.ts'
import { parkedId } from '../record/collections.ts'

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

/** The key as what is shelved is named by it; undefined where the event has none. */
export function shelfKeyOf(event: RecordedEvent, spec: ReceiverSpec): string | undefined {
  const key = orderingKeyOf(event, spec)
  return key === undefined ? undefined : parkedId(event.tenantId, key)
}

/** Names where the keys of a subscription come from; another text where that was changed. */
export const keyingOf = ({ orderingKey }: ReceiverSpec): string =>
  orderingKey === undefined
    ? 'stream'
    : createHash('sha256').update(String(orderingKey)).digest('base64url').slice(0, 16)

export function matches(event: RecordedEvent, spec: ReceiverSpec): boolean {
  const { filter } = spec
  // What has no content here cannot be asked, and is not to be passed over silently.
  if (filter === undefined || event.bodyState !== 'present') return true
  const orderingKey = orderingKeyOf(event, spec)
  return filter.matches(messageOf(event.envelope, orderingKey === undefined ? {} : { orderingKey }))
}

/** When it is to be delivered, in milliseconds since the epoch; undefined where that is at once. */
export function deliverAtOf(event: RecordedEvent): number | undefined {
  // Most events need not be parsed for it.
  if (event.bodyState !== 'present' || !event.body.includes('"deliverAt"')) return undefined
  const deliverAt = event.envelope.metadata?.['deliverAt']
  const time = typeof deliverAt === 'string' ? toUtc(deliverAt) : undefined
  return time === undefined ? undefined : Date.parse(time)
}
