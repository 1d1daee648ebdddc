import { KeelsonError } from '../../../core/index.ts'
import type { ScanOptions, StoreReader } from '../../transfer/port.ts'
import type { DocumentRow, EventRow, StoreRows, TableName } from '../../transfer/rows.ts'
import { newestSchema } from '../start/migrations.ts'
import type { RowQuery, Values } from './row-query.ts'
import { rowQueries } from './row-query.ts'
import type { OfflineOptions } from './session.ts'
import { Session } from './session.ts'

/** Characters that a page is to have, and bounds of its rows. */
const pageLength = 2 * 1024 * 1024
const minPageRows = 20
const maxPageRows = 2_000

/** What is fixed for a store at its first start. */
export interface StoreFacts {
  readonly shards: number
  readonly schema: number
  readonly identity: string
}

/** The rows of a store; each use takes a session and gives it back. */
export class PostgresRows implements StoreReader {
  readonly kind = 'postgres'
  readonly location: string
  readonly identity: string
  readonly shards: number
  readonly isExclusive: boolean
  readonly #use: () => Promise<Session>
  readonly #giveBack: (session: Session) => Promise<void>
  readonly #end: () => Promise<void>
  #cursors = 0

  constructor(
    options: OfflineOptions,
    { shards, identity }: StoreFacts,
    sessions: Pick<SessionSource, 'use' | 'giveBack' | 'end'>,
  ) {
    this.location = options.location
    this.identity = identity
    this.isExclusive = options.isExclusive ?? false
    this.shards = shards
    this.#use = sessions.use
    this.#giveBack = sessions.giveBack
    this.#end = sessions.end
  }

  async *scan<T extends TableName>(
    table: T,
    { shard = 0, after = 0, tenant }: ScanOptions = {},
  ): AsyncGenerator<readonly StoreRows[T][]> {
    const { sql, takes, toRow } = rowQueries[table] as RowQuery<T>
    if (tenant !== undefined) {
      const ofTenant = sql.replace('ORDER BY', 'WHERE tenant = $1 ORDER BY')
      for await (const page of this.pages(ofTenant, [tenant])) yield page.map(toRow)
      return
    }
    for await (const page of this.pages(sql, [shard, after].slice(0, takes))) yield page.map(toRow)
  }

  async head(shard: number): Promise<number> {
    const rows = await this.rows('SELECT position FROM keelson.log_head WHERE shard = $1', [shard])
    return Number(rows[0]?.[0] ?? 0)
  }

  async bodyCounts(shard: number): Promise<ReadonlyMap<number, number>> {
    const rows = await this.rows(
      'SELECT state, count(*) FROM keelson.event WHERE shard = $1 GROUP BY state',
      [shard],
    )
    return new Map(rows.map(([state, count]) => [Number(state), Number(count)]))
  }

  async document(tenant: string, collection: string, id: string): Promise<DocumentRow | undefined> {
    const { sql, toRow } = rowQueries.document
    const one = sql.replace('ORDER BY', 'WHERE tenant = $1 AND collection = $2 AND id = $3 ORDER BY')
    return (await this.rows(one, [tenant, collection, id])).map(toRow)[0]
  }

  async events(shard: number, positions: readonly number[]): Promise<readonly EventRow[]> {
    const { sql, toRow } = rowQueries.event
    const some = sql.replace('position > $2', 'position = ANY ($2::bigint[])')
    return (await this.rows(some, [shard, positions])).map(toRow)
  }

  close(): Promise<void> {
    return this.#end()
  }

  async rows(sql: string, values: unknown[] = []): Promise<Values[]> {
    const session = await this.#use()
    try {
      return await session.rows(sql, values)
    } finally {
      await this.#giveBack(session)
    }
  }

  /** The rows of a query in pages of about the same size, through a cursor. */
  async *pages(sql: string, values: unknown[]): AsyncGenerator<readonly Values[]> {
    const session = await this.#use()
    this.#cursors += 1
    const cursor = `keelson_rows_${this.#cursors}`
    try {
      await session.rows(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${sql}`, values)
      let count = minPageRows
      while (true) {
        const page = await session.rows(`FETCH ${count} FROM ${cursor}`)
        if (page.length > 0) yield page
        if (page.length < count) break
        count = Math.min(
          maxPageRows,
          Math.max(minPageRows, Math.round((count * pageLength) / lengthOf(page))),
        )
      }
      await session.rows(`CLOSE ${cursor}`)
    } finally {
      await this.#giveBack(session)
    }
  }
}

/** Where sessions come from: one for all, which keeps to one moment, or a new one for each use. */
export interface SessionSource {
  use(): Promise<Session>
  giveBack(session: Session): Promise<void>
  end(): Promise<void>
}

/** Opens a store's database to read its rows as they are at one moment. */
export async function openPostgresReader(options: OfflineOptions): Promise<StoreReader> {
  const session = await Session.open(options)
  try {
    const facts = await factsOf(session, options.location)
    if (facts.schema < newestSchema())
      throw new KeelsonError(
        'store_foreign',
        `${options.location} has the older schema ${facts.schema}: open it with openPostgresStore once`,
      )
    return new PostgresRows(options, facts, oneMoment(session))
  } catch (error) {
    await session.close()
    throw error
  }
}

export function oneMoment(session: Session): SessionSource {
  return { use: async () => session, giveBack: async () => undefined, end: () => session.close() }
}

/** @throws KeelsonError `store_not_found`, `store_foreign`, `store_too_new`. */
export async function factsOf(session: Session, location: string): Promise<StoreFacts> {
  const [there] = await session.rows(
    "SELECT to_regnamespace('keelson') IS NOT NULL, to_regclass('keelson.schema_version') IS NOT NULL",
  )
  if (there?.[0] !== true) throw new KeelsonError('store_not_found', `There is no store at ${location}`)
  if (there[1] !== true)
    throw new KeelsonError('store_foreign', `${location} has a schema "keelson" that is not a store's`)
  const [version] = await session.rows('SELECT max(version) FROM keelson.schema_version')
  const schema = Number(version?.[0] ?? 0)
  if (schema > newestSchema())
    throw new KeelsonError(
      'store_too_new',
      `${location} has schema ${schema}; this Keelson knows up to ${newestSchema()}`,
    )
  const [row] = await session.rows('SELECT shards FROM keelson.store')
  // The moment at which the server was started, in microseconds, tells clusters apart, also one that is a copy.
  const [server] = await session.rows(
    `SELECT extract(epoch FROM pg_postmaster_start_time())::text || '/' || oid FROM pg_database
      WHERE datname = current_database()`,
  )
  return { shards: Number(row?.[0] ?? 1), schema, identity: String(server?.[0]) }
}

function lengthOf(page: readonly Values[]): number {
  let length = 1
  for (const row of page) for (const value of row) if (typeof value === 'string') length += value.length
  return length
}
