import type { FieldFault, JsonObject } from '../../../core/index.ts'
import { canonicalJson, isJsonObject, KeelsonError } from '../../../core/index.ts'
import { checkName } from '../../names.ts'
import type { EventStore } from '../../port.ts'
import type { Document } from '../../types.ts'
import { recordStream } from '../stream-record.ts'

/** A document for each stream that has metadata, named as the stream is. */
export const metadataCollection = 'stream-metadata'

/** What is set for a stream; what hides events is honoured by `openWithMetadata`, and by `scavenge` for good. */
export interface StreamMetadata {
  /** Events are hidden this many seconds after they were recorded. */
  readonly maxAge?: number
  /** Only so many of the newest events are seen. */
  readonly maxCount?: number
  /** Events before this version are hidden. */
  readonly truncateBefore?: number
  readonly owner?: string
  readonly description?: string
  /** Whatever the product keeps with it. */
  readonly custom?: JsonObject
}

export interface MetadataState {
  readonly metadata: StreamMetadata
  /** 0 where none was ever set. */
  readonly revision: number
}

const maxBytes = 64 * 1024
const maxSeconds = 10_000 * 366 * 24 * 60 * 60

/** A stream's metadata; empty with the revision 0 where none was set. */
export async function getStreamMetadata(
  store: EventStore,
  tenantId: string,
  stream: string,
): Promise<MetadataState> {
  checkName('stream', stream)
  const document = await store.document(tenantId, metadataCollection, stream)
  return { metadata: metadataOf(document), revision: document?.revision ?? 0 }
}

export function metadataOf(document: Document | undefined): StreamMetadata {
  return (document?.value ?? {}) as StreamMetadata
}

/**
 * Replaces a stream's metadata, also before its first event; gives the new revision. What a lower `truncateBefore`
 * or a higher `maxCount` would show again is seen as long as it was not scavenged.
 *
 * @throws KeelsonError `request_invalid` listing every fault, `document_conflict` where it is not at the revision
 * `expected`, `stream_tombstoned`, `stream_reserved` for that of what is done to the log: it is never hidden.
 */
export async function setStreamMetadata(
  store: EventStore,
  tenantId: string,
  stream: string,
  metadata: StreamMetadata,
  options: { readonly expected?: number } = {},
): Promise<number> {
  checkMetadata(metadata)
  if (stream === recordStream)
    throw new KeelsonError(
      'stream_reserved',
      `The stream ${recordStream} records what is done to the log, and is never hidden`,
    )
  if ((await store.stream(tenantId, stream))?.state === 'tombstoned')
    throw new KeelsonError('stream_tombstoned', `The stream "${stream}" was tombstoned`, { stream })
  const revision = options.expected ?? (await getStreamMetadata(store, tenantId, stream)).revision
  const document = { tenantId, collection: metadataCollection, id: stream, value: { ...metadata } }
  await store.commit({ scope: { tenantId }, documents: [{ ...document, expected: revision }] })
  return revision + 1
}

function checkMetadata(metadata: StreamMetadata): void {
  const faults: FieldFault[] = []
  const { maxAge, maxCount, truncateBefore, owner, description, custom, ...unknown } = metadata
  const fault = (member: string, message: string) => faults.push({ pointer: `/${member}`, message })
  const count = (member: string, value: number | undefined, most = Number.MAX_SAFE_INTEGER) => {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1 && value <= most))
      fault(member, 'must be a whole number from 1')
  }
  const text = (member: string, value: string | undefined, most: number) => {
    if (value !== undefined && !(typeof value === 'string' && value.length <= most && value.isWellFormed()))
      fault(member, `must be a text of at most ${most} characters`)
  }
  count('maxAge', maxAge, maxSeconds)
  count('maxCount', maxCount)
  count('truncateBefore', truncateBefore)
  text('owner', owner, 512)
  text('description', description, 4096)
  if (custom !== undefined && !isJsonObject(custom)) fault('custom', 'must be an object')
  for (const member of Object.keys(unknown)) fault(member.slice(0, 100), 'is not known: put it into custom')
  if (faults.length === 0 && canonicalJson({ ...metadata }).length > maxBytes)
    fault('custom', `makes the metadata larger than ${maxBytes} characters`)
  const [first] = faults
  if (first)
    throw new KeelsonError('request_invalid', `Metadata: ${first.pointer} ${first.message}`, { faults })
}
