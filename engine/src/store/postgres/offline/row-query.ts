import type { StoreRows, TableName } from '../../transfer/rows.ts'

/** A row as the driver gives it; numbers beyond 32 bits come as text. */
export type Values = readonly unknown[]

/** Reads a table of a shard (`$1`), where it has one, after a position (`$2`). */
export interface RowQuery<T extends TableName> {
  readonly sql: string
  /** How many of shard and position the query takes. */
  readonly takes: 0 | 1 | 2
  readonly toRow: (values: Values) => StoreRows[T]
}

export type RowQueries = { readonly [T in TableName]: RowQuery<T> }

const text = (value: unknown): string => value as string
const optional = (value: unknown): number | null => (value === null ? null : Number(value))

/** Tenants, streams and types are numbered by the positions of their first events, as every store can have them. */
export const rowQueries: RowQueries = {
  tenant: {
    sql: `SELECT id, name, size, head_hash, head_time, head_position, deleted_at FROM keelson.tenant
      WHERE shard = $1 ORDER BY id`,
    takes: 1,
    toRow: values => ({
      id: Number(values[0]),
      name: text(values[1]),
      size: Number(values[2]),
      headHash: text(values[3]),
      headTime: Number(values[4]),
      headPosition: Number(values[5]),
      deletedAt: optional(values[6]),
    }),
  },
  stream: {
    sql: 'SELECT id, tenant, name, version, state FROM keelson.stream WHERE shard = $1 ORDER BY id',
    takes: 1,
    toRow: values => ({
      id: Number(values[0]),
      tenant: Number(values[1]),
      name: text(values[2]),
      version: Number(values[3]),
      state: Number(values[4]),
    }),
  },
  type: {
    sql: 'SELECT id, name, topic FROM keelson.event_type WHERE shard = $1 ORDER BY id',
    takes: 1,
    toRow: values => ({ id: Number(values[0]), name: text(values[1]), topic: text(values[2]) }),
  },
  event: {
    sql: `SELECT position, tenant, sequence, stream, version, type, filled, state, leaf, leaf_hash, blind, body,
        secrets
      FROM keelson.event WHERE shard = $1 AND position > $2 ORDER BY position`,
    takes: 2,
    toRow: values => ({
      position: Number(values[0]),
      tenant: Number(values[1]),
      sequence: Number(values[2]),
      stream: Number(values[3]),
      version: Number(values[4]),
      type: Number(values[5]),
      filled: Number(values[6]),
      state: Number(values[7]),
      leaf: text(values[8]),
      leafHash: text(values[9]),
      blind: (values[10] as Buffer).toString('base64url'),
      body: text(values[11]),
      secrets: text(values[12]),
    }),
  },
  eventId: {
    sql: `SELECT position, tenant, id FROM keelson.event_id WHERE shard = $1 AND position > $2
      ORDER BY position, id`,
    takes: 2,
    toRow: values => ({ position: Number(values[0]), tenant: Number(values[1]), id: text(values[2]) }),
  },
  link: {
    sql: `SELECT position, tenant, link FROM keelson.event_link WHERE shard = $1 AND position > $2
      ORDER BY position, link`,
    takes: 2,
    toRow: values => ({ position: Number(values[0]), tenant: Number(values[1]), link: text(values[2]) }),
  },
  key: {
    sql: `SELECT first_position, tenant, key, event_count FROM keelson.idempotency_key
      WHERE shard = $1 AND first_position > $2 ORDER BY first_position, key`,
    takes: 2,
    toRow: values => ({
      position: Number(values[0]),
      tenant: Number(values[1]),
      key: text(values[2]),
      count: Number(values[3]),
    }),
  },
  checkpoint: {
    sql: 'SELECT name, position FROM keelson.checkpoint ORDER BY name',
    takes: 0,
    toRow: values => ({ name: text(values[0]), position: Number(values[1]) }),
  },
  document: {
    sql: `SELECT tenant, collection, id, revision, due, value FROM keelson.document
      ORDER BY tenant, collection, id`,
    takes: 0,
    toRow: values => ({
      tenant: text(values[0]),
      collection: text(values[1]),
      id: text(values[2]),
      revision: Number(values[3]),
      due: optional(values[4]),
      value: text(values[5]),
    }),
  },
}
