import type { Query } from '../api/client.ts'
import { type EventSearch, FIELDS, type Filter } from './filter.ts'
import { rangeStart } from './range.ts'

/** The part of a search that decides which events match: two searches with the same key list the same events. */
export function filterKey(search: EventSearch): Filter {
  const { event: _event, live: _live, order: _order, ...filter } = search
  return filter
}

/** The filter as the API's query. A relative range counts back from `anchor`, so that all pages agree. */
export function apiQuery(filter: Filter, anchor: number): Query {
  const query: Record<string, string | readonly string[] | undefined> = {}
  for (const field of FIELDS) query[field] = filter[field]
  query.q = filter.q
  query.from = filter.from ?? (filter.range && rangeStart(filter.range, anchor))
  query.to = filter.to
  return query
}

/** The filter for the live tail, which begins now: a time range says nothing about the future. */
export function tailQuery(filter: Filter): Query {
  const { from: _from, to: _to, ...query } = apiQuery(filter, 0)
  return { ...query, view: 'summary' }
}
