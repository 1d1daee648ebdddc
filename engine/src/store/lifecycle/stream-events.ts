import Type from 'typebox'
import { defineEvent } from '../../core/index.ts'

const text = (description: string, example: string, maxLength = 1024) =>
  Type.String({ description, minLength: 1, maxLength, examples: [example] })
const count = (description: string, example: number) =>
  Type.Integer({ description, minimum: 0, examples: [example] })
const time = (description: string) =>
  Type.String({ description, minLength: 20, maxLength: 40, examples: ['2026-06-11T09:00:01.000Z'] })

const stream = 'AuditEvent-repository:octo/hello'
const hash = '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw'

/** What the events about whole streams have in common: the log is only understood while they are there. */
const common = {
  version: '1.0',
  kind: 'domain',
  topic: 'audit.storage',
  aggregate: 'EventStream',
  isReserved: true,
  personal: [],
  retention: {
    period: 'forever',
    basis: 'The log can only be checked while what was done to its streams is known.',
  },
  retry: { attempts: 5, backoff: 'exponential', initialDelay: 100, maxDelay: 10_000 },
  deadLetter: { keepFor: 'P90D', alert: 'page' },
} as const

export const EventStreamSealed = defineEvent({
  ...common,
  type: 'EventStreamSealed',
  summary: 'A stream was closed for good, with a hash over all that it has.',
  producer: 'Storage Service',
  consumers: ['Integrity Service', 'Archive Service'],
  orderingKey: event => event.payload.streamId,
  idempotencyKey: event => event.payload.streamId,
  payload: Type.Object(
    {
      streamId: text('Name of the stream.', stream),
      finalEventCount: count('Number of its events, which is its last version.', 329),
      merkleRoot: text(
        'RFC 6962 root over the leaf hashes of its events in order of version, base64url.',
        hash,
        43,
      ),
      sealedAt: time('When it was sealed, RFC 3339.'),
      lastEventId: text('Its last event.', 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958', 128),
      lastLeafHash: text("Hash of its last event's leaf in the tenant's log, base64url.", hash, 43),
      reason: Type.Optional(text('Why it was sealed.', 'The repository was archived.')),
    },
    { description: 'What the stream had when it was sealed.' },
  ),
  rules: [
    'It comes after the last event of the stream, and no event is added to the stream after it.',
    'The root can be computed again from the leaves of the stream, and that is how a reader checks it.',
    'A stream is sealed once; sealing it again gives the same event.',
  ],
  monitoring: {
    metrics: ['Streams sealed per day.', 'Appends that were refused because their stream is sealed.'],
    alerts: ['The root of a sealed stream differs from what its leaves give.'],
  },
  examples: [
    {
      streamId: stream,
      finalEventCount: 1,
      merkleRoot: hash,
      sealedAt: '2026-06-11T09:00:01.000Z',
      lastEventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      lastLeafHash: hash,
    },
    {
      streamId: 'PolicyDecision-dec-4d21ab',
      finalEventCount: 42,
      merkleRoot: 'q1bWv0c2Y6bS1Yk7dQeQv5Y9m2jQyR8pC4r3uFh0iXs',
      sealedAt: '2026-12-31T23:59:59.000Z',
      lastEventId: 'evt-5c1a9f2b',
      lastLeafHash: hash,
      reason: 'The year is closed.',
    },
  ],
})

export const EventStreamArchived = defineEvent({
  ...common,
  type: 'EventStreamArchived',
  summary: "The content of a sealed stream's events was moved to the archive, from where it is still read.",
  producer: 'Archive Service',
  consumers: ['Query Service'],
  orderingKey: event => event.payload.streamId,
  idempotencyKey: event => event.payload.streamId,
  payload: Type.Object(
    {
      streamId: text('Name of the stream.', stream),
      archiveLocation: text(
        "What the names of the stream's blobs begin with.",
        'archive/contoso/35e9f1b2a0c4d7e89b13f6a2c5d80e47/',
      ),
      archivedAt: time('When the last of it was archived, RFC 3339.'),
      eventCount: count('Events whose content is in the archive.', 329),
      segmentCount: count('Blobs that hold it.', 2),
      bytes: count('Bytes of these blobs.', 161_204),
    },
    { description: 'Where the content went.' },
  ),
  rules: [
    'The stream was sealed before.',
    'All blobs were durable and read back before the content left the store.',
    'Reading the stream gives the same events as before; it only takes longer.',
  ],
  monitoring: {
    metrics: ['Streams and bytes in the archive, by tenant.', 'Time to read an archived stream.'],
    alerts: ['A blob of the archive is absent, or its content differs from its digest.'],
  },
  examples: [
    {
      streamId: stream,
      archiveLocation: 'archive/contoso/35e9f1b2a0c4d7e89b13f6a2c5d80e47/',
      archivedAt: '2026-06-11T09:00:01.000Z',
      eventCount: 1,
      segmentCount: 1,
      bytes: 512,
    },
    {
      streamId: 'PolicyDecision-dec-4d21ab',
      archiveLocation: 'archive/fabrikam/0c4d7e8935e9f1b2a9b13f6a2c5d80e47/',
      archivedAt: '2027-01-15T02:00:00.000Z',
      eventCount: 42_000,
      segmentCount: 3,
      bytes: 24_117_248,
    },
  ],
})

export const EventStreamTombstoned = defineEvent({
  ...common,
  type: 'EventStreamTombstoned',
  summary: 'A stream was deleted: it is not read any more, and the content of its events will be removed.',
  producer: 'Storage Service',
  consumers: ['Query Service', 'Integrity Service', 'Archive Service'],
  orderingKey: event => event.payload.streamId,
  idempotencyKey: event => event.payload.streamId,
  payload: Type.Object(
    {
      streamId: text('Name of the stream.', stream),
      finalEventCount: count('Number of its events, which is its last version.', 329),
      reason: text('Why it was deleted.', 'The repository was imported by mistake.'),
      tombstonedAt: time('When it was deleted, RFC 3339.'),
    },
    { description: 'Which stream was deleted, and why.' },
  ),
  rules: [
    'It is the last that is told of the stream, and its name is not used again.',
    'The leaves of its events stay in the log, so that everything else can still be proved.',
    'The content is removed later, by scavenging.',
  ],
  monitoring: {
    metrics: ['Streams deleted per day.', 'Deleted streams whose content is still there.'],
    alerts: ['The content of a deleted stream is still there after thirty days.'],
  },
  examples: [
    {
      streamId: stream,
      finalEventCount: 1,
      reason: 'The repository was imported by mistake.',
      tombstonedAt: '2026-06-11T09:00:01.000Z',
    },
    {
      streamId: 'User-usr-88',
      finalEventCount: 17,
      reason: 'The account was a duplicate.',
      tombstonedAt: '2026-07-01T12:30:00.000Z',
    },
  ],
})
