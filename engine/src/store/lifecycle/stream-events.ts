import Type from 'typebox'
import { defineEvent } from '../../core/index.ts'

const text = (description: string, maxLength = 1024) => Type.String({ description, minLength: 1, maxLength })
const count = (description: string) => Type.Integer({ description, minimum: 0 })
const time = (description: string) => Type.String({ description, minLength: 20, maxLength: 40 })

const stream = 'AuditEvent-repository:octo/hello'

export const EventStreamSealed = defineEvent({
  type: 'EventStreamSealed',
  version: '1.0',
  kind: 'domain',
  topic: 'audit.storage',
  summary: 'A stream was closed for good, with a hash over all that it has.',
  producer: 'Storage Service',
  consumers: ['Integrity Service', 'Archive Service'],
  aggregate: 'EventStream',
  isReserved: true,
  orderingKey: event => event.payload.streamId,
  payload: Type.Object(
    {
      streamId: text('Name of the stream.'),
      finalEventCount: count('Number of its events, which is its last version.'),
      merkleRoot: text(
        'RFC 6962 root over the leaf hashes of its events in order of version, base64url.',
        43,
      ),
      sealedAt: time('When it was sealed, RFC 3339.'),
      lastEventId: text('Its last event.', 128),
      lastLeafHash: text("Hash of its last event's leaf in the tenant's log, base64url.", 43),
      reason: Type.Optional(text('Why it was sealed.')),
    },
    { description: 'What the stream had when it was sealed.' },
  ),
  examples: [
    {
      streamId: stream,
      finalEventCount: 1,
      merkleRoot: '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
      sealedAt: '2026-06-11T09:00:01.000Z',
      lastEventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      lastLeafHash: '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
    },
  ],
})

export const EventStreamArchived = defineEvent({
  type: 'EventStreamArchived',
  version: '1.0',
  kind: 'domain',
  topic: 'audit.storage',
  summary: "The content of a sealed stream's events was moved to the archive, from where it is still read.",
  producer: 'Archive Service',
  consumers: ['Query Service'],
  aggregate: 'EventStream',
  isReserved: true,
  orderingKey: event => event.payload.streamId,
  payload: Type.Object(
    {
      streamId: text('Name of the stream.'),
      archiveLocation: text("What the names of the stream's blobs begin with."),
      archivedAt: time('When the last of it was archived, RFC 3339.'),
      eventCount: count('Events whose content is in the archive.'),
      segmentCount: count('Blobs that hold it.'),
      bytes: count('Bytes of these blobs.'),
    },
    { description: 'Where the content went.' },
  ),
  examples: [
    {
      streamId: stream,
      archiveLocation: 'archive/contoso/35e9f1b2a0c4d7e89b13f6a2c5d80e47/',
      archivedAt: '2026-06-11T09:00:01.000Z',
      eventCount: 1,
      segmentCount: 1,
      bytes: 512,
    },
  ],
})

export const EventStreamTombstoned = defineEvent({
  type: 'EventStreamTombstoned',
  version: '1.0',
  kind: 'domain',
  topic: 'audit.storage',
  summary: 'A stream was deleted: it is not read any more, and the content of its events will be removed.',
  producer: 'Storage Service',
  consumers: ['Query Service', 'Integrity Service', 'Archive Service'],
  aggregate: 'EventStream',
  isReserved: true,
  orderingKey: event => event.payload.streamId,
  payload: Type.Object(
    {
      streamId: text('Name of the stream.'),
      finalEventCount: count('Number of its events, which is its last version.'),
      reason: text('Why it was deleted.'),
      tombstonedAt: time('When it was deleted, RFC 3339.'),
    },
    { description: 'Which stream was deleted, and why.' },
  ),
  examples: [
    {
      streamId: stream,
      finalEventCount: 1,
      reason: 'The repository was imported by mistake.',
      tombstonedAt: '2026-06-11T09:00:01.000Z',
    },
  ],
})
