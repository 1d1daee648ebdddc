import type { StoreRows, TableName } from '../../transfer/rows.ts'

/** Columns of a table with their types, the primary key first. */
export interface TableColumns<T extends TableName> {
  readonly name: string
  readonly keyLength: number
  readonly columns: readonly (readonly [name: string, type: string, value: (row: StoreRows[T]) => unknown])[]
  /** Whether the table has a part in each shard. */
  readonly isSharded: boolean
}

export const tableColumns: { readonly [T in TableName]: TableColumns<T> } = {
  tenant: {
    name: 'tenant',
    keyLength: 1,
    isSharded: true,
    columns: [
      ['id', 'bigint', row => row.id],
      ['name', 'text', row => row.name],
      ['size', 'bigint', row => row.size],
      ['head_hash', 'text', row => row.headHash],
      ['head_time', 'bigint', row => row.headTime],
      ['head_position', 'bigint', row => row.headPosition],
      ['deleted_at', 'bigint', row => row.deletedAt],
    ],
  },
  stream: {
    name: 'stream',
    keyLength: 1,
    isSharded: true,
    columns: [
      ['id', 'bigint', row => row.id],
      ['tenant', 'bigint', row => row.tenant],
      ['name', 'text', row => row.name],
      ['version', 'bigint', row => row.version],
      ['state', 'smallint', row => row.state],
    ],
  },
  type: {
    name: 'event_type',
    keyLength: 1,
    isSharded: true,
    columns: [
      ['id', 'bigint', row => row.id],
      ['name', 'text', row => row.name],
      ['topic', 'text', row => row.topic],
    ],
  },
  event: {
    name: 'event',
    keyLength: 1,
    isSharded: true,
    columns: [
      ['position', 'bigint', row => row.position],
      ['tenant', 'bigint', row => row.tenant],
      ['sequence', 'bigint', row => row.sequence],
      ['stream', 'bigint', row => row.stream],
      ['version', 'bigint', row => row.version],
      ['type', 'bigint', row => row.type],
      ['filled', 'integer', row => row.filled],
      ['state', 'smallint', row => row.state],
      ['leaf', 'text', row => row.leaf],
      ['leaf_hash', 'text', row => row.leafHash],
      ['blind', 'text', row => Buffer.from(row.blind, 'base64url').toString('hex')],
      ['body', 'text', row => row.body],
      ['secrets', 'text', row => row.secrets],
    ],
  },
  eventId: {
    name: 'event_id',
    keyLength: 2,
    isSharded: true,
    columns: [
      ['tenant', 'bigint', row => row.tenant],
      ['id', 'text', row => row.id],
      ['position', 'bigint', row => row.position],
    ],
  },
  link: {
    name: 'event_link',
    keyLength: 3,
    isSharded: true,
    columns: [
      ['tenant', 'bigint', row => row.tenant],
      ['link', 'text', row => row.link],
      ['position', 'bigint', row => row.position],
    ],
  },
  key: {
    name: 'idempotency_key',
    keyLength: 2,
    isSharded: true,
    columns: [
      ['tenant', 'bigint', row => row.tenant],
      ['key', 'text', row => row.key],
      ['first_position', 'bigint', row => row.position],
      ['event_count', 'integer', row => row.count],
    ],
  },
  checkpoint: {
    name: 'checkpoint',
    keyLength: 1,
    isSharded: false,
    columns: [
      ['name', 'text', row => row.name],
      ['position', 'bigint', row => row.position],
    ],
  },
  document: {
    name: 'document',
    keyLength: 3,
    isSharded: false,
    columns: [
      ['tenant', 'text', row => row.tenant],
      ['collection', 'text', row => row.collection],
      ['id', 'text', row => row.id],
      ['revision', 'bigint', row => row.revision],
      ['due', 'bigint', row => row.due],
      ['value', 'text', row => row.value],
    ],
  },
}
