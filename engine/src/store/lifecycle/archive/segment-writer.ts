import { KeelsonError } from '../../../core/index.ts'
import type { BlobOptions, BlobStore } from '../../blob/port.ts'
import type { EventStore } from '../../port.ts'
import type { UnitOfWork } from '../../types.ts'
import type { LifecycleState, StreamLifecycle } from '../stream-lifecycle.ts'
import { abandonedAfter, lifecycleChange, loadLifecycle } from '../stream-lifecycle.ts'
import type { Segment } from './segment.ts'
import { findSegment, segmentBlob, segmentChange } from './segment.ts'
import { encodeSegment } from './segment-content.ts'
import type { SegmentDraft } from './segment-draft.ts'
import { discardAgain, discardPending } from './trim-request.ts'

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
  const earlier = value.pending?.blob
  // Whoever was writing the earlier one cannot make it count any more. Nothing else names it from here on.
  const left = earlier === undefined ? [] : [discardPending(tenantId, earlier, now)]
  await store.commit({ scope, documents: [announced, ...left] })
  if (earlier !== undefined) await blobs.delete(earlier)
  await putWhole(blobs, { blob, bytes, ...(signal && { signal }) }).catch(async error => {
    throw (await overtaken(store, lifecycle)) ?? error
  })
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
  const isDeleted = earlier === undefined ? [] : [discardAgain(tenantId, earlier, now + abandonedAfter)]
  const documents = [lifecycleChange(state, settled), segmentChange(segment), ...isDeleted, ...others]
  try {
    await store.commit({ scope, ...parts, documents })
  } catch (error) {
    await takeBack({ store, blobs }, segment, error)
    throw error
  }
  return { segment, lifecycle: { ...state, revision: revision + 2 } }
}

/** Whoever came between has deleted the blob, perhaps before it was put. */
async function takeBack(
  { store, blobs }: Pick<SegmentWriting, 'store' | 'blobs'>,
  { tenantId, stream, lastVersion, blob }: Segment,
  error: unknown,
): Promise<void> {
  if (!(error instanceof KeelsonError && error.code === 'document_conflict')) return
  if ((await findSegment(store, tenantId, stream, lastVersion))?.blob !== blob) await blobs.delete(blob)
}

/** @throws KeelsonError `archive_damaged` where the blob store does not give back what it was given. */
async function putWhole(
  blobs: BlobStore,
  { blob, bytes, signal }: BlobOptions & { readonly blob: string; readonly bytes: Uint8Array },
): Promise<void> {
  await blobs.put(blob, bytes, signal && { signal })
  const written = await blobs.get(blob, signal && { signal })
  if (written && Buffer.compare(written, bytes) === 0) return
  throw new KeelsonError('archive_damaged', `The blob "${blob}" is not what was just written to it`, { blob })
}

/** The conflict where somebody else changes the archive, who takes away what is being written or is written already. */
async function overtaken(
  store: EventStore,
  { tenantId, value, revision }: LifecycleState,
): Promise<KeelsonError | undefined> {
  const now = await loadLifecycle(store, tenantId, value.stream)
  if (now.revision === revision + 1) return undefined
  const message = `Somebody else changes the archive of the stream "${value.stream}"`
  return new KeelsonError('document_conflict', message, { stream: value.stream })
}
