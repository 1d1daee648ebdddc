import type { CatalogEvent } from '../../api/catalog-types.ts'

export const SHOWN = ['events', 'commands', 'topics'] as const
export type Shown = (typeof SHOWN)[number]

export const FACETS = ['context', 'topic', 'kind', 'producer', 'consumer', 'mark'] as const
export type Facet = (typeof FACETS)[number]

export const FACET_LABEL: Readonly<Record<Facet, string>> = {
  context: 'Context',
  topic: 'Topic',
  kind: 'Kind',
  producer: 'Producer',
  consumer: 'Consumer',
  mark: 'Mark',
}

/** The state of the catalogue's list, which is also the shape of its URL. */
export type CatalogSearch = { readonly [facet in Facet]?: readonly string[] } & {
  readonly q?: string
  /** Only what the tenant defined itself. */
  readonly mine?: boolean
  readonly show?: Shown
}

/** What stands for a context with the types that a tenant registered itself. */
export const OWN_TYPES = 'Own types'

/** By name, as a list without a search stands. */
export const byType = (a: { readonly type: string }, b: { readonly type: string }): number =>
  a.type < b.type ? -1 : 1

/** Short words for what is out of the ordinary about an event. */
export function marksOf(event: CatalogEvent): string[] {
  return [
    ...(event.deprecated ? ['deprecated'] : []),
    ...(event.isReserved ? ['reserved'] : []),
    ...(event.isDerived ? ['derived'] : []),
    ...(event.personal.length > 0 ? ['personal data'] : []),
  ]
}

/** Where an event or a command stands: under its context, or with the types that the tenant registered. */
export const contextOf = (type: Pick<CatalogEvent, 'context'> & { readonly scope?: string }): string =>
  type.context ?? (type.scope === 'tenant' ? OWN_TYPES : 'other')

const VALUES: Readonly<Record<Facet, (event: CatalogEvent) => readonly string[]>> = {
  context: event => [contextOf(event)],
  topic: event => [event.topic, ...event.alsoOn],
  kind: event => [event.kind],
  producer: event => [event.producer],
  consumer: event => event.consumers,
  mark: marksOf,
}

/** Letters of a query, as many as the search box takes. */
export const MAX_QUERY = 200

const list = (value: unknown): string[] | undefined => {
  const all = (Array.isArray(value) ? value : [value]).filter(
    (one): one is string => typeof one === 'string' && one !== '',
  )
  return all.length > 0 ? [...new Set(all)] : undefined
}

/** Keeps what is understood of a URL and drops the rest. */
export function readCatalogSearch(raw: Record<string, unknown>): CatalogSearch {
  const search: Record<string, unknown> = {}
  for (const facet of FACETS) {
    const values = list(raw[facet])
    if (values) search[facet] = values
  }
  const q = list(raw.q)?.[0]?.slice(0, MAX_QUERY)
  if (q) search.q = q
  if (raw.mine === true || raw.mine === 'true') search.mine = true
  const show = SHOWN.find(name => name === raw.show)
  if (show && show !== 'events') search.show = show
  return search as CatalogSearch
}

export function toggleFacet(search: CatalogSearch, facet: Facet, value: string): CatalogSearch {
  const before = search[facet] ?? []
  const after = before.includes(value) ? before.filter(one => one !== value) : [...before, value]
  const { [facet]: _values, ...rest } = search
  return after.length === 0 ? rest : { ...rest, [facet]: after }
}

/** The search without what narrows it. */
export const clearFilter = ({ show }: CatalogSearch): CatalogSearch => (show ? { show } : {})

export const hasFilter = (search: CatalogSearch): boolean =>
  FACETS.some(facet => search[facet]) || Boolean(search.q || search.mine)

const passes = (event: CatalogEvent, search: CatalogSearch, except?: Facet): boolean =>
  (!search.mine || event.scope === 'tenant') &&
  FACETS.every(facet => {
    const wanted = search[facet]
    return facet === except || !wanted || VALUES[facet](event).some(value => wanted.includes(value))
  })

/** Any value of a facet may match; all facets must. */
export function filterEvents<Item extends { readonly item: CatalogEvent }>(
  found: readonly Item[],
  search: CatalogSearch,
): Item[] {
  return found.filter(({ item }) => passes(item, search))
}

/** Counts by value, each facet under the other facets' choices: what choosing the value would give. */
export function countFacet(
  events: readonly CatalogEvent[],
  search: CatalogSearch,
  facet: Facet,
): { value: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const event of events) {
    if (!passes(event, search, facet)) continue
    for (const value of VALUES[facet](event)) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}
