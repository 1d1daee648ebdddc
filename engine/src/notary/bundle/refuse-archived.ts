import { KeelsonError } from '../../core/index.ts'
import type { EventStore, RecordedEvent } from '../../store/index.ts'

/** Documents that name the segments of the archive: where there is none nothing was archived. */
const segmentCollection = 'archive-segment'

/** Whether content of the tenant's events was taken to an archive, be it opened here or not. */
export async function hasArchive(store: EventStore, tenantId: string): Promise<boolean> {
  return (await store.documents({ tenantId }, segmentCollection, { limit: 1 })).length > 0
}

/**
 * A bundle without content that is only elsewhere would look like one whose content somebody took away.
 *
 * @throws KeelsonError `event_archived` where the content is in an archive that the store was opened without.
 */
export function refuseArchived({ bodyState, eventId, sequence }: RecordedEvent): void {
  if (bodyState !== 'archived') return
  const message = `The content of entry ${sequence} is in the archive: a bundle is made by a server that was started with --archive`
  throw new KeelsonError('event_archived', message, { eventId, sequence })
}
