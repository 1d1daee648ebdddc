import type { EnvelopeInput, JsonValue } from 'keelson'
import { completeEvent, createCatalog, KeelsonError } from 'keelson'
import { describe, expect, it } from 'vitest'
import {
  AuditEventValidationFailed,
  BatchIngestionCompleted,
  BatchIngestionStarted,
} from '../event/ingestion-events.ts'
import { batchCompleted, batchStarted, validationFailed } from './batch.ts'
import { refusedRecord } from './input/refused-record.ts'

const catalog = createCatalog([AuditEventValidationFailed, BatchIngestionCompleted, BatchIngestionStarted])
const occurredAt = '2026-06-01T00:00:00.000Z'
const batch = { batchId: 'imp-1', source: 'github', tenantId: 'acme' }

function admitted(event: EnvelopeInput): JsonValue {
  const completion = {
    tenantId: 'acme',
    ids: { ulid: () => '01J' },
    now: Date.parse(occurredAt),
    source: 'x',
  }
  return catalog.admit(completeEvent(event as unknown as JsonValue, completion), false).envelope.payload
}

describe('events about an import', () => {
  it('are valid', () => {
    const started = batchStarted(batch, { format: 'github', occurredAt, fileName: 'deliveries.ndjson' })
    expect(admitted(started)).toEqual({ ...batch, format: 'github', fileName: 'deliveries.ndjson' })
    const progress = { read: 6, stored: 3, duplicates: 2, refused: 1, bytes: 99, problems: [] }
    const completed = batchCompleted(batch, { progress, duration: 5, occurredAt })
    expect(admitted(completed)).toEqual({
      batchId: 'imp-1',
      tenantId: 'acme',
      successCount: 3,
      duplicateCount: 2,
      failureCount: 1,
      duration: 5,
      bytes: 99,
    })
    expect([started.eventId, completed.eventId]).toEqual(['batch-started-imp-1', 'batch-completed-imp-1'])
  })

  it('report a refusal with every fault, under an id of its content', () => {
    const faults = [
      { pointer: '/payload/actor', message: 'is missing' },
      { pointer: '/source', message: '' },
    ]
    const error = new KeelsonError('payload_invalid', 'two faults', { faults })
    const event = validationFailed(batch, refusedRecord({ line: 12, index: 3, error }, '{"a":1}'), occurredAt)
    expect(admitted(event)).toMatchObject({
      eventId: event.eventId,
      line: 12,
      validationErrors: [
        { code: 'payload_invalid', pointer: '/payload/actor', message: 'is missing' },
        { code: 'payload_invalid', pointer: '/source', message: 'two faults' },
      ],
      originalPayload: '{"a":1}',
      originalLength: 7,
    })
    const elsewhere = refusedRecord(
      { line: 1, index: 0, error: new KeelsonError('json_malformed') },
      '{"a":1}',
    )
    expect(validationFailed({ source: 'github' }, elsewhere, 'later').eventId).toBe(event.eventId)
    expect(validationFailed({ source: 'other' }, elsewhere, 'later').eventId).not.toBe(event.eventId)
  })

  it('name of a member that nobody knows its parent only', () => {
    const faults = [
      { pointer: '/payload/Importia Leakson', message: 'is not a member of this event' },
      { pointer: '/payload/actor/leakson', message: 'is not a member of this event' },
      { pointer: '/leakson', message: 'is not a member of the envelope' },
      { pointer: '/payload/details/Importia Leakson/0', message: 'must be of type string' },
      { pointer: '/payload/changes/0/field', message: 'is missing' },
    ]
    const error = new KeelsonError('payload_invalid', '/payload/Importia Leakson is not a member', { faults })
    const payload = admitted(
      validationFailed(batch, refusedRecord({ line: 1, index: 0, error }, '{}'), occurredAt),
    ) as unknown as { validationErrors: readonly { pointer: string }[] }
    expect(payload.validationErrors.map(({ pointer }) => pointer)).toEqual([
      '/payload',
      '/payload/actor',
      '',
      '/payload/details',
      '/payload/changes/0/field',
    ])
    expect(JSON.stringify(payload)).not.toMatch(/leakson/i)
  })

  it('keep the longest records that are kept', () => {
    const long = refusedRecord(
      { line: 1, index: 0, error: new KeelsonError('json_malformed') },
      '\u0001'.repeat(70_000),
      99_999,
    )
    expect(admitted(validationFailed(batch, long, occurredAt))).toMatchObject({ originalLength: 99_999 })
  })
})
