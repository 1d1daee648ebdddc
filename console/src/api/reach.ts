import type { QueryClient } from '@tanstack/react-query'

/** For `meta` of a list that a stream keeps up to date, across a server that was away too. */
export const FOLLOWED = { isFollowed: true } as const

/**
 * A server that was away may come back with other data: what was fetched before is fetched again, what is on the
 * screen when it answers, all else when it is looked at.
 */
export async function doubtData(queries: QueryClient, isReached: boolean): Promise<void> {
  await queries.invalidateQueries({ refetchType: 'none' })
  if (!isReached) return
  const predicate = ({ meta }: { readonly meta: Record<string, unknown> | undefined }): boolean =>
    meta?.['isFollowed'] !== true
  await queries.refetchQueries({ type: 'active', predicate }, { cancelRefetch: false })
}
