import { type QueryClient, useQuery } from '@tanstack/react-query'
import type { LogCheckItem, LogCheckSummary } from '../api/log-types.ts'
import { useSession } from '../auth/context.ts'

const keyOf = (tenant: string | null) => ['log-own-check', tenant]

/** The server remembers the checks that it makes by itself; one that was asked for here is remembered here. */
export function rememberCheck(queries: QueryClient, tenant: string | null, check: LogCheckItem): void {
  const { endedAt, isSound, size, reason } = check
  if (endedAt === null || isSound === null) return
  const summary: LogCheckSummary = { at: endedAt, isSound, size: size ?? 0, reason }
  queries.setQueryData(keyOf(tenant), summary)
}

/** The last check that was asked for in this page; null where there was none. */
export function useOwnCheck(): LogCheckSummary | null {
  const tenant = useSession()?.tenant ?? null
  const { data = null } = useQuery<LogCheckSummary | null>({
    queryKey: keyOf(tenant),
    queryFn: () => null,
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
  return data
}
