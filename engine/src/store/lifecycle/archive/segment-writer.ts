import { KeelsonError } from '../../../core/index.ts'
import type { BlobOptions, BlobStore } from '../../blob/port.ts'
import type { EventStore } from '../../port.ts'
import type { UnitOfWork } from '../../types.ts'
import type { LifecycleState, StreamLifecycle } from '../stream-lifecycle.ts'
import { lifecycleChange, loadLifecycle } from '../stream-lifecycle.ts'
import type { Segment } from './segment.ts'
import { segmentBlob, segmentChange } from './segment.ts'
import { encodeSegment } from './segment-content.ts'
import type { SegmentDraft } from './segment-draft.ts'

/** What happens in the unit of work that makes the segment count. */
export interface Settlement extends Pick<UnitOfWork, 'appends' | 'bodies' | 'documents' | 'statements'> {
  /** What the lifecycle says from then on besides. */
  readonly marks?: Partial<StreamLifecycle>
}

export interface SegmentWriting extends BlobOptions {
  readonly store: EventStore
  readonly blobs: BlobStore
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly settle: (segment: Segment) => Settlement
}

/**
 * Writes a segment's blob and then, in one unit of work, the document that makes it count. The lifecycle names the
 * blob beforehand: so a blob that counts is never taken for a leftover, and of two writers only one succeeds.
 *
 * @throws KeelsonError `document_conflict` where another writer has come between; nothing counts then.
 */
export async function writeSegment(
  draft: SegmentDraft,
  lifecycle: LifecycleState,
  { store, blobs, now, signal, settle }: SegmentWriting,
): Promise<{ readonly segment: Segment; readonly lifecycle: LifecycleState }> {
  const { tenantId, stream, firstVersion, lastVersion, events } = draft
  const { bytes, hash } = await encodeSegment(draft)
  const { revision, value } = lifecycle
  const blob = segmentBlob(draft, revision, hash)
  const scope = { tenantId }
  const announced = lifecycleChange(lifecycle, { ...value, pending: { blob, since: now } })
  await store.commit({ scope, documents: [announced] })
  // Whoever was writing it cannot make it count any more.
  if (value.pending) await blobs.delete(value.pending.blob)
  await blobs.put(blob, bytes, signal && { signal })
  const written = await blobs.get(blob, signal && { signal })
  if (!written || Buffer.compare(written, bytes) !== 0) throw await unwritten(store, lifecycle, blob)
  const segment = {
    tenantId,
    stream,
    firstVersion,
    lastVersion,
    events: events.length,
    blob,
    bytes: bytes.byteLength,
    hash,
  }
  const { marks, documents: others = [], ...parts } = settle(segment)
  const { pending: _, ...settled } = { ...value, ...marks }
  const state = { tenantId, revision: revision + 1, value: settled }
  const documents = [lifecycleChange(state, settled), segmentChange(segment), ...others]
  await store.commit({ scope, ...parts, documents })
  return { segment, lifecycle: { ...state, revision: revision + 2 } }
}

/** A blob that somebody else has taken away is a conflict; else the blob store does not keep what it is given. */
async function unwritten(store: EventStore, before: LifecycleState, blob: string): Promise<KeelsonError> {
  const { tenantId, value, revision } = before
  const now = await loadLifecycle(store, tenantId, value.stream)
  if (now.revision !== revision + 1) {
    const message = `Somebody else changes the archive of the stream "${value.stream}"`
    return new KeelsonError('document_conflict', message, { stream: value.stream })
  }
  return new KeelsonError('archive_damaged', `The blob "${blob}" is not what was just written to it`, {
    blob,
  })
}
