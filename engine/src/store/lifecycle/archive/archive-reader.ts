import type { BlobStore } from '../../blob/port.ts'
import type { EventStore } from '../../port.ts'
import { createRecordedEvent } from '../../read/recorded-event.ts'
import type { RecordedEvent } from '../../types.ts'
import type { Segment } from './segment.ts'
import { findSegment } from './segment.ts'
import { damaged, SegmentCache } from './segment-cache.ts'
import type { ArchivedEvent } from './segment-content.ts'
import { isContentOf } from './segment-content.ts'

/** Segments that one read remembers. */
const maxRemembered = 64

/** Brings archived events back whole. */
export class ArchiveReader {
  readonly #store: EventStore
  readonly #cache: SegmentCache

  constructor(store: EventStore, blobs: BlobStore, cacheBytes: number) {
    this.#store = store
    this.#cache = new SegmentCache(blobs, cacheBytes)
  }

  /**
   * The events in the same order, archived ones with their content. One whose content was removed while this was
   * reading comes as it stands now.
   *
   * @throws KeelsonError `archive_damaged` naming the blob.
   */
  async restore(events: readonly RecordedEvent[], known: Segment[] = []): Promise<RecordedEvent[]> {
    const restored: RecordedEvent[] = []
    for (const event of events)
      restored.push(event.bodyState === 'archived' ? await this.#restoreOne(event, known) : event)
    return restored
  }

  async #restoreOne(event: RecordedEvent, known: Segment[]): Promise<RecordedEvent> {
    const segment = known.find(one => covers(one, event))
    if (segment) {
      // What was remembered may be replaced by now, so a failure says nothing yet.
      const content = await this.#cache.get(segment).catch(() => undefined)
      const archived = content?.get(event.version)
      if (archived && isContentOf(event, archived)) return withContent(event, archived)
      known.splice(known.indexOf(segment), 1)
    }
    return this.#restoreAnew(event, known)
  }

  async #restoreAnew(event: RecordedEvent, known: Segment[]): Promise<RecordedEvent> {
    const { tenantId, stream, version, position } = event
    const segment = await findSegment(this.#store, tenantId, stream, version)
    try {
      if (!segment) throw damaged(`of ${stream} at version ${version}`, 'is not known')
      const archived = (await this.#cache.get(segment)).get(version)
      if (!archived) throw damaged(segment.blob, `lacks the event ${event.eventId}`)
      if (!isContentOf(event, archived))
        throw damaged(
          segment.blob,
          `has other content for the event ${event.eventId} than its leaf commits to`,
        )
      if (known.length >= maxRemembered) known.shift()
      known.push(segment)
      return withContent(event, archived)
    } catch (error) {
      const [now] = await this.#store.readPositions(tenantId, [position])
      if (now?.bodyState === 'removed') return now
      // The segment may have been rewritten, because others of its events were removed.
      const newer = await findSegment(this.#store, tenantId, stream, version)
      if (segment && newer && newer.blob !== segment.blob) return this.#restoreAnew(event, known)
      throw error
    }
  }
}

const covers = (segment: Segment, { tenantId, stream, version }: RecordedEvent): boolean =>
  segment.stream === stream &&
  segment.tenantId === tenantId &&
  segment.firstVersion <= version &&
  version <= segment.lastVersion

export function withContent(event: RecordedEvent, { blind, body }: ArchivedEvent): RecordedEvent {
  const { position, sequence, tenantId, stream, version, eventType, leaf, leafHash, secrets } = event
  const fields = { position, sequence, tenantId, stream, version, eventType, leaf, leafHash, secrets }
  return createRecordedEvent({ ...fields, blind, body, bodyState: 'present' })
}
