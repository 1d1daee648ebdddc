import type { EventStore } from '../../port.ts'
import type { DocumentChange, RecordedEvent } from '../../types.ts'
import type { LifecycleState } from '../stream-lifecycle.ts'
import { lifecycleChange, lifecycleGuard, loadLifecycle } from '../stream-lifecycle.ts'
import type { Segment } from './segment.ts'
import { findSegment, segmentId } from './segment.ts'

/** Segments that may hold content which has left the log, by their ids. */
export const trimCollection = 'archive-trim'
/** Blobs that no segment names any more, by their names: they are to be deleted. */
export const discardCollection = 'archive-discard'
/** What `trimArchive` has still to do, with the time when it is due. */
export const trimCollections = [trimCollection, discardCollection] as const

/**
 * For the unit of work that takes the content of these events out of the log: has `trimArchive` take it out of the
 * archive too. The unit fails with `document_conflict` where somebody else moves content of the same streams at the same
 * time; what is being written to the archive at this moment never counts. `due`, in milliseconds since the epoch, is when
 * somebody else is to see to it.
 */
export async function trimChanges(
  store: EventStore,
  tenantId: string,
  events: readonly Pick<RecordedEvent, 'stream' | 'version'>[],
  due: number,
): Promise<readonly DocumentChange[]> {
  const versions = new Map<string, number[]>()
  for (const { stream, version } of events) versions.set(stream, [...(versions.get(stream) ?? []), version])
  const changes: DocumentChange[] = []
  for (const [stream, concerned] of versions) {
    // Before the segments: whoever changes one of them changes it too.
    const lifecycle = await loadLifecycle(store, tenantId, stream)
    changes.push(...withdrawal(lifecycle, due))
    if (lifecycle.revision === 0) continue
    for (const segment of await segmentsWith(store, tenantId, stream, concerned))
      changes.push(trimChange(segment, due))
  }
  return changes
}

async function segmentsWith(
  store: EventStore,
  tenantId: string,
  stream: string,
  versions: readonly number[],
): Promise<readonly Segment[]> {
  const found: Segment[] = []
  for (const version of versions.toSorted((a, b) => a - b)) {
    if (version <= (found.at(-1)?.lastVersion ?? 0)) continue
    const segment = await findSegment(store, tenantId, stream, version)
    if (segment) found.push(segment)
  }
  return found
}

/** Nobody makes a blob count who read the stream before. */
function withdrawal(lifecycle: LifecycleState, due: number): readonly DocumentChange[] {
  const { pending, ...value } = lifecycle.value
  if (!pending) return [lifecycleGuard(lifecycle)]
  return [lifecycleChange(lifecycle, value), discardChange(lifecycle.tenantId, pending.blob, due)]
}

function trimChange({ tenantId, stream, lastVersion }: Segment, due: number): DocumentChange {
  const id = segmentId(stream, lastVersion)
  return { tenantId, collection: trimCollection, id, value: { stream, lastVersion }, due }
}

export function discardChange(tenantId: string, blob: string, due: number): DocumentChange {
  return { tenantId, collection: discardCollection, id: blob, value: { blob }, due }
}

/** For a unit of work after which the blob is known to be deleted. */
export function discardDone(tenantId: string, blob: string): DocumentChange {
  return { tenantId, collection: discardCollection, id: blob }
}
