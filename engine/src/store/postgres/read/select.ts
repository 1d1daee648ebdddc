import type { TypeRow } from '../../read/event-select.ts'
import { bodyStates } from '../../read/event-select.ts'
import { createRecordedEvent } from '../../read/recorded-event.ts'
import type { RecordedEvent } from '../../types.ts'
import type { PostgresQueryable } from '../connection/pool.ts'
import { rowsOf } from '../connection/pool.ts'
import { ownTypes } from '../connection/row-types.ts'

export async function fetchTypes(client: PostgresQueryable, shard: number): Promise<TypeRow[]> {
  const rows = await rowsOf(client, {
    text: 'SELECT id, name, topic FROM keelson.event_type WHERE shard = $1',
    name: 'keelson_types',
    values: [shard],
    rowMode: 'array',
    types: ownTypes,
  })
  return rows.map(([id, name, topic]) => ({
    id: id as number,
    name: name as string,
    topic: topic as string,
  }))
}

/**
 * Events of a page, in whose rows a name is null where it is that of the row before, and a state where the body is
 * there. The rows are taken out of their array: what the driver's promises gave outlives collections of young memory, so
 * that half of all that is read would wait for a full one.
 */
export function takePage(rows: unknown[][]): RecordedEvent[] {
  let tenantId = ''
  let stream = ''
  let eventType = ''
  return rows.splice(0).map(row => {
    tenantId = (row[2] as string | null) ?? tenantId
    stream = (row[3] as string | null) ?? stream
    eventType = (row[5] as string | null) ?? eventType
    return recordedEvent(row, tenantId, stream, eventType)
  })
}

/** An event from a row of `eventColumns`. */
export function toRecordedEvent(row: readonly unknown[]): RecordedEvent {
  return recordedEvent(row, row[2] as string, row[3] as string, row[5] as string)
}

function recordedEvent(
  row: readonly unknown[],
  tenantId: string,
  stream: string,
  eventType: string,
): RecordedEvent {
  return createRecordedEvent({
    position: row[0] as number,
    sequence: row[1] as number,
    tenantId,
    stream,
    version: row[4] as number,
    eventType,
    leaf: row[6] as string,
    leafHash: row[7] as string,
    blind: row[8] as string,
    body: row[9] as string,
    bodyState: bodyStates[(row[10] as number | null) ?? 0] ?? 'removed',
    secrets: (row[11] as string | null) ?? '',
  })
}
