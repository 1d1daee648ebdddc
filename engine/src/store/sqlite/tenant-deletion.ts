import type { DatabaseSync } from 'node:sqlite'

/** Events whose content a step removes: short enough that appends wait for a moment only. */
const stepSize = 2_000

/**
 * Takes a tenant's name away, and removes a part of what deleted tenants still have. What stays of an event is its
 * row's skeleton: position, sequence, version and leaf hash. Returns how many rows the step removed or emptied, 0 when
 * nothing is left.
 */
export function deleteStep(
  database: DatabaseSync,
  tenantId: string,
  now: number,
): { changes: number; events: number } {
  const renamed = database
    .prepare("UPDATE tenant SET name = 'deleted:' || id, deleted_at = ? WHERE name = ?")
    .run(now, tenantId)
  let changes = Number(renamed.changes)
  // Also without a log, for a tenant may have documents only.
  changes += Number(database.prepare('DELETE FROM document WHERE tenant = ?').run(tenantId).changes)
  const deleted = database.prepare('SELECT id FROM tenant WHERE deleted_at IS NOT NULL').all() as {
    id: number
  }[]
  let events = 0
  for (const { id } of deleted) {
    if (changes >= stepSize) break
    const emptied = database
      .prepare(
        `UPDATE event SET state = 3, leaf = '', blind = x'', body = '', secrets = '' WHERE position IN
         (SELECT position FROM event WHERE tenant = ? AND state < 3 ORDER BY position LIMIT ?)`,
      )
      .run(id, stepSize)
    events += Number(emptied.changes)
    changes += Number(emptied.changes) + deleteNames(database, id)
  }
  return { changes, events }
}

/** Removes what names the tenant's events and streams: ids, links, keys, names. */
function deleteNames(database: DatabaseSync, tenant: number): number {
  const keys: Record<string, string> = {
    event_id: 'id',
    event_link: 'link, position',
    idempotency_key: 'key',
  }
  let changes = 0
  for (const [table, key] of Object.entries(keys)) {
    const result = database
      .prepare(
        `DELETE FROM ${table} WHERE tenant = ?1 AND (tenant, ${key}) IN (SELECT tenant, ${key} FROM ${table} WHERE tenant = ?1 LIMIT ?2)`,
      )
      .run(tenant, stepSize)
    changes += Number(result.changes)
  }
  const streams = database
    .prepare(
      `UPDATE stream SET name = 'deleted:' || id WHERE id IN
       (SELECT id FROM stream WHERE tenant = ? AND name <> 'deleted:' || id LIMIT ?)`,
    )
    .run(tenant, stepSize)
  return changes + Number(streams.changes)
}
