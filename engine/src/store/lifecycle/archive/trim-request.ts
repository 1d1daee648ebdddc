import type { EventStore } from '../../port.ts'
import type { DocumentChange, RecordedEvent } from '../../types.ts'
import type { LifecycleState } from '../stream-lifecycle.ts'
import { abandonedAfter, lifecycleChange, lifecycleGuard, loadLifecycle } from '../stream-lifecycle.ts'
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
  return [lifecycleChange(lifecycle, value), discardPending(lifecycle.tenantId, pending.blob, due)]
}

function trimChange({ tenantId, stream, lastVersion }: Segment, due: number): DocumentChange {
  const id = segmentId(stream, lastVersion)
  return { tenantId, collection: trimCollection, id, value: { stream, lastVersion }, due }
}

/** Of a blob that counted until now: nobody puts it again. */
export function discardChange(tenantId: string, blob: string, due: number): DocumentChange {
  return { tenantId, collection: discardCollection, id: blob, value: { blob }, due }
}

/**
 * Of a blob that was announced and is not to count any more. Whoever announced it may be held up, put it yet, and die: so
 * the note outlives the first deletion by as long as a writer is waited for.
 */
export function discardPending(tenantId: string, blob: string, due: number): DocumentChange {
  return discardAgain(tenantId, blob, due + abandonedAfter, due)
}

/** For a unit of work before which the blob was deleted: from `until`, when nobody puts it any more, that is done once more. */
export function discardAgain(tenantId: string, blob: string, until: number, due = until): DocumentChange {
  return { tenantId, collection: discardCollection, id: blob, value: { blob, until }, due }
}
