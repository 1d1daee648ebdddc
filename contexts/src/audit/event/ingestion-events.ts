import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, text } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const batchId = text(
  'Id of the import; the same content from the same source has the same.',
  'imp-5f2b6c1d',
  128,
)
const tenantId = Type.Optional(
  text('The tenant of the envelope, where a reader wants it beside the fields.', 'contoso', 64),
)

const common = {
  version: '1.0',
  kind: 'domain',
  topic: 'audit.ingestion',
  retry: retry.ingestion,
} as const

export const AuditEventValidationFailed = defineEvent({
  ...common,
  type: 'AuditEventValidationFailed',
  summary: 'A record that an import read could not become an audit event; it is kept here with the reason.',
  producer: 'Ingestion API',
  consumers: ['Monitoring', 'Alerting'],
  aggregate: 'AuditEvent',
  orderingKey: event => `refused:${event.payload.source}`,
  idempotencyKey: event => event.payload.eventId,
  payload: Type.Object(
    {
      eventId: text(
        'Id under which the record is kept: a digest of its source and content.',
        'vf-0d4a1185a7f14b1ab5a5f0d6a1b2c3d4e5f60718',
        128,
      ),
      tenantId,
      batchId: Type.Optional(batchId),
      source: text('Where the record came from.', 'github'),
      line: Type.Optional(
        Type.Integer({
          description: 'Line of the file on which the record begins, from 1.',
          minimum: 1,
          examples: [12],
        }),
      ),
      validationErrors: Type.Array(
        Type.Object({
          code: text('Stable code of the error.', 'record_unmappable', 100),
          pointer: Type.Optional(
            Type.String({
              description: 'JSON Pointer of the member at fault.',
              maxLength: 1024,
              examples: ['/occurredAt'],
            }),
          ),
          message: text('What is wrong.', 'The delivery has no payload', 2048),
        }),
        {
          description: 'All that was found wrong.',
          minItems: 1,
          maxItems: 50,
          examples: [[{ code: 'record_unmappable', message: 'The delivery has no payload' }]],
        },
      ),
      originalPayload: Type.String({
        description: 'The record as it came, cut off where it is very long.',
        maxLength: 40_000,
        examples: ['{"event":"push"}'],
      }),
      originalLength: count('Length of the whole record in bytes.', 16),
      originalSha256: text(
        'SHA-256 of the whole record, hexadecimal.',
        '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
        64,
      ),
    },
    { description: 'What came, and why it was refused.' },
  ),
  rules: [
    'The record is not in the audit trail; nothing of it was guessed or mended.',
    'The same record from the same source is kept once, however often it is imported.',
    'The digest is over the whole record, also where its text is cut off here.',
  ],
  // Whose data a record holds that nobody could read is unknown, so each record is erased on its own.
  personal: [{ pointer: '/originalPayload', subject: '/eventId', kind: 'record' }],
  retention: { period: 'P1Y', basis: 'Sources must be able to mend and send again what was refused.' },
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Refused records by source and error code.', 'Share of refused records in each import.'],
    alerts: ['More than one in a hundred records of a source were refused within an hour.'],
  },
  examples: [
    {
      eventId: 'vf-0d4a1185a7f14b1ab5a5f0d6a1b2c3d4e5f60718',
      source: 'github',
      line: 12,
      validationErrors: [{ code: 'record_unmappable', message: 'The delivery has no payload' }],
      originalPayload: '{"event":"push"}',
      originalLength: 16,
      originalSha256: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
    },
    {
      eventId: 'vf-9b1c0f3e2d4a5b6c7d8e9f00112233445566aabb',
      tenantId: 'contoso',
      batchId: 'imp-5f2b6c1d',
      source: 'keelson',
      validationErrors: [
        {
          code: 'envelope_invalid',
          pointer: '/occurredAt',
          message: 'must be an RFC 3339 time with a zone',
        },
      ],
      originalPayload: '{"eventType":"UserLoggedIn","occurredAt":"yesterday"}',
      originalLength: 53,
      originalSha256: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
    },
  ],
})

export const BatchIngestionStarted = defineEvent({
  ...common,
  type: 'BatchIngestionStarted',
  summary: 'An import began to store events.',
  producer: 'Batch Ingestion Service',
  consumers: ['Monitoring'],
  aggregate: 'IngestionBatch',
  orderingKey: event => event.payload.batchId,
  idempotencyKey: event => event.payload.batchId,
  payload: Type.Object(
    {
      batchId,
      tenantId,
      eventCount: Type.Optional(count('Records in the source, where that is known before it is read.', 329)),
      source: text('Name of the source.', 'github'),
      format: text('Importer that reads it.', 'github', 50),
      fileName: Type.Optional(text('Name of the file, without its folders.', 'deliveries.ndjson')),
    },
    { description: 'Which import, and what it reads.' },
  ),
  rules: [
    'A batch id follows from the source and the content, so importing the same file again has the same id.',
    'What an import stored before it was broken off stays; its BatchIngestionCompleted follows when it is run again to its end.',
  ],
  personal: [],
  retention: retention.signals,
  deadLetter: deadLetter.shown,
  monitoring: {
    metrics: ['Imports begun by source.', 'Imports that are under way, and since when.'],
    alerts: ['An import has neither ended nor stored a record for ten minutes.'],
  },
  examples: [
    {
      batchId: 'imp-5f2b6c1d',
      source: 'github',
      format: 'github',
      fileName: 'deliveries.ndjson',
      eventCount: 329,
    },
    { batchId: 'imp-c01d22ae', tenantId: 'contoso', source: 'cloudtrail-eu', format: 'cloudtrail' },
  ],
})

export const BatchIngestionCompleted = defineEvent({
  ...common,
  type: 'BatchIngestionCompleted',
  summary: 'An import came to its end.',
  producer: 'Batch Ingestion Service',
  consumers: ['Monitoring'],
  aggregate: 'IngestionBatch',
  orderingKey: event => event.payload.batchId,
  idempotencyKey: event => event.payload.batchId,
  payload: Type.Object(
    {
      batchId,
      tenantId,
      successCount: count('Records that were stored.', 328),
      duplicateCount: count('Records that were stored before.', 0),
      failureCount: count('Records that were refused.', 1),
      duration: Type.Number({
        description: 'Milliseconds from the first byte to the last record.',
        minimum: 0,
        examples: [412],
      }),
      bytes: count('Bytes read, unpacked.', 5_812_004),
    },
    { description: 'What became of the records.' },
  ),
  rules: [
    'Every record that was read is counted in exactly one of stored, stored before and refused.',
    'It comes after the last record of the import is durable.',
  ],
  personal: [],
  retention: retention.signals,
  deadLetter: deadLetter.shown,
  monitoring: {
    metrics: ['Records and bytes per second of an import.', 'Share of refused and of repeated records.'],
    alerts: ['An import stored nothing although it read records, and none of them was a repeat.'],
  },
  examples: [
    {
      batchId: 'imp-5f2b6c1d',
      successCount: 328,
      duplicateCount: 0,
      failureCount: 1,
      duration: 412,
      bytes: 5_812_004,
    },
    {
      batchId: 'imp-c01d22ae',
      tenantId: 'contoso',
      successCount: 0,
      duplicateCount: 1204,
      failureCount: 0,
      duration: 96.5,
      bytes: 1_830_112,
    },
  ],
})
