import { createHash } from 'node:crypto'
import type { Envelope, PayloadOf, RecordedEvent } from 'keelson'
import { defineEvent, EventStreamArchived, EventStreamSealed, EventStreamTombstoned } from 'keelson'
import Type from 'typebox'

const text = (description: string, maxLength = 1024) => Type.String({ description, minLength: 1, maxLength })

export const EventStreamCreated = defineEvent({
  type: 'EventStreamCreated',
  version: '1.0',
  kind: 'domain',
  topic: 'audit.storage',
  summary: 'The first event of a stream was stored.',
  producer: 'Storage Service',
  consumers: ['Query Service', 'Integrity Service'],
  aggregate: 'EventStream',
  isDerived: true,
  orderingKey: event => event.payload.streamId,
  payload: Type.Object(
    {
      streamId: text('Name of the stream.'),
      tenantId: text('Tenant that owns the stream.', 64),
      subjectId: Type.Optional(text('Id of what the stream is about.')),
      streamType: text('Kind of what the stream is about.'),
    },
    { description: 'Which stream began.' },
  ),
  examples: [
    {
      streamId: 'AuditEvent-repository:octo/hello',
      tenantId: 'contoso',
      subjectId: 'repository:octo/hello',
      streamType: 'AuditEvent',
    },
  ],
})

export const EventAddedToStream = defineEvent({
  type: 'EventAddedToStream',
  version: '1.0',
  kind: 'domain',
  topic: 'audit.storage',
  summary: 'An event was stored in a stream.',
  producer: 'Storage Service',
  consumers: ['Query Service'],
  aggregate: 'EventStream',
  isDerived: true,
  orderingKey: event => event.payload.streamId,
  payload: Type.Object(
    {
      streamId: text('Name of the stream.'),
      eventId: text('The event that was added.', 128),
      sequenceNumber: Type.Integer({
        description: 'Version of the stream with this event, from 1.',
        minimum: 1,
      }),
      previousHash: text("Hash of the leaf before it in the tenant's log, base64url.", 43),
    },
    { description: 'Which event, and where it stands.' },
  ),
  examples: [
    {
      streamId: 'AuditEvent-repository:octo/hello',
      eventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      sequenceNumber: 1,
      previousHash: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    },
  ],
})

/** What is done to streams as a whole; the store defines these and writes them itself. */
export const streamEvents = [EventStreamSealed, EventStreamArchived, EventStreamTombstoned] as const

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
