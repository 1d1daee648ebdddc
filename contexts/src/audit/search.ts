import type { EventStore, SqlValue } from 'keelson'
import { KeelsonError } from 'keelson'
import { sortableTime } from './projection.ts'
import { toTextQuery } from './text-query.ts'

/** What to find; each list is any-of, all that is given must hold. Times are RFC 3339 in UTC. */
export interface AuditFilter {
  readonly type?: readonly string[]
  /** Ids or names. */
  readonly actor?: readonly string[]
  readonly action?: readonly string[]
  /** Ids, names or kinds. */
  readonly resource?: readonly string[]
  readonly outcome?: readonly string[]
  readonly source?: readonly string[]
  readonly stream?: readonly string[]
  readonly correlationId?: readonly string[]
  /** From this time on. */
  readonly from?: string
  /** Before this time. */
  readonly to?: string
  readonly text?: string
}

export interface SearchPage {
  /** By when it was recorded (default: the order of the log) or by when it occurred. */
  readonly sort?: 'recorded' | 'occurred'
  readonly order: 'asc' | 'desc'
  readonly limit: number
  /** Goes on beyond this position. */
  readonly after?: number
}

export interface FacetValue {
  readonly value: string
  readonly count: number
  readonly label?: string
}

export interface Facets {
  readonly total: number
  /** Whether there are more matches than were counted. */
  readonly capped: boolean
  readonly facets: Readonly<Record<FacetName, readonly FacetValue[]>>
}

const facetColumns = {
  type: 'type',
  actor: 'actor_id',
  action: 'action',
  resource: 'resource_id',
  outcome: 'outcome',
  source: 'source',
} as const
export type FacetName = keyof typeof facetColumns

/** Matches that facets are counted over, newest first. */
const facetCap = 10_000
const facetTop = 12

const columnsOf: Record<string, readonly string[]> = {
  type: ['type'],
  actor: ['actor_id', 'actor_name'],
  action: ['action'],
  resource: ['resource_id', 'resource_name', 'resource_type'],
  outcome: ['outcome'],
  source: ['source'],
  stream: ['stream'],
  correlationId: ['correlation_id'],
}

/** Positions of the tenant's matching events in the order asked for; one more than `limit` where there are more. */
export async function searchEvents(
  store: EventStore,
  tenantId: string,
  filter: AuditFilter,
  page: SearchPage,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const { from, where, params } = conditions(tenantId, filter)
  const isByTime = page.sort === 'occurred'
  const [direction, beyond] = page.order === 'desc' ? ['DESC', '<'] : ['ASC', '>']
  if (page.after !== undefined && isByTime) {
    where.push(
      `(a.occurred_at, a.position) ${beyond} (SELECT b.occurred_at, b.position FROM audit_event b WHERE b.position = ? AND b.tenant = ?)`,
    )
    params.push(page.after, tenantId)
  } else if (page.after !== undefined) {
    where.push(`a.position ${beyond} ?`)
    params.push(page.after)
  }
  const position = filter.text === undefined ? 'a.position' : 'f.rowid'
  const order = isByTime ? `a.occurred_at ${direction}, a.position ${direction}` : `${position} ${direction}`
  const sql = `SELECT a.position FROM ${from} WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ?`
  const rows = await store.query(sql, [...params, page.limit + 1], asker(tenantId, signal))
  return rows.map(row => row[0] as number)
}

/** The most frequent values of each facet among the matching events. */
export async function countFacets(
  store: EventStore,
  tenantId: string,
  filter: AuditFilter,
  signal?: AbortSignal,
): Promise<Facets> {
  const { from, where, params } = conditions(tenantId, filter)
  const order = filter.text === undefined ? 'a.position' : 'f.rowid'
  const columns = [...Object.values(facetColumns), 'actor_name', 'resource_name'].map(column => `a.${column}`)
  const sql = `SELECT ${columns.join(', ')} FROM ${from} WHERE ${where.join(' AND ')} ORDER BY ${order} DESC LIMIT ?`
  const rows = await store.query(sql, [...params, facetCap + 1], asker(tenantId, signal))
  const counted = rows.slice(0, facetCap)
  const names = Object.keys(facetColumns) as FacetName[]
  const labelColumn: Partial<Record<FacetName, number>> = { actor: 6, resource: 7 }
  const facets = {} as Record<FacetName, readonly FacetValue[]>
  for (const [column, name] of names.entries()) facets[name] = top(counted, column, labelColumn[name])
  return { total: counted.length, capped: rows.length > facetCap, facets }
}

const asker = (tenantId: string, signal: AbortSignal | undefined) => ({
  tenantId,
  ...(signal === undefined ? {} : { signal }),
})

function top(rows: readonly SqlValue[][], column: number, labelColumn: number | undefined): FacetValue[] {
  const counts = new Map<string, { count: number; label: string | undefined }>()
  for (const row of rows) {
    const value = row[column]
    if (typeof value !== 'string') continue
    const label = labelColumn === undefined ? undefined : ((row[labelColumn] as string | null) ?? undefined)
    const known = counts.get(value)
    if (known) known.count += 1
    else counts.set(value, { count: 1, label })
  }
  return [...counts]
    .sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1))
    .slice(0, facetTop)
    .map(([value, { count, label }]) => ({
      value,
      count,
      ...(label === undefined || label === value ? {} : { label }),
    }))
}

function conditions(
  tenantId: string,
  filter: AuditFilter,
): { from: string; where: string[]; params: SqlValue[] } {
  if (tenantId === '') throw new KeelsonError('tenant_required')
  const where: string[] = []
  const params: SqlValue[] = []
  let from = 'audit_event a'
  if (filter.text !== undefined) {
    // The text index gives positions in order by itself; the plus keeps the planner from sorting by another index.
    from = 'audit_text f JOIN audit_event a ON a.position = f.rowid'
    where.push('f.audit_text MATCH ?')
    params.push(toTextQuery(filter.text, tenantId))
  }
  where.push(filter.text === undefined ? 'a.tenant = ?' : '+a.tenant = ?')
  params.push(tenantId)
  for (const [name, columns] of Object.entries(columnsOf)) {
    const values = filter[name as keyof AuditFilter] as readonly string[] | undefined
    if (values === undefined || values.length === 0) continue
    const marks = values.map(() => '?').join(', ')
    where.push(`(${columns.map(column => `a.${column} IN (${marks})`).join(' OR ')})`)
    for (const _ of columns) params.push(...values)
  }
  if (filter.from !== undefined) {
    where.push('a.occurred_at >= ?')
    params.push(sortableTime(filter.from))
  }
  if (filter.to !== undefined) {
    where.push('a.occurred_at < ?')
    params.push(sortableTime(filter.to))
  }
  return { from, where, params }
}
