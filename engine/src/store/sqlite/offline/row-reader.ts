import { statSync } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { KeelsonError } from '../../../core/index.ts'
import type { ScanOptions, StoreReader } from '../../transfer/port.ts'
import type { DocumentRow, EventRow, StoreRows, TableName } from '../../transfer/rows.ts'
import type { SqlValue } from '../../types.ts'
import { asStoreError } from '../database.ts'
import { newestSchema, openSnapshot, schemaOf } from './open-file.ts'
import type { FirstPositions, RowQueries, RowQuery } from './row-query.ts'
import { portableQueries } from './row-query.ts'

const maxPageRows = 1_000
const maxPageLength = 4 * 1024 * 1024

export interface SqliteReaderOptions {
  /** File of the database. */
  readonly path: string
  /** Whether nobody else may have the file open; `store_locked` where somebody has. */
  readonly isExclusive?: boolean
}

/** The rows of a store's file. */
export class SqliteRows implements StoreReader {
  readonly kind = 'sqlite'
  readonly location: string
  readonly identity: string
  readonly shards = 1
  readonly isExclusive: boolean
  readonly #database: DatabaseSync
  readonly #queries: RowQueries

  constructor(database: DatabaseSync, options: SqliteReaderOptions, queries: RowQueries) {
    this.#database = database
    this.#queries = queries
    this.location = options.path
    const { dev, ino } = statSync(options.path)
    this.identity = `${dev}/${ino}`
    this.isExclusive = options.isExclusive ?? false
  }

  scan<T extends TableName>(
    table: T,
    { after = 0, tenant }: ScanOptions = {},
  ): AsyncGenerator<readonly StoreRows[T][]> {
    const { sql, toRow } = this.#queries[table] as RowQuery<T>
    if (tenant !== undefined)
      return readPages(this.#database, sql.replace('ORDER BY', 'WHERE tenant = ? ORDER BY'), [tenant], toRow)
    return readPages(this.#database, sql, sql.includes('?1') ? [after] : [], toRow)
  }

  async head(): Promise<number> {
    const [row] = readAll<[number]>(this.#database, 'SELECT coalesce(max(position), 0) FROM event')
    return row?.[0] ?? 0
  }

  async bodyCounts(): Promise<ReadonlyMap<number, number>> {
    return new Map(
      readAll<[number, number]>(this.#database, 'SELECT state, count(*) FROM event GROUP BY state'),
    )
  }

  async document(tenant: string, collection: string, id: string): Promise<DocumentRow | undefined> {
    const { sql, toRow } = this.#queries.document
    const one = sql.replace('ORDER BY', 'WHERE tenant = ? AND collection = ? AND id = ? ORDER BY')
    return readAll(this.#database, one, [tenant, collection, id]).map(toRow)[0]
  }

  async events(_shard: number, positions: readonly number[]): Promise<readonly EventRow[]> {
    const { sql, toRow } = this.#queries.event
    const some = sql.replace('e.position > ?1', 'e.position IN (SELECT value FROM json_each(?1))')
    return readAll(this.#database, some, [JSON.stringify(positions)]).map(toRow)
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close()
  }
}

/** Opens a store's file to read its rows, with numbers that any store can have. */
export function openSqliteReader(options: SqliteReaderOptions): StoreReader {
  const database = openSnapshot(options.path, options.isExclusive ?? false)
  const schema = schemaOf(database)
  if (schema < newestSchema()) {
    database.close()
    throw new KeelsonError(
      'store_foreign',
      `${options.path} has the older schema ${schema}: open it with openSqliteStore once`,
    )
  }
  return new SqliteRows(database, options, portableQueries(firstPositions(database)))
}

function firstPositions(database: DatabaseSync): FirstPositions {
  const map = (sql: string) => new Map(readAll<[number, number]>(database, sql))
  return {
    tenants: map(
      'SELECT id, (SELECT min(position) FROM event WHERE tenant = tenant.id) FROM tenant WHERE size > 0',
    ),
    types: map('SELECT type, min(position) FROM event GROUP BY type'),
  }
}

/** A few rows at once. */
export function readAll<Row extends readonly SqlValue[]>(
  database: DatabaseSync,
  sql: string,
  params: readonly SqlValue[] = [],
): Row[] {
  try {
    const statement = database.prepare(sql)
    statement.setReturnArrays(true)
    return statement.all(...params) as unknown as Row[]
  } catch (error) {
    throw asStoreError(error)
  }
}

/** Rows in pages of bounded size; other work of the process goes on between them. */
export async function* readPages<T>(
  database: DatabaseSync,
  sql: string,
  params: readonly SqlValue[],
  toRow: (values: readonly SqlValue[]) => T,
): AsyncGenerator<readonly T[]> {
  try {
    const statement: StatementSync = database.prepare(sql)
    statement.setReturnArrays(true)
    let rows: T[] = []
    let length = 0
    for (const values of statement.iterate(...params) as unknown as Iterable<readonly SqlValue[]>) {
      rows.push(toRow(values))
      for (const value of values) if (typeof value === 'string') length += value.length
      if (rows.length < maxPageRows && length < maxPageLength) continue
      yield rows
      await setImmediate()
      rows = []
      length = 0
    }
    if (rows.length > 0) yield rows
  } catch (error) {
    throw asStoreError(error)
  }
}
