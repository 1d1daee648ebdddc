import type { EventStore, SqlValue } from 'keelson'
import { KeelsonError } from 'keelson'
import type { AuditFilter, Selected } from './filter.ts'
import { selectPostgres } from './postgres-selection.ts'
import { selectSqlite } from './sqlite-selection.ts'

/** Columns of the tenant's matching rows of `audit_event`, in the order asked for. */
export async function ask(
  store: EventStore,
  columns: readonly string[],
  tenantId: string,
  filter: AuditFilter,
  selected: Selected,
  signal: AbortSignal | undefined,
): Promise<readonly SqlValue[][]> {
  if (tenantId === '') throw new KeelsonError('tenant_required')
  const select = store.capabilities.sql === 'postgres' ? selectPostgres : selectSqlite
  const selection = select(tenantId, filter, selected)
  if (selection === undefined) return []
  const sql = `SELECT ${columns.map(column => `a.${column}`).join(', ')} ${selection.sql}`
  return store.query({ tenantId }, sql, selection.params, signal === undefined ? {} : { signal })
}
