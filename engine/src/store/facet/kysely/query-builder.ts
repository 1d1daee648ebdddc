import type { Compilable } from 'kysely'
import { Kysely } from 'kysely'
import { KeelsonError } from '../../../core/index.ts'
import type { EventStore } from '../../port.ts'
import type { Scope, Statement } from '../../types.ts'
import { toParams } from './sql-value.ts'
import { StoreDialect } from './store-dialect.ts'

/**
 * A Kysely over the store's read models, the same on both databases: reads see what the scope may see. A write that
 * is executed is a unit of work of its own; to store it together with others, see {@link toStatement}. Tables are
 * made by the store's `define`, which takes the SQL that `schema.createTable(…).ifNotExists().compile()` gives.
 * It needs no closing: it lives on the store.
 *
 * @throws KeelsonError `store_failed` where the store has no SQL.
 */
export function createQueryBuilder<Tables>(store: EventStore, scope: Scope): Kysely<Tables> {
  const { name, sql } = store.capabilities
  if (sql === 'none') throw new KeelsonError('store_failed', `The store ${name} has no SQL`)
  return new Kysely<Tables>({ dialect: new StoreDialect(store, scope, sql) })
}

/**
 * The statement of a query that was built but not executed, for the `statements` of a unit of work.
 *
 * @throws KeelsonError `append_invalid` with a parameter that is no SQL value.
 */
export function toStatement(query: Compilable): Statement {
  const { sql, parameters } = query.compile()
  return { sql, params: toParams(parameters, 'append_invalid') }
}
