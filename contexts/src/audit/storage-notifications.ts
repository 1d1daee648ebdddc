import { createHash } from 'node:crypto'
import type { Envelope, PayloadOf, RecordedEvent } from 'keelson'
import { EventAddedToStream, EventStreamCreated } from './event/storage-events.ts'

/**
 * The storage notifications of a stored event. They are derived and never stored: that an event stands in a stream is
 * already written, in the log itself. Their ids are digests, so that every reader derives the same.
 */
export function storageNotifications(event: RecordedEvent): Envelope[] {
  const notifications: Envelope[] = []
  const { envelope } = event
  if (event.version === 1) {
    const payload: PayloadOf<typeof EventStreamCreated> = {
      streamId: event.stream,
      tenantId: event.tenantId,
      streamType: envelope.aggregateType ?? event.eventType,
      ...(envelope.aggregateId === undefined ? {} : { subjectId: envelope.aggregateId }),
    }
    notifications.push(derive(event, EventStreamCreated.type, payload))
  }
  const payload: PayloadOf<typeof EventAddedToStream> = {
    streamId: event.stream,
    eventId: event.eventId,
    sequenceNumber: event.version,
    previousHash: event.previousHash,
  }
  notifications.push(derive(event, EventAddedToStream.type, payload))
  return notifications
}

function derive(event: RecordedEvent, eventType: string, payload: Envelope['payload']): Envelope {
  const digest = createHash('sha256')
    .update(`${event.tenantId}\n${event.eventId}\n${eventType}`)
    .digest('hex')
  const { correlationId, traceId } = event.envelope
  return {
    eventId: `drv-${digest.slice(0, 40)}`,
    eventType,
    schemaVersion: '1.0',
    tenantId: event.tenantId,
    source: 'Storage Service',
    occurredAt: event.recordedAt,
    correlationId,
    traceId,
    causationId: event.eventId,
    aggregateType: 'EventStream',
    aggregateId: event.stream,
    payload,
  }
}
