import type { RecordedEvent } from '../../../store/index.ts'

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

/** The headers of an event's message, but for the sequence that is expected. */
export function toHeaders(event: RecordedEvent, origin: MessageOrigin): Record<string, string[]> {
  const { traceId, correlationId, schemaVersion } = event.envelope
  return {
    // Of a tenant its ids are unique, of a partition they are not.
    [header.id]: [`${event.tenantId}/${event.eventId}`],
    [header.type]: [headerValue(event.eventType)],
    [header.tenant]: [event.tenantId],
    [header.trace]: [headerValue(traceId ?? '')],
    [header.correlation]: [headerValue(correlationId ?? '')],
    [header.version]: [headerValue(schemaVersion ?? '')],
    [header.record]: [toRecord(event, origin)],
    ...(event.secrets === '' ? {} : { [header.secrets]: [event.secrets] }),
  }
}
