import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { KeelsonError } from '../../../core/index.ts'
import type { StoreTarget, TableChange } from '../../transfer/port.ts'
import type { StoreRows, TableName } from '../../transfer/rows.ts'
import type { SqlValue } from '../../types.ts'
import { asStoreError, openForReading, openForWriting } from '../database.ts'
import { ownQueries } from './row-query.ts'
import type { SqliteReaderOptions } from './row-reader.ts'
import { SqliteRows } from './row-reader.ts'

interface TableSql<T extends TableName> {
  readonly put: string
  readonly remove: string
  /** The columns of `put`, the primary key first. */
  readonly values: (row: StoreRows[T]) => readonly SqlValue[]
  /** Length of the primary key. */
  readonly keyLength: number
}

/** Opens or makes the file of a store that another one is moved into. */
export function openSqliteTarget(options: { readonly path: string }): StoreTarget {
  makeFolder(dirname(options.path))
  const database = openForWriting({ path: options.path, durability: 'fsync' })
  const reading = openForReading(options.path)
  // On disk rather than in memory: what is sorted here may be large.
  reading.exec('PRAGMA temp_store = FILE')
  return new SqliteTarget(database, reading, options)
}

/** Reads through a connection of its own, so that a scan goes on while something is written. */
class SqliteTarget extends SqliteRows implements StoreTarget {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync, reading: DatabaseSync, options: SqliteReaderOptions) {
    super(reading, options, ownQueries)
    this.#database = database
  }

  async write(_shard: number, changes: readonly TableChange[]): Promise<void> {
    const database = this.#database
    try {
      database.exec('BEGIN IMMEDIATE')
      for (const change of changes) this.#apply(change)
      database.exec('COMMIT')
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw asStoreError(error)
    }
  }

  async settle(): Promise<void> {
    this.#database.exec('PRAGMA optimize')
  }

  override async close(): Promise<void> {
    await super.close()
    if (this.#database.isOpen) this.#database.close()
  }

  #apply(change: TableChange): void {
    const { put, remove, values, keyLength } = tables[change.table] as TableSql<TableName>
    for (const row of change.remove) this.#statement(remove).run(...values(row).slice(0, keyLength))
    for (const row of change.put) this.#statement(put).run(...values(row))
  }

  #statement(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new KeelsonError('store_unwritable', `The folder ${folder} cannot be made`, {}, error)
  }
}

function table<T extends TableName>(
  name: string,
  keyColumns: readonly string[],
  otherColumns: readonly string[],
  values: TableSql<T>['values'],
): TableSql<T> {
  const columns = [...keyColumns, ...otherColumns]
  const update = otherColumns.map(column => `${column} = excluded.${column}`).join(', ')
  return {
    put: `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
      ON CONFLICT (${keyColumns.join(', ')}) DO ${update === '' ? 'NOTHING' : `UPDATE SET ${update}`}`,
    remove: `DELETE FROM ${name} WHERE ${keyColumns.map(column => `${column} = ?`).join(' AND ')}`,
    values,
    keyLength: keyColumns.length,
  }
}

const tables: { readonly [T in TableName]: TableSql<T> } = {
  tenant: table(
    'tenant',
    ['id'],
    ['name', 'size', 'head_hash', 'head_time', 'head_position', 'deleted_at'],
    row => [row.id, row.name, row.size, row.headHash, row.headTime, row.headPosition, row.deletedAt],
  ),
  stream: table('stream', ['id'], ['tenant', 'name', 'version', 'state'], row => [
    row.id,
    row.tenant,
    row.name,
    row.version,
    row.state,
  ]),
  type: table('event_type', ['id'], ['name', 'topic'], row => [row.id, row.name, row.topic]),
  event: table(
    'event',
    ['position'],
    [
      'tenant',
      'sequence',
      'stream',
      'version',
      'type',
      'filled',
      'state',
      'leaf',
      'leaf_hash',
      'blind',
      'body',
      'secrets',
    ],
    row => [
      row.position,
      row.tenant,
      row.sequence,
      row.stream,
      row.version,
      row.type,
      row.filled,
      row.state,
      row.leaf,
      row.leafHash,
      Buffer.from(row.blind, 'base64url'),
      row.body,
      row.secrets,
    ],
  ),
  eventId: table('event_id', ['tenant', 'id'], ['position'], row => [row.tenant, row.id, row.position]),
  link: table('event_link', ['tenant', 'link', 'position'], [], row => [row.tenant, row.link, row.position]),
  key: table('idempotency_key', ['tenant', 'key'], ['first_position', 'event_count'], row => [
    row.tenant,
    row.key,
    row.position,
    row.count,
  ]),
  checkpoint: table('checkpoint', ['name'], ['position'], row => [row.name, row.position]),
  document: table('document', ['tenant', 'collection', 'id'], ['revision', 'due', 'value'], row => [
    row.tenant,
    row.collection,
    row.id,
    row.revision,
    row.due,
    row.value,
  ]),
}
