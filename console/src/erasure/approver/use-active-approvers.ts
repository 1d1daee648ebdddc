import { useQuery } from '@tanstack/react-query'
import { approversQuery } from '../../api/log-query.ts'
import { useApi, useSession } from '../../auth/context.ts'

/** Those who can sign a removal now. */
export function useActiveApprovers() {
  const api = useApi()
  const approvers = useQuery(approversQuery(api, useSession()?.tenant ?? null))
  return { approvers, active: approvers.data?.filter(({ revokedAt }) => revokedAt === null) ?? [] }
}
