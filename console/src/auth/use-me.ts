import { useQuery } from '@tanstack/react-query'
import type { ApiKey, Me, Tenant } from '../api/types.ts'
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

/** What the tenant calls the key; undefined where the caller may not know, or the key is none of the tenant's. */
export function useKeyName(id: string): string | undefined {
  const api = useApi()
  const tenant = useSession()?.tenant ?? null
  const me = useMe().data
  const keys = useQuery({
    queryKey: ['keys', tenant],
    queryFn: ({ signal }) => api.get<{ data: ApiKey[] }>('/v1/keys', { signal }).then(answer => answer.data),
    enabled: me?.permissions.includes('keys:manage') ?? false,
    staleTime: 60_000,
  })
  return [me?.key, ...(keys.data ?? [])].find(key => key?.id === id)?.name
}

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
