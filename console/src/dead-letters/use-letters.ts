import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type LetterFilter, letterGroupsQuery, letterQuery, lettersQuery } from '../api/delivery-query.ts'
import { useApi, useSession } from '../auth/context.ts'

export function useLetters(filter: LetterFilter) {
  const api = useApi()
  const list = useInfiniteQuery(lettersQuery(api, useSession()?.tenant ?? null, filter))
  const pages = list.data?.pages
  const letters = useMemo(() => pages?.flatMap(page => page.data) ?? [], [pages])
  return { list, letters }
}

export function useLetterGroups(filter: LetterFilter) {
  const api = useApi()
  return useQuery(letterGroupsQuery(api, useSession()?.tenant ?? null, filter))
}

export function useLetter(subscription: string, id: number) {
  const api = useApi()
  return useQuery(letterQuery(api, useSession()?.tenant ?? null, subscription, id))
}
