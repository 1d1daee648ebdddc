import { toTextQuery } from '../words/text-query.ts'
import type { Selection } from './conditions.ts'
import { Conditions } from './conditions.ts'
import type { AuditFilter, Selected } from './filter.ts'
import { sortableTime } from './sortable-time.ts'

/** The tenant's matching rows on SQLite: columns by their indexes, words by FTS5. */
export function selectSqlite(tenantId: string, filter: AuditFilter, selected: Selected): Selection {
  const conditions = new Conditions()
  const { text } = filter
  // The text index gives positions in order by itself; the plus keeps the planner from sorting by another index.
  if (text !== undefined) conditions.add('f.audit_text MATCH ?', toTextQuery(text, tenantId))
  conditions.add(text === undefined ? 'a.tenant = ?' : '+a.tenant = ?', tenantId)
  conditions.addLists(filter)
  if (filter.from !== undefined) conditions.add('a.occurred_at >= ?', sortableTime(filter.from))
  if (filter.to !== undefined) conditions.add('a.occurred_at < ?', sortableTime(filter.to))
  const [direction, beyond] = selected.order === 'desc' ? ['DESC', '<'] : ['ASC', '>']
  const isByTime = selected.sort === 'occurred'
  if (selected.after !== undefined && isByTime)
    conditions.add(
      `(a.occurred_at, a.position) ${beyond} (SELECT b.occurred_at, b.position FROM audit_event b WHERE b.position = ? AND b.tenant = ?)`,
      selected.after,
      tenantId,
    )
  else if (selected.after !== undefined) conditions.add(`a.position ${beyond} ?`, selected.after)
  const from =
    text === undefined ? 'audit_event a' : 'audit_text f JOIN audit_event a ON a.position = f.rowid'
  const position = text === undefined ? 'a.position' : 'f.rowid'
  const order = isByTime ? `a.occurred_at ${direction}, a.position ${direction}` : `${position} ${direction}`
  return {
    sql: `FROM ${from} WHERE ${conditions.text} ORDER BY ${order} LIMIT ?`,
    params: [...conditions.params, selected.limit],
  }
}
