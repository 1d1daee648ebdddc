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

/** An event from a row of `eventColumns`. */
export function toRecordedEvent(row: readonly unknown[]): RecordedEvent {
  return createRecordedEvent({
    position: row[0] as number,
    sequence: row[1] as number,
    tenantId: row[2] as string,
    stream: row[3] as string,
    version: row[4] as number,
    eventType: row[5] as string,
    leaf: row[6] as string,
    leafHash: row[7] as string,
    blind: (row[8] as Buffer).toString('base64url'),
    body: row[9] as string,
    bodyState: bodyStates[row[10] as number] ?? 'removed',
  })
}
