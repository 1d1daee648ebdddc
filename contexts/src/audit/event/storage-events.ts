import { defineEvent, EventStreamArchived, EventStreamSealed, EventStreamTombstoned } from 'keelson'
import Type from 'typebox'
import { count, text } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const streamId = text('Name of the stream.', 'AuditEvent-repository:octo/hello', 1024)

const common = {
  version: '1.0',
  kind: 'domain',
  topic: 'audit.storage',
  producer: 'Storage Service',
  aggregate: 'EventStream',
  isDerived: true,
  personal: [],
  retention: retention.proof,
  retry: retry.audit,
} as const

export const EventStreamCreated = defineEvent({
  ...common,
  type: 'EventStreamCreated',
  summary: 'The first event of a stream was stored.',
  consumers: ['Query Service', 'Integrity Service'],
  orderingKey: event => event.payload.streamId,
  idempotencyKey: event => event.payload.streamId,
  payload: Type.Object(
    {
      streamId,
      tenantId: text('Tenant that owns the stream.', 'contoso', 64),
      subjectId: Type.Optional(text('Id of what the stream is about.', 'repository:octo/hello', 1024)),
      streamType: text('Kind of what the stream is about.', 'AuditEvent', 1024),
    },
    { description: 'Which stream began.' },
  ),
  rules: [
    'There is one for each stream of a tenant, and it comes before anything else that is told of the stream.',
    'It follows from the log itself, so every reader derives the same one with the same id.',
  ],
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Streams begun per hour, by kind.'],
    alerts: ['A tenant begins a hundred times as many streams in an hour as it usually does.'],
  },
  examples: [
    {
      streamId: 'AuditEvent-repository:octo/hello',
      tenantId: 'contoso',
      subjectId: 'repository:octo/hello',
      streamType: 'AuditEvent',
    },
    { streamId: 'com.example.thing', tenantId: 'fabrikam', streamType: 'com.example.thing' },
  ],
})

export const EventAddedToStream = defineEvent({
  ...common,
  type: 'EventAddedToStream',
  summary: 'An event was stored in a stream.',
  consumers: ['Query Service'],
  orderingKey: event => event.payload.streamId,
  idempotencyKey: event => `${event.payload.streamId}:${event.payload.sequenceNumber}`,
  payload: Type.Object(
    {
      streamId,
      eventId: text('The event that was added.', 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958', 128),
      sequenceNumber: count('Version of the stream with this event, from 1.', 1, 1),
      previousHash: text(
        "Hash of the leaf before it in the tenant's log, base64url.",
        'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        43,
      ),
    },
    { description: 'Which event, and where it stands.' },
  ),
  rules: [
    'Sequence numbers of a stream have no gap: each is one more than the one before.',
    "The hash is of the event before it in the tenant's whole log, not in the stream; the first event of a log has zeros.",
  ],
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Events stored per second, by tenant and stream kind.', 'Longest stream of each tenant.'],
    alerts: ['A reader sees a sequence number that does not follow the one before.'],
  },
  examples: [
    {
      streamId: 'AuditEvent-repository:octo/hello',
      eventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      sequenceNumber: 1,
      previousHash: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    },
    {
      streamId: 'AuditEvent-repository:octo/hello',
      eventId: 'gh-7bb0ab34-cc78-11e3-9f60-1bb6d1f3b02f',
      sequenceNumber: 2,
      previousHash: '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
    },
  ],
})

/** What is done to streams as a whole; the store defines these and writes them itself. */
export const streamEvents = [EventStreamSealed, EventStreamArchived, EventStreamTombstoned] as const
