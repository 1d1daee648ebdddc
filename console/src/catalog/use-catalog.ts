import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { catalogQuery } from '../api/catalog-query.ts'
import { useApi, useSession } from '../auth/context.ts'
import { type CatalogSearch, countFacet, FACETS, filterEvents } from './model/filter.ts'
import { findIn, indexCatalog } from './model/search.ts'

/** The whole catalogue, for the tenant that is chosen. */
export function useCatalog() {
  const api = useApi()
  return useQuery(catalogQuery(api, useSession()?.tenant ?? null))
}

export type ChangeSearch = (
  change: (before: CatalogSearch) => CatalogSearch,
  how?: { replace: boolean },
) => void

/** The list's state, which is its URL. */
export function useCatalogSearch() {
  const search = useSearch({ from: '/signed-in/catalog' })
  const navigate = useNavigate({ from: '/catalog' })
  const change: ChangeSearch = useCallback(
    (next, how) => void navigate({ search: before => next(before), replace: how?.replace ?? false }),
    [navigate],
  )
  return { search, change }
}

/** What of the catalogue fits the search, and the counts to narrow it by; undefined until it is loaded. */
export function useFound(search: CatalogSearch, query: string) {
  const catalog = useCatalog()
  const index = useMemo(() => catalog.data && indexCatalog(catalog.data), [catalog.data])
  const found = useMemo(() => {
    if (!index) return undefined
    const matching = findIn(index.events, query)
    const items = matching.map(({ item }) => item)
    return {
      total: index.events.length,
      events: filterEvents(matching, search),
      commands: findIn(index.commands, query),
      topics: findIn(index.topics, query),
      facets: FACETS.map(facet => ({ facet, values: countFacet(items, search, facet) })),
      mine: items.filter(({ scope }) => scope === 'tenant').length,
    }
  }, [index, query, search])
  return { catalog, found }
}

export type FoundCatalog = NonNullable<ReturnType<typeof useFound>['found']>
