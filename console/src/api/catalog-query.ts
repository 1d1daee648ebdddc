import { queryOptions } from '@tanstack/react-query'
import type { CatalogDocument, CatalogEventDetail } from './catalog-types.ts'
import type { Api } from './client.ts'

/** The whole catalogue of a tenant; it changes with a release, or when the tenant registers a type. */
export function catalogQuery(api: Api, tenant: string | null) {
  return queryOptions({
    queryKey: ['catalog', tenant],
    queryFn: ({ signal }) => api.get<CatalogDocument>('/v1/catalog', { signal }),
    staleTime: 5 * 60_000,
  })
}

/** One event type with all its versions and what changed between them. */
export function catalogEventQuery(api: Api, tenant: string | null, type: string) {
  return queryOptions({
    queryKey: ['catalog', tenant, 'event', type],
    queryFn: ({ signal }) =>
      api.get<CatalogEventDetail>(`/v1/catalog/events/${encodeURIComponent(type)}`, { signal }),
    staleTime: 5 * 60_000,
  })
}

/** Whether the tenant had registered the type once and deleted it since. */
export function deletedTypeQuery(api: Api, tenant: string | null, type: string) {
  const search = new URLSearchParams({ deletedOnly: 'true', subjectPrefix: type })
  return queryOptions({
    queryKey: ['catalog', tenant, 'deleted', type],
    queryFn: async ({ signal }) =>
      (await api.get<readonly string[]>(`/subjects?${search}`, { signal })).includes(type),
    staleTime: 5 * 60_000,
  })
}
