import type { EnvelopeInput, FieldFault, JsonObject, JsonValue, KeelsonError } from 'keelson'
import type { RefusedRecord } from './input/refused-record.ts'
import { digestId, prefixedId } from './record/digest.ts'
import { cut } from './record/to-audit-event.ts'
import type { ImportProgress } from './run.ts'

/** What the events of one import have in common. */
export interface BatchFacts {
  /** The same for the same content from the same source. */
  readonly batchId: string
  /** Name of the source. */
  readonly source: string
  readonly tenantId?: string
}

/** An import begins to store events. */
export function batchStarted(
  batch: BatchFacts,
  facts: {
    readonly format: string
    readonly occurredAt: string
    readonly fileName?: string
    readonly eventCount?: number
  },
): EnvelopeInput<JsonObject> {
  const { format, occurredAt, fileName, eventCount } = facts
  const payload = { source: cut(batch.source, 512), format, fileName: cut(fileName, 512), eventCount }
  return event(
    batch,
    'BatchIngestionStarted',
    prefixedId('batch-started-', batch.batchId),
    occurredAt,
    payload,
  )
}

/** An import came to its end. `duration` is in milliseconds. */
export function batchCompleted(
  batch: BatchFacts,
  facts: { readonly progress: ImportProgress; readonly duration: number; readonly occurredAt: string },
): EnvelopeInput<JsonObject> {
  const { progress, duration, occurredAt } = facts
  return event(batch, 'BatchIngestionCompleted', prefixedId('batch-completed-', batch.batchId), occurredAt, {
    successCount: progress.stored,
    duplicateCount: progress.duplicates,
    failureCount: progress.refused,
    duration,
    bytes: progress.bytes,
  })
}

/**
 * A record gave no event. The id is a digest of the source's name and the whole record, so that the same record is
 * reported once, in whichever line of whichever import it comes.
 */
export function validationFailed(
  batch: Partial<BatchFacts> & Pick<BatchFacts, 'source'>,
  refused: RefusedRecord,
  occurredAt: string,
): EnvelopeInput<JsonObject> {
  const { error, line, original, length, sha256 } = refused
  const eventId = digestId('vf-', `${batch.source}\n${sha256}\n${length}`)
  return event(batch, 'AuditEventValidationFailed', eventId, occurredAt, {
    eventId,
    source: cut(batch.source, 512),
    line,
    validationErrors: errorsOf(error),
    originalPayload: original,
    originalLength: length,
    originalSha256: sha256,
  })
}

/**
 * Where a fault lies, in names that a schema may have: of a member that nobody knows its parent, as the name was chosen
 * by who sent the record and may be personal. The whole place stands in the record, which is sealed.
 */
function placeOf({ pointer, message }: FieldFault): string {
  const steps = pointer.split('/').slice(1)
  const known = message.startsWith('is not a member') ? steps.slice(0, -1) : steps
  const strange = known.findIndex(step => !/^[\w.-]{1,64}$/.test(step))
  return (strange < 0 ? known : known.slice(0, strange))
    .map(step => `/${step}`)
    .join('')
    .slice(0, 1024)
}

function errorsOf(error: KeelsonError): JsonValue[] {
  const { code } = error
  const faults = error.details.faults ?? []
  if (faults.length === 0) return [{ code, message: cut(error.message, 2048) }]
  return faults.slice(0, 50).map(fault => ({
    code,
    pointer: placeOf(fault),
    message: cut(fault.message || error.message, 2048),
  }))
}

function event(
  batch: Partial<BatchFacts>,
  eventType: string,
  eventId: string,
  occurredAt: string,
  facts: Record<string, JsonValue | undefined>,
): EnvelopeInput<JsonObject> {
  const { batchId, tenantId } = batch
  const members = { batchId, tenantId, ...facts }
  const payload = Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as JsonObject
  return {
    eventId,
    eventType,
    schemaVersion: '1.0',
    occurredAt,
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(batchId === undefined ? {} : { correlationId: batchId }),
    payload,
  }
}
