import type {
  CompiledQuery,
  DatabaseConnection,
  DatabaseIntrospector,
  Dialect,
  DialectAdapter,
  Driver,
  Kysely,
  QueryCompiler,
  QueryResult,
} from 'kysely'
import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { KeelsonError } from '../../../core/index.ts'
import type { EventStore } from '../../port.ts'
import type { Scope, SqlValue } from '../../types.ts'
import { columnNames } from './column-names.ts'
import { toParams } from './sql-value.ts'

type Sql = 'sqlite' | 'postgres'

const writes: ReadonlySet<string> = new Set([
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
  'MergeQueryNode',
])

/** Kysely's dialect of a store: its compiler for the database, and a driver over the store's port. */
export class StoreDialect implements Dialect {
  readonly #store: EventStore
  readonly #scope: Scope
  readonly #sql: Sql

  constructor(store: EventStore, scope: Scope, sql: Sql) {
    this.#store = store
    this.#scope = scope
    this.#sql = sql
  }

  createDriver(): Driver {
    return new StoreDriver(new StoreConnection(this.#store, this.#scope, this.#sql))
  }

  createQueryCompiler(): QueryCompiler {
    return this.#sql === 'sqlite' ? new SqliteQueryCompiler() : new NumberedCompiler()
  }

  createAdapter(): DialectAdapter {
    return this.#sql === 'sqlite' ? new SharedSqliteAdapter() : new PostgresAdapter()
  }

  // biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature
  createIntrospector(database: Kysely<any>): DatabaseIntrospector {
    return this.#sql === 'sqlite' ? new SqliteIntrospector(database) : new PostgresIntrospector(database)
  }
}

/** Marks parameters as the store's statements do on every database. */
class NumberedCompiler extends PostgresQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return `?${this.numParameters}`
  }
}

/** The store has connections of its own, so that queries need not wait for each other here. */
class SharedSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

class StoreDriver implements Driver {
  readonly #connection: DatabaseConnection

  constructor(connection: DatabaseConnection) {
    this.#connection = connection
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async beginTransaction(): Promise<void> {
    throw new KeelsonError(
      'append_invalid',
      'A transaction of the store is a unit of work: build the statements, and commit them together with toStatement',
    )
  }

  async commitTransaction(): Promise<void> {}

  async rollbackTransaction(): Promise<void> {}

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

class StoreConnection implements DatabaseConnection {
  readonly #store: EventStore
  readonly #scope: Scope
  readonly #sql: Sql

  constructor(store: EventStore, scope: Scope, sql: Sql) {
    this.#store = store
    this.#scope = scope
    this.#sql = sql
  }

  executeQuery<Row>(
    query: CompiledQuery,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<QueryResult<Row>> {
    return SelectQueryNode.is(query.query)
      ? this.#select<Row>(query, options.signal)
      : this.#write<Row>(query)
  }

  // biome-ignore lint/correctness/useYield: a stream that is refused gives nothing
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new KeelsonError(
      'read_invalid',
      'The store answers a query whole: read in pages, by limit and by key',
    )
  }

  async #select<Row>(
    { query, sql, parameters }: CompiledQuery,
    signal?: AbortSignal,
  ): Promise<QueryResult<Row>> {
    const names = await columnNames(query, (table, schema) => this.#columns(table, schema))
    const params = toParams(parameters, 'read_invalid')
    const rows = await this.#store.query(this.#scope, sql, params, signal ? { signal } : {})
    return { rows: rows.map(row => toObject(names, row) as Row) }
  }

  async #write<Row>({ query, sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    if (query.kind === 'RawNode')
      throw new KeelsonError(
        'append_invalid',
        'Hand-written SQL goes to the store: by `query`, or in a unit of work',
      )
    if (!writes.has(query.kind))
      throw new KeelsonError(
        'append_invalid',
        'The query builder makes no tables: the store does, by `define`',
      )
    if ('returning' in query && query.returning !== undefined)
      throw new KeelsonError('append_invalid', 'A write gives nothing back: read what it wrote afterwards')
    await this.#store.commit({
      scope: this.#scope,
      statements: [{ sql, params: toParams(parameters, 'append_invalid') }],
    })
    return { rows: [] }
  }

  async #columns(table: string, schema: string | undefined): Promise<readonly string[]> {
    const [sql, params] = columnQuery(this.#sql, table, schema)
    const rows = await this.#store.query(this.#scope, sql, params)
    return rows.map(([name]) => String(name))
  }
}

function columnQuery(sql: Sql, table: string, schema: string | undefined): [string, SqlValue[]] {
  // Hidden columns are not in `*`, generated ones (2 and 3) are.
  if (sql === 'sqlite')
    return ['SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid', [table]]
  const quoted = [schema, table]
    .filter(name => name !== undefined)
    .map(name => `"${name.replaceAll('"', '""')}"`)
  return [
    `SELECT attname::text FROM pg_catalog.pg_attribute
     WHERE attrelid = CAST(CAST(? AS text) AS regclass) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [quoted.join('.')],
  ]
}

function toObject(names: readonly string[], row: readonly SqlValue[]): Record<string, SqlValue> {
  if (row.length !== names.length)
    throw new KeelsonError(
      'read_invalid',
      `The query gives ${row.length} columns, of which ${names.length} are named`,
    )
  return Object.fromEntries(row.map((value, index) => [names[index] as string, value]))
}
