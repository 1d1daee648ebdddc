import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { checkpointsQuery } from '../api/log-query.ts'
import { useApi, useSession } from '../auth/context.ts'

/** The kept checkpoints, the newest first; asked anew when there is one of another size. */
export function useCheckpoints(newest: number | undefined) {
  const api = useApi()
  const list = useInfiniteQuery(checkpointsQuery(api, useSession()?.tenant ?? null))
  const items = list.data?.pages.flatMap(({ data }) => data) ?? []
  const isBehind = list.isSuccess && !list.isFetching && newest !== undefined && items[0]?.size !== newest
  const { refetch } = list
  useEffect(() => {
    if (isBehind) void refetch()
  }, [isBehind, refetch])
  return { list, items }
}

export type CheckpointList = ReturnType<typeof useCheckpoints>['list']
