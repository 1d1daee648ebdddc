import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { asProblem } from '../api/problem.ts'
import { FOLLOWED } from '../api/reach.ts'
import type { EventItem, EventList, FacetResult } from '../api/types.ts'
import { useApi, useSession } from '../auth/context.ts'
import { apiQuery } from '../filter/api-query.ts'
import type { Filter } from '../filter/filter.ts'

const PAGE = 100
/** Milliseconds until a list that could not be fetched is asked for again. */
const AGAIN = 5_000

/**
 * The instant from which relative ranges count back. It stands still between refreshes, so that all pages of a
 * list agree, and is kept in the cache, so that coming back from an event finds the list as it was left.
 */
export function useAnchor(filter: Filter) {
  const queries = useQueryClient()
  const tenant = useSession()?.tenant ?? null
  const key = useMemo(() => ['anchor', tenant, filter], [tenant, filter])
  const [held, hold] = useState<{ readonly key: readonly unknown[]; readonly anchor: number }>()

  const set = useCallback(
    (anchor: number) => {
      queries.setQueryData(key, anchor)
      hold({ key, anchor })
      return anchor
    },
    [queries, key],
  )
  const refresh = useCallback(() => void set(Date.now()), [set])
  const anchor = held?.key === key ? held.anchor : set(queries.getQueryData<number>(key) ?? Date.now())
  return { anchor, refresh }
}

export function useEvents(filter: Filter, order: 'asc' | 'desc', anchor: number, isFollowed: boolean) {
  const api = useApi()
  const tenant = useSession()?.tenant ?? null
  const list = useInfiniteQuery({
    queryKey: ['events', tenant, filter, order, anchor],
    queryFn: ({ pageParam, signal }) =>
      api.get<EventList>('/v1/events', {
        query: {
          ...apiQuery(filter, anchor),
          sort: 'occurred',
          order,
          limit: PAGE,
          view: 'summary',
          cursor: pageParam,
        },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: last => (last.page.hasMore ? (last.page.nextCursor ?? undefined) : undefined),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    meta: isFollowed ? FOLLOWED : {},
    // Only what is stale, while no answer comes: a list that stands still is looked at again by whoever reads it.
    refetchInterval: ({ state }) =>
      state.error !== null && asProblem(state.error).transient ? AGAIN : false,
  })
  const pages = list.data?.pages
  const rows = useMemo<EventItem[]>(() => pages?.flatMap(page => page.data) ?? [], [pages])
  return { list, rows, head: pages?.[0]?.head }
}

/** Counts by value. While live they are asked for again now and then; they are no part of the stream. */
export function useFacets(filter: Filter, anchor: number, live: boolean) {
  const api = useApi()
  const tenant = useSession()?.tenant ?? null
  return useQuery({
    queryKey: ['facets', tenant, filter, anchor],
    queryFn: ({ signal }) =>
      api.get<FacetResult>('/v1/events/facets', { query: apiQuery(filter, anchor), signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: live ? 10_000 : false,
  })
}
