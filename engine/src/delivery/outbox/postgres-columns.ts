import type { DeadOutboxRow, OutboxRow } from './outbox-row.ts'

/** As texts, so that nothing of JSON or of large numbers depends on how the driver is set. */
export const rowSelect = `position::text AS position, id::text AS id, aggregatetype, aggregateid, type,
  coalesce(payload, 'null')::text AS payload, tenantid, occurredat, headers::text AS headers,
  (extract(epoch FROM createdat) * 1000)::float8 AS createdat`

export const insertedColumns =
  'position, id, aggregatetype, aggregateid, type, payload, tenantid, occurredat, headers, createdat'

export function outboxRow(row: unknown): OutboxRow {
  const found = row as Omit<OutboxRow, 'position'> & { readonly position: string }
  return { ...found, position: Number(found.position) }
}

export function deadRow(row: unknown): DeadOutboxRow {
  const found = row as Omit<DeadOutboxRow, 'position'> & { readonly position: string }
  return { ...found, position: Number(found.position) }
}
