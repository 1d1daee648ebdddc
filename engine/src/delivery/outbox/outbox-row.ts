import type { Envelope, JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject, KeelsonError } from '../../core/index.ts'

/** A row of an outbox table: the columns of Debezium's outbox router by their names there, and ours. */
export interface OutboxRow {
  /** Place in the order of the table. */
  readonly position: number
  /** The event's id. */
  readonly id: string
  readonly aggregatetype: string
  readonly aggregateid: string
  /** The event's type. */
  readonly type: string
  /** JSON text. */
  readonly payload: string
  readonly tenantid: string
  /** RFC 3339. */
  readonly occurredat: string
  /** JSON text of the envelope's other members; null where there are none. */
  readonly headers: string | null
  /** Milliseconds since the epoch. */
  readonly createdat: number
}

/** A row that is not published: the relay has set it aside. */
export interface DeadOutboxRow extends OutboxRow {
  readonly errorcode: string
  readonly errormessage: string
  readonly attempts: number
  /** Milliseconds since the epoch. */
  readonly diedat: number
}

/** Rows of one key go out in their order. */
export const aggregateKey = ({ tenantid, aggregatetype, aggregateid }: OutboxRow): string =>
  `${tenantid}\u001f${aggregatetype}\u001f${aggregateid}`

type WrittenRow = Omit<OutboxRow, 'position' | 'createdat'>

/** @throws KeelsonError `outbox_invalid` where the event belongs to no aggregate. */
export function toRow(envelope: Envelope): WrittenRow {
  const { eventId, eventType, tenantId, occurredAt, aggregateType, aggregateId, payload, ...headers } =
    envelope
  if (aggregateType === undefined || aggregateId === undefined) {
    const faults = (['aggregateType', 'aggregateId'] as const)
      .filter(name => envelope[name] === undefined)
      .map(name => ({ pointer: `/${name}`, message: 'is missing' }))
    throw new KeelsonError(
      'outbox_invalid',
      'An event in an outbox has an aggregateType and an aggregateId',
      {
        faults,
      },
    )
  }
  return {
    id: eventId,
    aggregatetype: aggregateType,
    aggregateid: aggregateId,
    type: eventType,
    payload: JSON.stringify(payload),
    tenantid: tenantId,
    occurredat: occurredAt,
    headers: JSON.stringify(headers),
  }
}

/** The event of a row, which others than `writeOutbox` may have written. @throws SyntaxError where it is no JSON. */
export function toEvent(row: OutboxRow): JsonObject {
  const headers: JsonValue = row.headers === null ? {} : JSON.parse(row.headers)
  return {
    ...(isJsonObject(headers) ? headers : {}),
    eventId: row.id,
    eventType: row.type,
    tenantId: row.tenantid,
    occurredAt: row.occurredat,
    aggregateType: row.aggregatetype,
    aggregateId: row.aggregateid,
    payload: JSON.parse(row.payload),
  }
}
