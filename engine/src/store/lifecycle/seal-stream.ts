import { KeelsonError } from '../../core/index.ts'
import type { MerkleRoot } from '../../proof/index.ts'
import { createMerkleRoot, leafHash } from '../../proof/index.ts'
import type { EventStore } from '../port.ts'
import type { LogEvent, RecordedEvent } from '../types.ts'
import { EventStreamSealed } from './stream-events.ts'
import type { LifecycleState } from './stream-lifecycle.ts'
import {
  existingStream,
  lifecycleChange,
  loadLifecycle,
  stopWriters,
  untilWon,
  wins,
} from './stream-lifecycle.ts'
import type { LifecycleOptions, StreamRecord } from './stream-record.ts'
import { checkSubject, earlierRecord, recordOf, streamAbout, timeOf } from './stream-record.ts'

export interface SealOptions extends LifecycleOptions {
  /** Version at which it is to be sealed; default the one that it has. */
  readonly expected?: number
  readonly reason?: string
}

export type StreamSeal = StreamRecord<typeof EventStreamSealed>

export interface SealReport {
  readonly seal: StreamSeal
  /** What is not as it was when the stream was sealed, in words. */
  readonly faults: readonly string[]
  readonly isSound: boolean
}

/**
 * Closes a stream for good: it takes no events any more, and `EventStreamSealed` says how many it has and hashes them
 * all. The events that it has while this runs are sealed too. Where writers were faster three times the stream is closed
 * first and then read; a crash between the two leaves it closed without a record, which a repeat makes. A repeat gives
 * the first seal.
 *
 * @throws KeelsonError `stream_not_found`, `stream_tombstoned`, `version_conflict` where it is not at `expected`.
 */
export async function sealStream(
  store: EventStore,
  tenantId: string,
  stream: string,
  options: SealOptions = {},
): Promise<StreamSeal> {
  checkSubject(stream)
  const reading: Reading = { tree: createMerkleRoot(), last: undefined }
  // Each try goes on reading where the one before it ended.
  const attempt = (): Promise<StreamSeal | undefined> => trySeal(store, tenantId, stream, reading, options)
  // At a version that is expected it is closed, or the version is another one: nobody has to be stopped.
  const stop = async (): Promise<void> =>
    options.expected === undefined ? stopWriters(store, tenantId, stream) : undefined
  return untilWon(stream, attempt, stop)
}

interface Reading {
  readonly tree: MerkleRoot
  last: RecordedEvent | undefined
}

async function trySeal(
  store: EventStore,
  tenantId: string,
  stream: string,
  reading: Reading,
  options: SealOptions,
): Promise<StreamSeal | undefined> {
  const lifecycle = await loadLifecycle(store, tenantId, stream)
  const { sealedBy } = lifecycle.value
  if (sealedBy !== undefined) return earlierRecord(store, tenantId, sealedBy, EventStreamSealed)
  const { version, state } = await existingStream(store, tenantId, stream)
  if (state === 'tombstoned')
    throw new KeelsonError('stream_tombstoned', `The stream "${stream}" was tombstoned`, { stream })
  checkExpected(stream, version, options.expected)
  await readLeaves(store, tenantId, stream, version, reading, options.signal)
  const now = timeOf(options)
  const payload = {
    streamId: stream,
    finalEventCount: version,
    merkleRoot: reading.tree.root(),
    sealedAt: new Date(now).toISOString(),
    lastEventId: reading.last?.eventId ?? '',
    lastLeafHash: reading.last?.leafHash ?? '',
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  }
  const record = recordOf(EventStreamSealed, payload, { tenantId, stream, now }, options)
  const event: LogEvent = { ...record, kind: 'seal' }
  const isSealed = await commitSeal(store, lifecycle, event, { stream, version, isOpen: state === 'open' })
  return isSealed ? { eventId: event.envelope.eventId, payload, duplicate: false } : undefined
}

/** A stream that was sealed without a record of it gets the record now. */
async function commitSeal(
  store: EventStore,
  lifecycle: LifecycleState,
  event: LogEvent,
  { stream, version, isOpen }: { stream: string; version: number; isOpen: boolean },
): Promise<boolean> {
  const { tenantId, value } = lifecycle
  const closing = { stream, expected: version, events: [], ...(isOpen && { closes: 'sealed' as const }) }
  const telling = { stream: streamAbout(stream), expected: 'any' as const, events: [event] }
  return wins(store, {
    scope: { tenantId },
    appends: [{ tenantId, writes: [closing, telling] }],
    documents: [lifecycleChange(lifecycle, { ...value, sealedBy: event.envelope.eventId })],
  })
}

async function readLeaves(
  store: EventStore,
  tenantId: string,
  stream: string,
  version: number,
  reading: Reading,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { tree } = reading
  const options = {
    after: tree.size,
    limit: version - tree.size,
    removed: 'include',
    ...(signal && { signal }),
  } as const
  for await (const event of store.readStream(tenantId, stream, options)) {
    if (event.version !== tree.size + 1) break
    tree.add(event.leafHash)
    reading.last = event
  }
  if (tree.size === version) return
  const message = `The stream "${stream}" has the version ${version}, but not the event ${tree.size + 1}`
  throw new KeelsonError('store_damaged', message, { stream })
}

function checkExpected(stream: string, actual: number, expected: number | undefined): void {
  if (expected === undefined || expected === actual) return
  throw new KeelsonError(
    'version_conflict',
    `The stream "${stream}" is at version ${actual}, not at ${expected}, where it was to be sealed`,
    { stream, expected, actual },
  )
}

/**
 * Compares a sealed stream with its seal: the count, and the root over the leaves as they stand now.
 *
 * @throws KeelsonError `stream_not_sealed` where there is no seal, `stream_tombstoned`.
 */
export async function verifySeal(
  store: EventStore,
  tenantId: string,
  stream: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<SealReport> {
  const { value } = await loadLifecycle(store, tenantId, stream)
  if (value.sealedBy === undefined) {
    await existingStream(store, tenantId, stream)
    throw new KeelsonError('stream_not_sealed', `The stream "${stream}" has no seal`, { stream })
  }
  const seal = await earlierRecord(store, tenantId, value.sealedBy, EventStreamSealed)
  const { finalEventCount, merkleRoot, lastLeafHash } = seal.payload
  const tree = createMerkleRoot()
  const faults: string[] = []
  let last = ''
  for await (const event of store.readStream(tenantId, stream, { ...options, removed: 'include' })) {
    if (event.version !== tree.size + 1) faults.push(`version ${event.version} follows ${tree.size}`)
    if (leafHash(event.leaf) !== event.leafHash)
      faults.push(`the leaf of version ${event.version} was changed`)
    if (faults.length >= 100) break
    tree.add(event.leafHash)
    last = event.leafHash
  }
  if (tree.size !== finalEventCount)
    faults.push(`it has ${tree.size} events, and ${finalEventCount} were sealed`)
  if (last !== lastLeafHash) faults.push('its last event is not the one that was sealed')
  if (tree.root() !== merkleRoot) faults.push('its root is not the one that was sealed')
  if ((await store.stream(tenantId, stream))?.state === 'open') faults.push('it takes events again')
  return { seal, faults, isSound: faults.length === 0 }
}
