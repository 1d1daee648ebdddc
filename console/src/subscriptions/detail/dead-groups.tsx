import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { letterGroupsQuery } from '../../api/delivery-query.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { GroupTable } from '../../dead-letters/list/group-table.tsx'
import page from '../../delivery/page.module.css'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

/** The dead letters of one subscription by the kind of their error. */
export function DeadGroups({ subscription }: { readonly subscription: string }) {
  const api = useApi()
  const query = useQuery(letterGroupsQuery(api, useSession()?.tenant ?? null, { subscription }))
  if (query.isPending) return <Skeleton h={60} />
  if (query.isError) return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
  if (query.data.data.length === 0)
    return <p className={page.help}>None: every event went through, or still has a try.</p>
  return <GroupTable groups={query.data.data} isOfOne isPlain />
}
