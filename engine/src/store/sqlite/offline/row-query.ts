import { KeelsonError } from '../../../core/index.ts'
import type { StoreRows, TableName } from '../../transfer/rows.ts'
import type { SqlValue } from '../../types.ts'

type Values = readonly SqlValue[]

/** Reads a table: its columns in the order that `toRow` takes them. `?1` is the position to begin after. */
export interface RowQuery<T extends TableName> {
  readonly sql: string
  readonly toRow: (values: Values) => StoreRows[T]
}

export type RowQueries = { readonly [T in TableName]: RowQuery<T> }

const integer = (value: SqlValue | undefined): number => value as number
const text = (value: SqlValue | undefined): string => value as string
const optional = (value: SqlValue | undefined): number | null => value as number | null

const eventColumns = `e.position, e.tenant, e.sequence, e.stream, e.version, e.type, e.filled, e.state, e.leaf,
  e.leaf_hash, e.blind, e.body, e.secrets`

const toEvent = (values: Values): StoreRows['event'] => ({
  position: integer(values[0]),
  tenant: integer(values[1]),
  sequence: integer(values[2]),
  stream: integer(values[3]),
  version: integer(values[4]),
  type: integer(values[5]),
  filled: integer(values[6]),
  state: integer(values[7]),
  leaf: text(values[8]),
  leafHash: text(values[9]),
  blind: Buffer.from(values[10] as Uint8Array).toString('base64url'),
  body: text(values[11]),
  secrets: text(values[12]),
})

const toStream = (values: Values): StoreRows['stream'] => ({
  id: integer(values[0]),
  tenant: integer(values[1]),
  name: text(values[2]),
  version: integer(values[3]),
  state: integer(values[4]),
})

/** Rows with the numbers that the database has itself. */
export const ownQueries: RowQueries = {
  tenant: {
    sql: 'SELECT id, name, size, head_hash, head_time, head_position, deleted_at FROM tenant ORDER BY id',
    toRow: values => ({
      id: integer(values[0]),
      name: text(values[1]),
      size: integer(values[2]),
      headHash: text(values[3]),
      headTime: integer(values[4]),
      headPosition: integer(values[5]),
      deletedAt: optional(values[6]),
    }),
  },
  stream: { sql: 'SELECT id, tenant, name, version, state FROM stream ORDER BY id', toRow: toStream },
  type: {
    sql: 'SELECT id, name, topic FROM event_type ORDER BY id',
    toRow: values => ({ id: integer(values[0]), name: text(values[1]), topic: text(values[2]) }),
  },
  event: {
    sql: `SELECT ${eventColumns} FROM event e WHERE e.position > ?1 ORDER BY e.position`,
    toRow: toEvent,
  },
  eventId: {
    sql: 'SELECT position, tenant, id FROM event_id WHERE position > ?1 ORDER BY position, id',
    toRow: values => ({ position: integer(values[0]), tenant: integer(values[1]), id: text(values[2]) }),
  },
  link: {
    sql: 'SELECT position, tenant, link FROM event_link WHERE position > ?1 ORDER BY position, link',
    toRow: values => ({ position: integer(values[0]), tenant: integer(values[1]), link: text(values[2]) }),
  },
  key: {
    sql: `SELECT first_position, tenant, key, event_count FROM idempotency_key WHERE first_position > ?1
      ORDER BY first_position, key`,
    toRow: values => ({
      position: integer(values[0]),
      tenant: integer(values[1]),
      key: text(values[2]),
      count: integer(values[3]),
    }),
  },
  checkpoint: {
    sql: 'SELECT name, position FROM checkpoint ORDER BY name',
    toRow: values => ({ name: text(values[0]), position: integer(values[1]) }),
  },
  document: {
    sql: `SELECT tenant, collection, id, revision, due, value FROM document ORDER BY tenant, collection, id`,
    toRow: values => ({
      tenant: text(values[0]),
      collection: text(values[1]),
      id: text(values[2]),
      revision: integer(values[3]),
      due: optional(values[4]),
      value: text(values[5]),
    }),
  },
}

/** Numbers by which any store can know tenants and types: the positions of their first events. */
export interface FirstPositions {
  readonly tenants: ReadonlyMap<number, number>
  readonly types: ReadonlyMap<number, number>
}

/**
 * Rows whose tenants, streams and types are numbered by the positions of their first events, as every store can have
 * them. Tenants and types without events are left out: a refused append may leave such a row.
 */
export function portableQueries({ tenants, types }: FirstPositions): RowQueries {
  const tenantOf = <T extends { readonly tenant: number }>(row: T): T => ({
    ...row,
    tenant: tenants.get(row.tenant) ?? 0,
  })
  const own = ownQueries
  return {
    ...own,
    tenant: {
      sql: own.tenant.sql.replace(
        'ORDER BY id',
        'WHERE size > 0 ORDER BY (SELECT min(position) FROM event WHERE event.tenant = tenant.id)',
      ),
      toRow: values => {
        const row = own.tenant.toRow(values)
        const id = tenants.get(row.id) ?? 0
        return { ...row, id, name: row.deletedAt === null ? row.name : `deleted:${id}` }
      },
    },
    stream: {
      // Streams of deleted tenants are named by their numbers.
      sql: `SELECT f.position, s.tenant,
          CASE WHEN t.deleted_at IS NOT NULL AND s.name = 'deleted:' || s.id THEN 'deleted:' || f.position ELSE s.name END,
          s.version, s.state
        FROM stream s JOIN event f ON f.stream = s.id AND f.version = 1 JOIN tenant t ON t.id = s.tenant
        ORDER BY f.position`,
      toRow: values => tenantOf(toStream(values)),
    },
    type: {
      sql: `SELECT t.id, t.name, t.topic FROM event_type t
        JOIN (SELECT type, min(position) AS first FROM event GROUP BY type) f ON f.type = t.id ORDER BY f.first`,
      toRow: values => {
        const row = own.type.toRow(values)
        return { ...row, id: types.get(row.id) ?? 0 }
      },
    },
    event: {
      sql: `SELECT ${eventColumns.replace('e.stream', 'f.position')} FROM event e
        LEFT JOIN event f ON f.stream = e.stream AND f.version = 1
        WHERE e.position > ?1 ORDER BY e.position`,
      toRow: values => {
        const row = tenantOf(toEvent(values))
        if (row.stream === null)
          throw new KeelsonError('store_damaged', `The event at position ${row.position} stands in no stream`)
        return { ...row, type: types.get(row.type) ?? 0 }
      },
    },
    eventId: { ...own.eventId, toRow: values => tenantOf(own.eventId.toRow(values)) },
    link: { ...own.link, toRow: values => tenantOf(own.link.toRow(values)) },
    key: { ...own.key, toRow: values => tenantOf(own.key.toRow(values)) },
  }
}
