import { setTimeout as pause } from 'node:timers/promises'
import type { JsonObject } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { BlobStore } from '../../blob/port.ts'
import type { EventStore } from '../../port.ts'
import type { Document } from '../../types.ts'
import { lifecycleGuard, loadLifecycle, wins } from '../stream-lifecycle.ts'
import type { Segment } from './segment.ts'
import { findSegment, segmentDeletion } from './segment.ts'
import { fetchSegment } from './segment-cache.ts'
import type { ArchivedEvent } from './segment-content.ts'
import { writeSegment } from './segment-writer.ts'
import { discardAgain, discardChange, discardCollection, trimCollection } from './trim-request.ts'

export interface TrimOptions {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly signal?: AbortSignal
}

/** Documents and events that are read at once. */
const pageSize = 500
const attempts = 20
/** Of the pause before another attempt, in powers of two of a millisecond. */
const longestPause = 9

/**
 * Takes content that has left the log out of the archive, where `trimChanges` asked for it: segments are written anew
 * without it, and then blobs deleted that nothing names any more. Gives the number of deleted blobs. Cut off anywhere it
 * goes on when it is called again. What one segment fails with keeps no other waiting.
 *
 * @throws KeelsonError `archive_damaged` where a segment is missing, `document_conflict` where its stream is changed by
 * others all the time, and what the blob store throws: that of the first segment which failed, when all the rest is done.
 */
export async function trimArchive(
  store: EventStore,
  blobs: BlobStore,
  tenantId: string,
  options: TrimOptions,
): Promise<number> {
  const { signal } = options
  const failures: unknown[] = []
  for (let after: string | undefined; ; ) {
    const query = { limit: 1, ...(after !== undefined && { after }) }
    const [request] = await store.documents({ tenantId }, trimCollection, query)
    if (!request) break
    signal?.throwIfAborted()
    await trimSegment(store, blobs, request.id, { ...options, tenantId }).catch(error => failures.push(error))
    after = request.id
  }
  signal?.throwIfAborted()
  const deleted = await deleteDiscarded(store, blobs, tenantId, options)
  if (failures.length > 0) throw failures[0]
  return deleted
}

/**
 * Deletes blobs that nothing names any more, as whoever left them has noted; gives how many were deleted for the first
 * time. The note of one that somebody may still put stays until nobody does.
 */
export async function deleteDiscarded(
  store: EventStore,
  blobs: BlobStore,
  tenantId: string,
  { now, signal }: TrimOptions,
): Promise<number> {
  let deleted = 0
  for (let after: string | undefined; ; ) {
    const query = { limit: 100, ...(after !== undefined && { after }) }
    const page = await store.documents({ tenantId }, discardCollection, query)
    for (const { id: blob, revision: expected, value, due } of page) {
      signal?.throwIfAborted()
      await blobs.delete(blob, signal && { signal })
      const { until } = value as JsonObject
      const stays = typeof until === 'number' && until > now
      const isRepeat = due === until
      if (stays && isRepeat) continue
      const next = stays
        ? discardAgain(tenantId, blob, until)
        : { tenantId, collection: discardCollection, id: blob }
      const isOurs = await wins(store, { scope: { tenantId }, documents: [{ ...next, expected }] })
      if (isOurs && !isRepeat) deleted += 1
    }
    after = page.at(-1)?.id
    if (after === undefined) return deleted
  }
}

type Trimming = TrimOptions & { readonly tenantId: string }

async function trimSegment(
  store: EventStore,
  blobs: BlobStore,
  id: string,
  trimming: Trimming,
): Promise<void> {
  const { tenantId, signal } = trimming
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const request = await store.document(tenantId, trimCollection, id)
    if (!request || (await trimOnce(store, blobs, request, trimming))) return
    // Whoever announces a blob takes away that of the other: two that never pause would not come to an end.
    await pause(Math.random() * 2 ** Math.min(attempt, longestPause), undefined, signal && { signal })
  }
  throw new KeelsonError('document_conflict', 'The archive of a stream was changed by others all the time')
}

/** False where somebody else was faster. */
async function trimOnce(
  store: EventStore,
  blobs: BlobStore,
  request: Document,
  { tenantId, now, signal }: Trimming,
): Promise<boolean> {
  const { stream, lastVersion } = request.value as JsonObject
  const lifecycle = await loadLifecycle(store, tenantId, String(stream))
  const find = () => findSegment(store, tenantId, String(stream), Number(lastVersion))
  const segment = await find()
  const scope = { tenantId }
  const isDone = { tenantId, collection: trimCollection, id: request.id, expected: request.revision }
  try {
    const content = segment && (await contentOf(blobs, segment))
    const kept = content && (await contentLeft(store, tenantId, content))
    if (!segment || kept?.length === content?.length) return await wins(store, { scope, documents: [isDone] })
    const documents = [isDone, discardChange(tenantId, segment.blob, now)]
    if (!kept?.length)
      return await wins(store, {
        scope,
        documents: [lifecycleGuard(lifecycle), segmentDeletion(segment), ...documents],
      })
    const writing = { store, blobs, now, ...(signal && { signal }) }
    await writeSegment({ ...segment, events: kept }, lifecycle, { ...writing, settle: () => ({ documents }) })
    return true
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error
    if (error.code === 'document_conflict') return false
    // Its blob goes when somebody else has written it anew.
    if (error.code === 'archive_damaged' && (await find())?.blob !== segment?.blob) return false
    throw error
  }
}

const contentOf = async (blobs: BlobStore, segment: Segment): Promise<readonly ArchivedEvent[]> => [
  ...(await fetchSegment(blobs, segment)).values(),
]

/** What still stands for its event: of a removed one nothing does, of a redacted one another body. */
async function contentLeft(
  store: EventStore,
  tenantId: string,
  content: readonly ArchivedEvent[],
): Promise<readonly ArchivedEvent[]> {
  const left: ArchivedEvent[] = []
  for (let at = 0; at < content.length; at += pageSize) {
    const page = content.slice(at, at + pageSize)
    const events = await store.readPositions(
      tenantId,
      page.map(({ position }) => position),
    )
    const byPosition = new Map(events.map(event => [event.position, event]))
    left.push(
      ...page.filter(({ position, blind }) => {
        const event = byPosition.get(position)
        return event?.bodyState === 'archived' || (event?.bodyState === 'present' && event.blind === blind)
      }),
    )
  }
  return left
}
