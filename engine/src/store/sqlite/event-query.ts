import { createRecordedEvent } from '../recorded-event.ts'
import type { RecordedEvent, SqlValue } from '../types.ts'

const columns = `e.position, e.sequence, n.name, s.name, e.version, t.name, e.leaf, e.leaf_hash, e.blind, e.body
  FROM event e
  JOIN tenant n ON n.id = e.tenant
  JOIN stream s ON s.id = e.stream
  JOIN event_type t ON t.id = e.type`

const tenantId = '(SELECT id FROM tenant WHERE name = ?1)'

/** The queries of the event store; each that is about one tenant takes its name first. */
export const eventQueries = {
  all: {
    forwards: `SELECT ${columns} WHERE e.position > ?1 ORDER BY e.position LIMIT ?2`,
    backwards: `SELECT ${columns} WHERE e.position < ?1 ORDER BY e.position DESC LIMIT ?2`,
  },
  tenant: {
    forwards: `SELECT ${columns} WHERE e.tenant = ${tenantId} AND e.position > ?2 ORDER BY e.position LIMIT ?3`,
    backwards: `SELECT ${columns} WHERE e.tenant = ${tenantId} AND e.position < ?2 ORDER BY e.position DESC LIMIT ?3`,
  },
  stream: {
    forwards: `SELECT ${columns} WHERE e.stream = (SELECT id FROM stream WHERE tenant = ${tenantId} AND name = ?2) AND e.version > ?3 ORDER BY e.version LIMIT ?4`,
    backwards: `SELECT ${columns} WHERE e.stream = (SELECT id FROM stream WHERE tenant = ${tenantId} AND name = ?2) AND e.version < ?3 ORDER BY e.version DESC LIMIT ?4`,
  },
  byId: `SELECT ${columns} WHERE e.position = (SELECT position FROM event_id WHERE tenant = ${tenantId} AND id = ?2)`,
  byPositions: `SELECT ${columns} WHERE e.tenant = ${tenantId} AND e.position IN (SELECT value FROM json_each(?2))`,
  head: 'SELECT coalesce(max(position), 0) FROM event',
  tenantHead: 'SELECT head_position FROM tenant WHERE name = ?1',
  checkpoint: 'SELECT position FROM checkpoint WHERE name = ?1',
} as const

export function toRecordedEvent(row: readonly SqlValue[]): RecordedEvent {
  return createRecordedEvent({
    position: row[0] as number,
    sequence: row[1] as number,
    tenantId: row[2] as string,
    stream: row[3] as string,
    version: row[4] as number,
    eventType: row[5] as string,
    leaf: row[6] as string,
    leafHash: row[7] as string,
    blind: Buffer.from(row[8] as Uint8Array).toString('base64url'),
    body: row[9] as string,
  })
}
