import { storable, toWordQuery } from '../words/lexemes.ts'
import type { Selection } from './conditions.ts'
import { Conditions } from './conditions.ts'
import type { AuditFilter, Selected } from './filter.ts'
import { sortableTime } from './sortable-time.ts'

/**
 * The tenant's matching rows on PostgreSQL: the function finds their positions by the index of words, and they are
 * held to the columns again, under row-level security. Undefined where nothing can match.
 */
export function selectPostgres(
  tenantId: string,
  filter: AuditFilter,
  selected: Selected,
): Selection | undefined {
  const query = toWordQuery(tenantId, filter)
  if (query === undefined) return undefined
  const { sort = 'recorded', order, limit, after } = selected
  const asked = [
    tenantId,
    query.wanted,
    query.phrases.join('\n'),
    query.noPhrases.join('\n'),
    filter.from === undefined ? null : sortableTime(filter.from),
    filter.to === undefined ? null : sortableTime(filter.to),
    after ?? null,
    sort,
    order,
    limit,
  ]
  const conditions = new Conditions()
  conditions.addLists(filter, storable)
  const where = conditions.text === '' ? '' : `WHERE ${conditions.text}`
  const by = sort === 'occurred' ? ['a.occurred_at', 'a.position'] : ['a.position']
  return {
    sql: `FROM audit_text_matches(${asked.map(() => '?').join(', ')}) f (position)
      JOIN audit_event a ON a.tenant = ? AND a.position = f.position ${where}
      ORDER BY ${by.map(column => `${column} ${order === 'desc' ? 'DESC' : 'ASC'}`).join(', ')} LIMIT ?`,
    params: [...asked, tenantId, ...conditions.params, limit],
  }
}
