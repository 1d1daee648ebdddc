import type { EventStore } from 'keelson'
import { KeelsonError, shardOf } from 'keelson'
import type { StartView } from '../../api/types.ts'

/**
 * Asked before anything of a subscription is kept: one that begins where the log has not come to has no place in it.
 * @throws KeelsonError `request_invalid`.
 */
export async function checkStart(store: EventStore, tenantId: string, start: StartView): Promise<void> {
  if (typeof start === 'string' || !('position' in start)) return
  // Positions are those of the shard: what a tenant has seen of them may be before its next event.
  const shard = shardOf(tenantId, store.capabilities.shards)
  if (start.position <= (await store.head({ tenantId: 'every tenant', shard }))) return
  const fault = { pointer: '/start/position', message: 'is beyond the end of the log' }
  throw new KeelsonError('request_invalid', `${fault.pointer} ${fault.message}`, { faults: [fault] })
}
