import { KeelsonError } from '../../../core/index.ts'
import type { BlobStore } from '../../blob/port.ts'
import type { EventStore } from '../../port.ts'
import { EventStreamArchived } from '../stream-events.ts'
import type { LifecycleState } from '../stream-lifecycle.ts'
import { existingStream, lifecycleChange, loadLifecycle } from '../stream-lifecycle.ts'
import type { LifecycleOptions, StreamRecord } from '../stream-record.ts'
import { earlierRecord, recordOf, streamAbout, timeOf } from '../stream-record.ts'
import type { Segment } from './segment.ts'
import { segmentsOf, streamArchive } from './segment.ts'
import { maxSegmentEvents } from './segment-content.ts'
import type { SegmentDraft } from './segment-draft.ts'
import { draftsOf } from './segment-draft.ts'
import type { Settlement } from './segment-writer.ts'
import { writeSegment } from './segment-writer.ts'
import { deleteDiscarded } from './trim-archive.ts'
import { discardPending } from './trim-request.ts'

export interface ArchiveOptions extends LifecycleOptions {
  /** Events in a segment; default 5,000, which is also the most. */
  readonly segmentEvents?: number
  /** Called after each segment with what the archive has of the stream by then. */
  readonly onProgress?: (progress: ArchiveTotals) => void
}

export type StreamArchive = StreamRecord<typeof EventStreamArchived>

export interface ArchiveTotals {
  readonly eventCount: number
  readonly segmentCount: number
  readonly bytes: number
}

/**
 * Moves the content of a sealed stream's events to the blob store, segment by segment; `openWithArchive` reads it as
 * before. Content leaves the database only when the archive has it and has given it back. Cut off anywhere it goes on
 * when it is called again, and a repeat gives the first record.
 *
 * @throws KeelsonError `stream_not_found`, `stream_not_sealed`, `stream_tombstoned`, `document_conflict` where
 * somebody else changes the stream's content at the same time.
 */
export async function archiveStream(
  store: EventStore,
  blobs: BlobStore,
  tenantId: string,
  stream: string,
  options: ArchiveOptions = {},
): Promise<StreamArchive> {
  const lifecycle = await loadLifecycle(store, tenantId, stream)
  const { archivedBy } = lifecycle.value
  if (archivedBy !== undefined) return earlierRecord(store, tenantId, archivedBy, EventStreamArchived)
  const { state } = await existingStream(store, tenantId, stream)
  if (state === 'open')
    throw new KeelsonError('stream_not_sealed', `The stream "${stream}" is not sealed`, { stream })
  if (state === 'tombstoned')
    throw new KeelsonError('stream_tombstoned', `The stream "${stream}" was tombstoned`, { stream })
  return archiveSealed({ store, blobs, tenantId, stream, options }, lifecycle)
}

interface Archiving {
  readonly store: EventStore
  readonly blobs: BlobStore
  readonly tenantId: string
  readonly stream: string
  readonly options: ArchiveOptions
}

async function archiveSealed(archiving: Archiving, begun: LifecycleState): Promise<StreamArchive> {
  const { store, blobs, tenantId, stream, options } = archiving
  const { signal, onProgress, segmentEvents = maxSegmentEvents } = options
  const abortable = signal ? { signal } : {}
  const writing = { store, blobs, now: timeOf(options), ...abortable }
  const earlier = await archivedEarlier(archiving)
  let { totals } = earlier
  let lifecycle = begun
  let last: SegmentDraft | undefined
  // One is held back, for the last one goes together with the record.
  const drafting = { after: earlier.version, maxEvents: checked(segmentEvents), ...abortable }
  for await (const draft of draftsOf(store, tenantId, stream, drafting)) {
    if (last) {
      const bodies = bodiesOf(last)
      const written = await writeSegment(last, lifecycle, { ...writing, settle: () => ({ bodies }) })
      lifecycle = written.lifecycle
      totals = plus(totals, written.segment)
      onProgress?.(totals)
    }
    last = draft
  }
  const record = createRecord(archiving)
  if (last) {
    const bodies = bodiesOf(last)
    const settle = (segment: Segment) => ({ bodies, ...record.of(plus(totals, segment)) })
    const { segment } = await writeSegment(last, lifecycle, { ...writing, settle })
    onProgress?.(plus(totals, segment))
  } else {
    const { marks, appends = [] } = record.of(totals)
    const { pending, ...value } = lifecycle.value
    const left = pending ? [discardPending(tenantId, pending.blob, writing.now)] : []
    const documents = [lifecycleChange(lifecycle, { ...value, ...marks }), ...left]
    await store.commit({ scope: { tenantId }, appends, documents })
    if (pending) await deleteDiscarded(store, blobs, tenantId, { now: writing.now, ...abortable })
  }
  return record.made()
}

/** The record of an archive whose totals are known only when its last segment is written. */
function createRecord({ tenantId, stream, options }: Archiving) {
  let made: StreamArchive | undefined
  return {
    of(totals: ArchiveTotals): Settlement {
      const now = timeOf(options)
      const archiveLocation = streamArchive(tenantId, stream)
      const payload = {
        streamId: stream,
        archiveLocation,
        archivedAt: new Date(now).toISOString(),
        ...totals,
      }
      const event = recordOf(EventStreamArchived, payload, { tenantId, stream, now }, options)
      const { eventId } = event.envelope
      made = { eventId, payload, duplicate: false }
      const writes = [{ stream: streamAbout(stream), expected: 'any' as const, events: [event] }]
      return { marks: { archivedBy: eventId }, appends: [{ tenantId, writes }] }
    },
    made: () => made as StreamArchive,
  }
}

/** What calls before this one have archived, and up to which version. */
async function archivedEarlier({ store, tenantId, stream }: Archiving) {
  let version = 0
  let totals: ArchiveTotals = { eventCount: 0, segmentCount: 0, bytes: 0 }
  for await (const segment of segmentsOf(store, tenantId, stream)) {
    version = segment.lastVersion
    totals = plus(totals, segment)
  }
  return { version, totals }
}

const plus = ({ eventCount, segmentCount, bytes }: ArchiveTotals, segment: Segment): ArchiveTotals => ({
  eventCount: eventCount + segment.events,
  segmentCount: segmentCount + 1,
  bytes: bytes + segment.bytes,
})

const bodiesOf = ({ tenantId, events }: SegmentDraft): NonNullable<Settlement['bodies']> => [
  { tenantId, positions: events.map(({ position }) => position), becomes: 'archived' },
]

function checked(segmentEvents: number): number {
  if (Number.isInteger(segmentEvents) && segmentEvents > 0 && segmentEvents <= maxSegmentEvents)
    return segmentEvents
  throw new KeelsonError('append_invalid', `A segment cannot have ${segmentEvents} events`)
}
