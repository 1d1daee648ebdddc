import type { JsonObject } from '../../core/index.ts'
import type { EventStore, RecordedEvent } from '../../store/index.ts'
import { documentsOf } from './tenant-documents.ts'

/** A document for each segment of the archive says which versions of a stream it covers. */
const segmentCollection = 'archive-segment'

type PlacedEvent = Pick<RecordedEvent, 'stream' | 'version' | 'bodyState'>

/**
 * Whether the content of an event lies in the archive; asked at one moment. A store that is opened with its archive gives
 * such content as if it were in the database. Of an event that was redacted before its stream was archived it says yes,
 * too, though it was left where it was.
 */
export async function findArchived(
  store: EventStore,
  tenantId: string,
): Promise<(event: PlacedEvent) => boolean> {
  const ranges = new Map<string, (readonly [first: number, last: number])[]>()
  for await (const { value } of documentsOf(store, tenantId, segmentCollection)) {
    const { stream, firstVersion, lastVersion } = value as JsonObject
    const known = ranges.get(String(stream)) ?? []
    ranges.set(String(stream), [...known, [Number(firstVersion), Number(lastVersion)]])
  }
  return ({ stream, version, bodyState }) =>
    bodyState === 'archived' ||
    (ranges.get(stream)?.some(([first, last]) => first <= version && version <= last) ?? false)
}
