import type { EventStore } from '../../port.ts'
import type { ArchivedEvent, SegmentContent } from './segment-content.ts'
import { archivedLine, isContentOf, maxSegmentBytes } from './segment-content.ts'

/** Which versions a segment covers, and what it holds of them. */
export interface SegmentDraft extends SegmentContent {
  readonly firstVersion: number
  readonly lastVersion: number
}

export interface DraftOptions {
  /** Only versions after this one. */
  readonly after: number
  readonly maxEvents: number
  readonly signal?: AbortSignal
}

/** The content of a stream that is still in the database, in pieces that a segment can hold. */
export async function* draftsOf(
  store: EventStore,
  tenantId: string,
  stream: string,
  { after, maxEvents, signal }: DraftOptions,
): AsyncGenerator<SegmentDraft> {
  let covered = after
  let bytes = 0
  let events: ArchivedEvent[] = []
  const draft = (): SegmentDraft => {
    const firstVersion = covered + 1
    covered = events.at(-1)?.version ?? covered
    return { tenantId, stream, firstVersion, lastVersion: covered, events }
  }
  const options = { after, removed: 'include', ...(signal && { signal }) } as const
  for await (const event of store.readStream(tenantId, stream, options)) {
    if (event.bodyState !== 'present') continue
    const { version, position, eventId, blind, body } = event
    const archived = { version, position, eventId, blind, body }
    // What was redacted is known by the log alone, and stays there.
    if (!isContentOf(event, archived)) continue
    const size = Buffer.byteLength(archivedLine(archived))
    if (events.length > 0 && (bytes + size > maxSegmentBytes || events.length === maxEvents)) {
      yield draft()
      bytes = 0
      events = []
    }
    bytes += size
    events.push(archived)
  }
  if (events.length > 0) yield draft()
}
