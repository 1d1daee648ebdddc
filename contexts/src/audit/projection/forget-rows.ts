import type { Forgetting, Statement } from 'keelson'

/** Rows that a step removes: few enough that others wait for a moment only. */
const stepSize = 2_000

/** Removes a deleted tenant's rows, step by step. */
export function forgetRows(tenantId: string, dialect: 'sqlite' | 'postgres'): Forgetting {
  const some = `SELECT position FROM audit_event WHERE tenant = ? ORDER BY position LIMIT ${stepSize}`
  return {
    left: { sql: 'SELECT 1 FROM audit_event WHERE tenant = ? LIMIT 1', params: [tenantId] },
    step: removeRows(tenantId, some, [tenantId], dialect),
  }
}

/** Removes the rows of a tombstoned stream. */
export function removeStream(tenantId: string, stream: string, dialect: string): readonly Statement[] {
  const all = 'SELECT position FROM audit_event WHERE tenant = ? AND stream = ?'
  return removeRows(tenantId, all, [tenantId, stream], dialect)
}

/** Removes the rows of scavenged events. */
export function removePositions(
  tenantId: string,
  positions: readonly number[],
  dialect: string,
): readonly Statement[] {
  // One parameter: there may be thousands of positions.
  const listed =
    dialect === 'sqlite'
      ? 'SELECT value FROM json_each(?)'
      : 'SELECT value::bigint FROM json_array_elements_text(?::json)'
  const some = `SELECT position FROM audit_event WHERE tenant = ? AND position IN (${listed})`
  return removeRows(tenantId, some, [tenantId, JSON.stringify(positions)], dialect)
}

/** Positions are one tenant's on SQLite, whose rows have one log; on PostgreSQL tenants share them between shards. */
function removeRows(
  tenantId: string,
  positions: string,
  params: readonly string[],
  dialect: string,
): readonly Statement[] {
  if (dialect === 'sqlite')
    return [
      { sql: `DELETE FROM audit_text WHERE rowid IN (${positions})`, params },
      { sql: `DELETE FROM audit_event WHERE position IN (${positions})`, params },
    ]
  return ['audit_text', 'audit_event'].map(table => ({
    sql: `DELETE FROM ${table} WHERE tenant = ? AND position IN (${positions})`,
    params: [tenantId, ...params],
  }))
}
