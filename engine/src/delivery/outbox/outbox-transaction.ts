import { KeelsonError } from '../../core/index.ts'
import type { OutboxDialect } from './outbox-schema.ts'

/** A transaction of a product, which decides itself when it begins and ends. */
export interface OutboxTransaction {
  readonly dialect: OutboxDialect
  /** Runs one statement within it, with parameters as the dialect marks them: `$1`, or `?`. */
  run(sql: string, params: readonly unknown[]): Promise<unknown>
}

/** The shape of a `pg` client; one that is within a transaction, which a pool never is. */
export interface PgClient {
  query(text: string, values: unknown[]): Promise<unknown>
  /** `I` outside a transaction; clients of older versions do not tell it. */
  getTransactionStatus?(): string | null
  /** What a pool has: each of its queries may run on another connection. */
  readonly totalCount?: never
}

/**
 * For `writeOutbox`: the transaction that was begun on this client of `pg`.
 *
 * @throws KeelsonError `outbox_invalid` for a pool; so does the write where the client says that nothing was begun.
 */
export function pgTransaction(client: PgClient): OutboxTransaction {
  if ('totalCount' in client)
    throw refuseConnection('is a pool: take a client of it with `connect`, and begin the transaction there')
  return {
    dialect: 'postgres',
    run(sql, params) {
      // A BEGIN that is only on its way is refused, too: what comes of it is not known when the statement is sent.
      if (client.getTransactionStatus?.() === 'I')
        throw refuseConnection('is outside a transaction: wait for BEGIN on this client first')
      return client.query(sql, [...params])
    },
  }
}

const refuseConnection = (message: string): KeelsonError =>
  new KeelsonError('outbox_invalid', `The connection ${message}`, {
    faults: [{ pointer: '', message }],
  })

/** The shape of a Kysely `Transaction`. */
export interface KyselyTransaction {
  /** False on what is not within one, each of whose queries may run on another connection. */
  readonly isTransaction: true
  executeQuery(query: {
    compile(): {
      readonly sql: string
      readonly parameters: readonly unknown[]
      readonly query: KyselyRawNode
      readonly queryId: { readonly queryId: string }
    }
  }): Promise<unknown>
}

interface KyselyRawNode {
  readonly kind: 'RawNode'
  readonly sqlFragments: readonly string[]
  readonly parameters: readonly never[]
}

/**
 * For `writeOutbox`: a transaction of Kysely; it does not tell itself which database it is on.
 *
 * @throws KeelsonError `outbox_invalid` where it is none.
 */
export function kyselyTransaction(transaction: KyselyTransaction, dialect: OutboxDialect): OutboxTransaction {
  if (!transaction.isTransaction) throw refuseConnection('is no transaction: take that of `transaction()`')
  return {
    dialect,
    run: (sql, parameters) =>
      transaction.executeQuery({
        compile: () => ({
          sql,
          parameters,
          query: { kind: 'RawNode', sqlFragments: [sql], parameters: [] },
          queryId: { queryId: 'keelson-outbox' },
        }),
      }),
  }
}

/** The shape of Drizzle's tag `sql`. */
export type DrizzleTag<Query> = (parts: TemplateStringsArray, ...params: unknown[]) => Query

/**
 * The shape of a Drizzle transaction: on PostgreSQL it has `execute`, on SQLite `run`. What is not within one has no
 * `rollback`.
 */
export type DrizzleTransaction<Query> = { rollback(): never } & (
  | { execute(query: Query): PromiseLike<unknown> }
  | { run(query: Query): PromiseLike<unknown> | unknown }
)

/**
 * For `writeOutbox`: a transaction of Drizzle, and its own tag `sql`, with which statements are made for it.
 *
 * @throws KeelsonError `outbox_invalid` where it is none.
 */
export function drizzleTransaction<Query>(
  transaction: DrizzleTransaction<Query>,
  sql: DrizzleTag<Query>,
): OutboxTransaction {
  if (!('rollback' in transaction)) throw refuseConnection('is no transaction: take that of `transaction()`')
  return {
    dialect: 'execute' in transaction ? 'postgres' : 'sqlite',
    async run(text, params) {
      const query = sql(templateOf(text), ...params)
      return 'execute' in transaction ? await transaction.execute(query) : await transaction.run(query)
    },
  }
}

/** What stands between the parameters of a statement, which come one after the other in it. */
function templateOf(text: string): TemplateStringsArray {
  const parts = text.split(/\$\d+|\?/)
  return Object.assign(parts, { raw: parts })
}
