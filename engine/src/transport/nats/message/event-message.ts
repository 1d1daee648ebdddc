import type { RecordedEvent } from '../../../store/index.ts'
import { traceOf } from './event-trace.ts'

/** Names of headers. Those that begin with `cs-` are for consumers outside of Keelson. */
export const header = {
  id: 'Nats-Msg-Id',
  expected: 'Nats-Expected-Last-Sequence',
  ttl: 'Nats-TTL',
  record: 'Keelson-Record',
  /** Fields that stay encrypted on their way: only who has their keys reads them. */
  secrets: 'Keelson-Secrets',
  type: 'cs-event-type',
  tenant: 'cs-tenant-id',
  trace: 'cs-trace-id',
  correlation: 'cs-correlation-id',
  version: 'cs-schema-version',
} as const

/** Who has sent a message, and with which others it belongs together. */
export interface MessageOrigin {
  readonly sender: string
  /** The same for messages whose positions follow each other without a gap, from the first to the last of them. */
  readonly run: string
}

/**
 * Where an event stands, in one header: position, tenant sequence, stream, version in it, hash of the leaf, blind, who has
 * sent it in which run, and the leaf. Names are percent-encoded; none of the others has a space.
 */
export function toRecord(event: RecordedEvent, { sender, run }: MessageOrigin): string {
  const { position, sequence, stream, version, leafHash, blind, leaf } = event
  const name = encodeURIComponent(stream)
  return `${position} ${sequence} ${name} ${version} ${leafHash} ${blind} ${sender} ${run} ${leaf}`
}

/** A value for a header: as it stands where it is printable ASCII, else percent-encoded. */
export const headerValue = (text: string): string =>
  /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) ? text : encodeURIComponent(text)

/** The lines that messages of one type and tenant share. */
export const sharedLines = (eventType: string, tenantId: string): string =>
  `${header.type}: ${headerValue(eventType)}\r\n${header.tenant}: ${tenantId}\r\n`

/**
 * The headers of an event's message as they go over the wire, in ASCII, but for the line with the sequence that is
 * expected, which `endOfHeaders` gives.
 */
export function toHeaders(event: RecordedEvent, origin: MessageOrigin, shared: string): string {
  const { traceId, correlationId, schemaVersion } = traceOf(event)
  const secrets = event.secrets === '' ? '' : `${header.secrets}: ${event.secrets}\r\n`
  // Of a tenant its ids are unique, of a partition they are not.
  return `NATS/1.0\r\n${header.id}: ${event.tenantId}/${event.eventId}\r\n${shared}${header.trace}: ${headerValue(traceId)}\r\n${header.correlation}: ${headerValue(correlationId)}\r\n${header.version}: ${headerValue(schemaVersion)}\r\n${header.record}: ${toRecord(event, origin)}\r\n${secrets}`
}

/** What comes behind the headers of a message that expects a sequence. */
export const endOfHeaders = (expected: number): string => `${header.expected}: ${expected}\r\n\r\n`
