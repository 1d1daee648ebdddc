import { documentSelect, toDocument } from '../../read/document-select.ts'
import type { Select } from '../../read/event-select.ts'
import type { Document, DocumentQuery, Scope, SqlValue } from '../../types.ts'
import { toDollars } from '../connection/markers.ts'
import type { PostgresQuery } from '../connection/pool.ts'
import { rowsOf } from '../connection/pool.ts'
import type { ProductSql } from '../connection/product-sql.ts'
import { isOutdated } from '../connection/product-sql.ts'
import { ownTypes } from '../connection/row-types.ts'
import type { Sessions } from '../connection/sessions.ts'
import type { Turns } from '../connection/turns.ts'

/** Reads what stands beside the log: heads, checkpoints, documents and products' read models. */
export class TableReader {
  readonly #sessions: Sessions
  readonly #turns: Turns
  readonly #products: ProductSql

  constructor(sessions: Sessions, turns: Turns, products: ProductSql) {
    this.#sessions = sessions
    this.#turns = turns
    this.#products = products
  }

  /** Newest position of every shard. */
  async heads(): Promise<readonly (readonly [shard: number, position: number])[]> {
    const query = { rowMode: 'array', types: ownTypes, name: 'keelson_all_heads' } as const
    const rows = await this.#turns.take(undefined, () =>
      this.#sessions.use(client =>
        rowsOf(client, { ...query, text: 'SELECT shard, position FROM keelson.log_head' }),
      ),
    )
    return rows as [number, number][]
  }

  async checkpoint(name: string): Promise<number> {
    const sql = 'SELECT position FROM checkpoint WHERE name = ?'
    const [row] = await this.#select(undefined, { sql, params: [name] })
    return (row?.[0] as number | undefined) ?? 0
  }

  async document(tenantId: string, collection: string, id: string): Promise<Document | undefined> {
    return (await this.#select(tenantId, documentSelect.one(tenantId, collection, id))).map(toDocument)[0]
  }

  async documents(scope: Scope, collection: string, query: DocumentQuery): Promise<readonly Document[]> {
    const tenantId = scope.tenantId === 'every tenant' ? undefined : scope.tenantId
    return (await this.#select(tenantId, documentSelect.many(scope, collection, query))).map(toDocument)
  }

  async collections(tenantId: string): Promise<readonly string[]> {
    const rows = await this.#select(tenantId, documentSelect.collections(tenantId))
    return rows.map(([name]) => name as string).sort()
  }

  /** A product's own query; its tables are found as on any other connection of the database. */
  async query(
    tenantId: string | undefined,
    sql: string,
    params: readonly SqlValue[],
    signal: AbortSignal | undefined,
  ): Promise<SqlValue[][]> {
    const ask = (): Promise<SqlValue[][]> =>
      this.#sessions.readAsProduct(tenantId ?? '*', client => this.#products.ask(client, sql, params))
    return this.#turns.take(
      tenantId,
      () => ask().catch(error => (isOutdated(error) ? ask() : Promise.reject(error))),
      signal,
    )
  }

  async #select(tenantId: string | undefined, { sql, params }: Select): Promise<SqlValue[][]> {
    const query: PostgresQuery = {
      text: toDollars(sql),
      values: [...params],
      rowMode: 'array',
      types: ownTypes,
    }
    const rows = await this.#turns.take(tenantId, () =>
      this.#sessions.read(tenantId ?? '*', client => rowsOf(client, query)),
    )
    return rows as SqlValue[][]
  }
}
