import { hash } from 'node:crypto'
import type { JsonObject } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { EventStore } from '../port.ts'
import type { DocumentChange, StreamInfo, UnitOfWork } from '../types.ts'

export const lifecycleCollection = 'stream-lifecycle'

/** What was done to a stream as a whole; absent members were not done. */
export interface StreamLifecycle {
  readonly stream: string
  /** The events that tell of it. */
  readonly sealedBy?: string
  readonly archivedBy?: string
  readonly tombstonedBy?: string
  /** All content before this version was scavenged. */
  readonly scavengedBefore?: number
  /** A blob that is being written and counts only once a segment names it; milliseconds since the epoch. */
  readonly pending?: PendingBlob
}

export interface PendingBlob {
  readonly blob: string
  readonly since: number
}

/** A blob that is pending for longer was left by a crash, in milliseconds. */
export const abandonedAfter = 60 * 60 * 1000

/** Whether somebody may still be writing the stream's archive. */
export function isBeingWritten({ pending }: StreamLifecycle, now: number): boolean {
  return pending !== undefined && now - pending.since < abandonedAfter
}

/**
 * A stream's lifecycle at a revision. Whoever moves or removes content of a stream changes it in the same unit of
 * work, so that of two who do so at once only one succeeds.
 */
export interface LifecycleState {
  readonly tenantId: string
  /** 0 where nothing was done to the stream. */
  readonly revision: number
  readonly value: StreamLifecycle
}

/** A name of fixed length and harmless letters for a stream. */
export function streamDigest(stream: string): string {
  return hash('sha256', stream).slice(0, 32)
}

export async function loadLifecycle(
  store: EventStore,
  tenantId: string,
  stream: string,
): Promise<LifecycleState> {
  const known = await findLifecycle(store, tenantId, streamDigest(stream))
  return known ?? { tenantId, revision: 0, value: { stream } }
}

/** By the digest of the stream's name. */
export async function findLifecycle(
  store: EventStore,
  tenantId: string,
  digest: string,
): Promise<LifecycleState | undefined> {
  const document = await store.document(tenantId, lifecycleCollection, digest)
  return (
    document && { tenantId, revision: document.revision, value: lifecycleOf(document.value as JsonObject) }
  )
}

function lifecycleOf(value: JsonObject): StreamLifecycle {
  const { stream, sealedBy, archivedBy, tombstonedBy, scavengedBefore, pending } = value
  const { blob, since } = (pending ?? {}) as JsonObject
  return {
    stream: String(stream),
    ...(typeof sealedBy === 'string' && { sealedBy }),
    ...(typeof archivedBy === 'string' && { archivedBy }),
    ...(typeof tombstonedBy === 'string' && { tombstonedBy }),
    ...(typeof scavengedBefore === 'number' && { scavengedBefore }),
    ...(typeof blob === 'string' && { pending: { blob, since: Number(since) } }),
  }
}

/** For a unit of work: fails with `document_conflict` where someone else has changed the lifecycle since. */
export function lifecycleChange(
  { tenantId, revision }: LifecycleState,
  value: StreamLifecycle,
): DocumentChange {
  const { pending, ...rest } = value
  return {
    tenantId,
    collection: lifecycleCollection,
    id: streamDigest(value.stream),
    value: { ...rest, ...(pending && { pending: { ...pending } }) },
    expected: revision,
  }
}

/** For a unit of work: fails in the same way, and makes those fail who saw the lifecycle as it is now. */
export function lifecycleGuard(state: LifecycleState): DocumentChange {
  if (state.revision > 0) return lifecycleChange(state, state.value)
  const { tenantId, value } = state
  // To delete what must not be there changes nothing.
  return { tenantId, collection: lifecycleCollection, id: streamDigest(value.stream), expected: 0 }
}

/** @throws KeelsonError `stream_not_found`. */
export async function existingStream(
  store: EventStore,
  tenantId: string,
  stream: string,
): Promise<StreamInfo> {
  const info = await store.stream(tenantId, stream)
  if (info) return info
  throw new KeelsonError('stream_not_found', `The stream "${stream.slice(0, 100)}" has no events`, { stream })
}

const attempts = 200
/** Tries that may be lost to writers before they are stopped. */
const patience = 3
const conflicts: ReadonlySet<string> = new Set(['version_conflict', 'stream_closed', 'document_conflict'])

/** Carries out the unit; false where somebody else was faster. */
export async function wins(store: EventStore, unit: UnitOfWork): Promise<boolean> {
  try {
    await store.commit(unit)
    return true
  } catch (error) {
    if (error instanceof KeelsonError && conflicts.has(error.code)) return false
    throw error
  }
}

/**
 * Tries until there is a result: undefined says that somebody else was faster. Where that was so a few times `stop` is
 * to see to it that nobody is any more.
 */
export async function untilWon<T>(
  stream: string,
  attempt: () => Promise<T | undefined>,
  stop: () => Promise<void>,
): Promise<T> {
  for (let round = 0; round < attempts; round += 1) {
    if (round === patience) await stop()
    const result = await attempt()
    if (result !== undefined) return result
  }
  const message = `The lifecycle of the stream "${stream}" was changed ${attempts} times while it was to be closed`
  throw new KeelsonError('document_conflict', message, { stream })
}

/**
 * Closes the stream at whatever version it has when the append's turn comes in the writers' queue: where they never
 * pause, the version that was read is never the one that is found. What is to be said of the stream follows.
 */
export async function stopWriters(store: EventStore, tenantId: string, stream: string): Promise<void> {
  try {
    await store.append(tenantId, [{ stream, expected: 'exists', events: [], closes: 'sealed' }])
  } catch (error) {
    // Somebody else has closed it: the next try finds out how.
    if (!(error instanceof KeelsonError && error.code === 'stream_closed')) throw error
  }
}
