import { defineEvent } from 'keelson'
import Type from 'typebox'

const text = (description: string, maxLength = 512) => Type.String({ description, minLength: 1, maxLength })
const count = (description: string) => Type.Integer({ description, minimum: 0 })

const batchId = text('Id of the import; the same content from the same source has the same.', 128)
const tenantId = Type.Optional(
  text('The tenant of the envelope, where a reader wants it beside the fields.', 64),
)

export const AuditEventValidationFailed = defineEvent({
  type: 'AuditEventValidationFailed',
  version: '1.0',
  kind: 'domain',
  topic: 'audit.ingestion',
  summary: 'A record that an import read could not become an audit event; it is kept here with the reason.',
  producer: 'Ingestion API',
  consumers: ['Monitoring', 'Alerting'],
  aggregate: 'AuditEvent',
  orderingKey: event => `refused:${event.payload.source}`,
  payload: Type.Object(
    {
      eventId: text('Id under which the record is kept: a digest of its source and content.', 128),
      tenantId,
      batchId: Type.Optional(batchId),
      source: text('Where the record came from.'),
      line: Type.Optional(
        Type.Integer({ description: 'Line of the file on which the record begins, from 1.', minimum: 1 }),
      ),
      validationErrors: Type.Array(
        Type.Object({
          code: text('Stable code of the error.', 100),
          pointer: Type.Optional(
            Type.String({ description: 'JSON Pointer of the member at fault.', maxLength: 1024 }),
          ),
          message: text('What is wrong.', 2048),
        }),
        { description: 'All that was found wrong.', minItems: 1, maxItems: 50 },
      ),
      originalPayload: Type.String({
        description: 'The record as it came, cut off where it is very long.',
        maxLength: 40_000,
      }),
      originalLength: count('Length of the whole record in bytes.'),
      originalSha256: text('SHA-256 of the whole record, hexadecimal.', 64),
    },
    { description: 'What came, and why it was refused.' },
  ),
  retry: { attempts: 3, backoff: 'exponential', initialDelay: 100, maxDelay: 5000 },
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
  ],
})

export const BatchIngestionStarted = defineEvent({
  type: 'BatchIngestionStarted',
  version: '1.0',
  kind: 'domain',
  topic: 'audit.ingestion',
  summary: 'An import began to store events.',
  producer: 'Batch Ingestion Service',
  consumers: ['Monitoring'],
  aggregate: 'IngestionBatch',
  orderingKey: event => event.payload.batchId,
  payload: Type.Object(
    {
      batchId,
      tenantId,
      eventCount: Type.Optional(count('Records in the source, where that is known before it is read.')),
      source: text('Name of the source.'),
      format: text('Importer that reads it.', 50),
      fileName: Type.Optional(text('Name of the file, without its folders.')),
    },
    { description: 'Which import, and what it reads.' },
  ),
  examples: [
    {
      batchId: 'imp-5f2b6c1d',
      source: 'github',
      format: 'github',
      fileName: 'deliveries.ndjson',
      eventCount: 329,
    },
  ],
})

export const BatchIngestionCompleted = defineEvent({
  type: 'BatchIngestionCompleted',
  version: '1.0',
  kind: 'domain',
  topic: 'audit.ingestion',
  summary: 'An import came to its end.',
  producer: 'Batch Ingestion Service',
  consumers: ['Monitoring'],
  aggregate: 'IngestionBatch',
  orderingKey: event => event.payload.batchId,
  payload: Type.Object(
    {
      batchId,
      tenantId,
      successCount: count('Records that were stored.'),
      duplicateCount: count('Records that were stored before.'),
      failureCount: count('Records that were refused.'),
      duration: Type.Number({
        description: 'Milliseconds from the first byte to the last record.',
        minimum: 0,
      }),
      bytes: count('Bytes read, unpacked.'),
    },
    { description: 'What became of the records.' },
  ),
  examples: [
    {
      batchId: 'imp-5f2b6c1d',
      successCount: 328,
      duplicateCount: 0,
      failureCount: 1,
      duration: 412,
      bytes: 5_812_004,
    },
  ],
})
