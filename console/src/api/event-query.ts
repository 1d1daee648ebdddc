import { queryOptions } from '@tanstack/react-query'
import type { Api } from './client.ts'
import type { EventDetail } from './types.ts'

/** One event with its seal. Only `next` of its neighbours can ever change, so it keeps for a while. */
export function eventQuery(api: Api, tenant: string | null, eventId: string) {
  return queryOptions({
    queryKey: ['event', tenant, eventId],
    queryFn: ({ signal }) => api.get<EventDetail>(`/v1/events/${encodeURIComponent(eventId)}`, { signal }),
    staleTime: 60_000,
  })
}
