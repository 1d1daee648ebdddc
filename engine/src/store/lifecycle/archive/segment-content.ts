import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { blindLength, commitBody } from '../../../proof/index.ts'
import type { RecordedEvent } from '../../types.ts'

const [compress, decompress] = [promisify(gzip), promisify(gunzip)]

/** Bounds of a segment, before compression. */
export const maxSegmentBytes = 4 * 1024 * 1024
export const maxSegmentEvents = 5_000
/** No segment that was written unpacks to more: one body at most goes beyond the bound. */
const maxUnpackedBytes = 64 * 1024 * 1024

/** What the archive keeps of an event: all that the database lets go, and enough to say what it belongs to. */
export interface ArchivedEvent {
  readonly version: number
  readonly position: number
  readonly eventId: string
  readonly blind: string
  readonly body: string
}

export interface SegmentContent {
  readonly tenantId: string
  readonly stream: string
  /** In order of version; some may be missing that were removed. */
  readonly events: readonly ArchivedEvent[]
}

/** A segment as it lies in the blob store. */
export interface EncodedSegment {
  readonly bytes: Uint8Array
  /** SHA-256 of the bytes, hexadecimal. */
  readonly hash: string
}

const format = 'keelson/v1 archive-segment'

export function archivedLine({ version, position, eventId, blind, body }: ArchivedEvent): string {
  return `${JSON.stringify({ version, position, eventId, blind, body })}\n`
}

/** NDJSON in gzip: a line that says what it is, then one for each event. */
export async function encodeSegment({ tenantId, stream, events }: SegmentContent): Promise<EncodedSegment> {
  const head = `${JSON.stringify({ format, tenantId, stream, events: events.length })}\n`
  const bytes = await compress(head + events.map(archivedLine).join(''))
  return { bytes, hash: segmentHash(bytes) }
}

export function segmentHash(bytes: Uint8Array): string {
  return hash('sha256', bytes)
}

/** @throws Error saying what is wrong with the bytes. */
export async function decodeSegment({ bytes, hash }: EncodedSegment): Promise<SegmentContent> {
  if (segmentHash(bytes) !== hash) throw new Error('its hash is not the one that was recorded')
  const text = (await decompress(bytes, { maxOutputLength: maxUnpackedBytes })).toString('utf8')
  const [head, ...lines] = text.trimEnd().split('\n')
  const { format: found, tenantId, stream, events } = JSON.parse(head ?? '')
  if (found !== format || events !== lines.length) throw new Error(`it is no ${format}`)
  return { tenantId, stream, events: lines.map(line => JSON.parse(line) as ArchivedEvent) }
}

/** How a leaf's form begins; the commitment follows, 43 characters of base64url. */
const leafStart = '{"body":"'

/** Whether this is the content that the event's leaf commits to. */
export function isContentOf({ eventId, leaf }: RecordedEvent, archived: ArchivedEvent): boolean {
  const blind = Buffer.from(archived.blind, 'base64url')
  if (archived.eventId !== eventId || blind.length !== blindLength || !leaf.startsWith(leafStart))
    return false
  return commitBody(archived.body, blind) === leaf.slice(leafStart.length, leafStart.length + 43)
}
