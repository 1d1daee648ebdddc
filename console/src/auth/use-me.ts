import { useQuery } from '@tanstack/react-query'
import type { Me, Tenant } from '../api/types.ts'
import { useApi, useSession } from './context.ts'

/** The key's owner, role and tenant. */
export function useMe() {
  const api = useApi()
  const session = useSession()
  return useQuery({
    queryKey: ['me', session?.tenant ?? null],
    queryFn: ({ signal }) => api.get<Me>('/v1/me', { signal }),
    enabled: session !== null,
    staleTime: 5 * 60_000,
  })
}

/** Whether the key sees personal fields. To one that does not they are digests, and nothing is found by them. */
export const useSeesPersonal = (): boolean => useMe().data?.permissions.includes('personal:read') ?? true

/** All tenants; only a platform-admin key may ask. */
export function useTenants(enabled: boolean) {
  const api = useApi()
  return useQuery({
    queryKey: ['tenants'],
    queryFn: ({ signal }) =>
      api.get<{ data: Tenant[] }>('/v1/tenants', { signal }).then(answer => answer.data),
    enabled,
    staleTime: 60_000,
  })
}
