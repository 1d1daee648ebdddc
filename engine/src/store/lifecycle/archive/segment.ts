import type { JsonObject } from '../../../core/index.ts'
import type { EventStore } from '../../port.ts'
import type { Document, DocumentChange } from '../../types.ts'
import { streamDigest } from '../stream-lifecycle.ts'

/** A document for each segment says which versions it covers and where it lies. */
export const segmentCollection = 'archive-segment'

export interface Segment {
  readonly tenantId: string
  readonly stream: string
  readonly firstVersion: number
  readonly lastVersion: number
  /** Events in it; fewer than versions where some were removed. */
  readonly events: number
  readonly blob: string
  /** Bytes of the blob, and their SHA-256, hexadecimal. */
  readonly bytes: number
  readonly hash: string
}

/** What the names of all blobs of a tenant's archive begin with. */
export function tenantArchive(tenantId: string): string {
  return `archive/${tenantId}/`
}

/** What the names of the blobs of a stream's archive begin with. */
export function streamArchive(tenantId: string, stream: string): string {
  return `${tenantArchive(tenantId)}${streamDigest(stream)}/`
}

/** A new name for each try, so that deleting what one try has left never hits the next one. */
export function segmentBlob(
  { tenantId, stream, lastVersion }: Pick<Segment, 'tenantId' | 'stream' | 'lastVersion'>,
  attempt: number,
  hash: string,
): string {
  return `${streamArchive(tenantId, stream)}${padded(lastVersion)}-${attempt}-${hash.slice(0, 32)}.ndjson.gz`
}

const blobPattern = /^archive\/[^/]+\/([0-9a-f]{32})\/(\d{16})-\d+-[0-9a-f]{32}\.ndjson\.gz$/

/** The stream's digest, and the id of the document that names the blob if any does; undefined for other blobs. */
export function ownerOf(blob: string): { readonly digest: string; readonly id: string } | undefined {
  const [, digest, version] = blobPattern.exec(blob) ?? []
  return digest === undefined || version === undefined ? undefined : { digest, id: `${digest}:${version}` }
}

/** The segment that covers a version of a stream. */
export async function findSegment(
  store: EventStore,
  tenantId: string,
  stream: string,
  version: number,
): Promise<Segment | undefined> {
  // Segments are named by their last version, so the first one from here on is the only one that can.
  const after = segmentId(stream, version - 1)
  const [document] = await store.documents({ tenantId }, segmentCollection, { after, limit: 1 })
  const segment = document && segmentOf(document)
  return segment?.stream === stream && segment.firstVersion <= version ? segment : undefined
}

/** A stream's segments in order. */
export async function* segmentsOf(
  store: EventStore,
  tenantId: string,
  stream: string,
): AsyncGenerator<Segment> {
  for (let version = 0; ; ) {
    const after = segmentId(stream, version)
    const page = await store.documents({ tenantId }, segmentCollection, { after, limit: 100 })
    for (const document of page) {
      const segment = segmentOf(document)
      if (segment.stream !== stream) return
      version = segment.lastVersion
      yield segment
    }
    if (page.length < 100) return
  }
}

export function segmentOf({ tenantId, value }: Document): Segment {
  const { stream, firstVersion, lastVersion, events, blob, bytes, hash } = value as JsonObject
  return {
    tenantId,
    stream: String(stream),
    firstVersion: Number(firstVersion),
    lastVersion: Number(lastVersion),
    events: Number(events),
    blob: String(blob),
    bytes: Number(bytes),
    hash: String(hash),
  }
}

export function segmentChange({ tenantId, ...value }: Segment): DocumentChange {
  return { ...segmentKey({ tenantId, ...value }), value }
}

export function segmentDeletion(segment: Segment): DocumentChange {
  return segmentKey(segment)
}

function segmentKey({ tenantId, stream, lastVersion }: Segment): DocumentChange {
  return { tenantId, collection: segmentCollection, id: segmentId(stream, lastVersion) }
}

export const segmentId = (stream: string, version: number): string =>
  `${streamDigest(stream)}:${padded(version)}`

const padded = (version: number): string => String(version).padStart(16, '0')
