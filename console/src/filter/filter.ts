import { FACETS, type FacetName } from '../api/types.ts'
import { isRange, type Range } from './range.ts'

/** Fields one can filter by; each takes several values, any of which may match. */
export const FIELDS = [...FACETS, 'stream', 'correlationId'] as const
export type FieldName = FacetName | 'stream' | 'correlationId'

export const FIELD_LABEL: Readonly<Record<FieldName, string>> = {
  type: 'Type',
  actor: 'Actor',
  action: 'Action',
  resource: 'Resource',
  outcome: 'Outcome',
  source: 'Source',
  stream: 'Stream',
  correlationId: 'Correlation',
}

/** The filter of the event browser, which is also the shape of its URL. */
export type Filter = { readonly [field in FieldName]?: readonly string[] } & {
  readonly q?: string
  readonly range?: Range
  readonly from?: string
  readonly to?: string
}

export interface EventSearch extends Filter {
  readonly event?: string
  readonly live?: boolean
  readonly order?: 'asc'
}

const text = (value: unknown): string | undefined => {
  const one = Array.isArray(value) ? value[0] : value
  return typeof one === 'string' && one !== '' ? one : undefined
}

const instant = (value: unknown): string | undefined => {
  const one = text(value)
  return one !== undefined && !Number.isNaN(Date.parse(one)) ? one : undefined
}

const list = (value: unknown): string[] | undefined => {
  const all = (Array.isArray(value) ? value : [value]).filter(
    (v): v is string => typeof v === 'string' && v !== '',
  )
  return all.length > 0 ? [...new Set(all)] : undefined
}

/** Keeps what is understood of a URL and drops the rest: a mistyped link still opens. */
export function readEventSearch(raw: Record<string, unknown>): EventSearch {
  const search: Record<string, unknown> = {}
  const put = (name: string, value: unknown) => {
    if (value !== undefined) search[name] = value
  }
  for (const field of FIELDS) put(field, list(raw[field]))
  put('q', text(raw.q))
  const from = instant(raw.from)
  const to = instant(raw.to)
  put('from', from)
  put('to', to)
  // Absolute bounds win: a link with both would otherwise mean two things.
  if (from === undefined && to === undefined && isRange(raw.range) && raw.range !== 'all')
    put('range', raw.range)
  put('event', text(raw.event))
  if (text(raw.live) === 'true' || raw.live === true) search.live = true
  if (raw.order === 'asc') search.order = 'asc'
  return search as EventSearch
}

/** Adds the value when it is absent, removes it when it is there. */
export function toggleValue<S extends Filter>(search: S, field: FieldName, value: string): S {
  const before = search[field] ?? []
  const after = before.includes(value) ? before.filter(v => v !== value) : [...before, value]
  const next = { ...search, [field]: after }
  if (after.length === 0) delete next[field]
  return next
}

/** The search without any filter; what is open or live stays so. */
export function clearFilter(search: EventSearch): EventSearch {
  const { event, live, order } = search
  return { ...(event && { event }), ...(live && { live }), ...(order && { order }) }
}

export function hasFilter(search: Filter): boolean {
  return FIELDS.some(f => search[f]) || Boolean(search.q || search.range || search.from || search.to)
}
