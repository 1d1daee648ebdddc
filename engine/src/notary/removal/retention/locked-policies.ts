import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import { listRetentionPolicies } from './retention-policy.ts'

const day = 24 * 60 * 60 * 1000

/**
 * Which events a locked policy keeps at a time (milliseconds since the epoch): whatever another policy says, their content
 * stays until they are as old as the locked one asks for.
 */
export async function keptByLock(
  store: EventStore,
  tenantId: string,
  now: number,
): Promise<(event: Pick<RecordedEvent, 'recordedAt' | 'eventType'>) => boolean> {
  const locked = (await listRetentionPolicies(store, tenantId)).filter(policy => policy.locked)
  return ({ recordedAt, eventType }) =>
    locked.some(
      ({ minimumDays, eventTypes }) =>
        (eventTypes?.includes(eventType) ?? true) && Date.parse(recordedAt) > now - minimumDays * day,
    )
}
