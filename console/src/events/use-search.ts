import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { filterKey } from '../filter/api-query.ts'
import type { EventSearch } from '../filter/filter.ts'

export type ChangeSearch = (change: (before: EventSearch) => EventSearch, how?: { replace: boolean }) => void

/** The browser's state, which is its URL. */
export function useEventSearch() {
  const search = useSearch({ from: '/signed-in/events' })
  const navigate = useNavigate({ from: '/events' })
  const change: ChangeSearch = useCallback(
    (next, how) => void navigate({ search: before => next(before), replace: how?.replace ?? false }),
    [navigate],
  )
  // The filter keeps its identity while other parts of the search change: lists and streams hang on it.
  const text = JSON.stringify(filterKey(search))
  const filter = useMemo(() => filterKey(JSON.parse(text) as EventSearch), [text])
  return { search, filter, change }
}
