import type { EventStore, SqlValue } from 'keelson'
import type { AuditFilter } from './filter.ts'
import { isPersonal } from './filter.ts'
import { ask } from './selection.ts'

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

/** The most frequent values of each facet among the matching events. */
export async function countFacets(
  store: EventStore,
  tenantId: string,
  filter: AuditFilter,
  signal?: AbortSignal,
): Promise<Facets> {
  const columns = [...Object.values(facetColumns), 'actor_name', 'resource_name', 'resource_type']
  const newest = { order: 'desc', limit: facetCap + 1 } as const
  const rows = await ask(store, columns, tenantId, filter, newest, signal)
  const counted = rows.slice(0, facetCap).map(row => (filter.withoutPersonal ? masked(row) : row))
  const names = Object.keys(facetColumns) as FacetName[]
  const labelColumn: Partial<Record<FacetName, number>> = { actor: 6, resource: 7 }
  const facets = {} as Record<FacetName, readonly FacetValue[]>
  for (const [column, name] of names.entries()) facets[name] = top(counted, column, labelColumn[name])
  return { total: counted.length, capped: rows.length > facetCap, facets }
}

/** Without what is personal of a resource that is a person. */
function masked(row: readonly SqlValue[]): SqlValue[] {
  const [id, name, type] = [row[3], row[7], row[8] as string | null]
  const open = (column: string, value: SqlValue | undefined): SqlValue =>
    typeof value === 'string' && !isPersonal(column, value, type) ? value : null
  return row.with(3, open('resource_id', id)).with(7, open('resource_name', name))
}

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
