import { queryOptions } from '@tanstack/react-query'
import type { Api } from './client.ts'
import { eventPath } from './log-query.ts'
import type { ErasureItem, ErasurePage, SealedEventView } from './log-types.ts'
import type { EventDetail, EventItem } from './types.ts'

type Tenant = string | null

/** Milliseconds for which an answer holds. */
const FRESH = 60_000
const PAGE = 500
/** Pages of erasures that are looked through. */
const MOST_PAGES = 20

/** What the log says was taken out of an event. */
export interface RedactionRecord {
  readonly recordId: string
  /** Index of its leaf. */
  readonly n: number
  /** When it was recorded, RFC 3339. */
  readonly at: string
  /** JSON Pointers into the envelope. */
  readonly paths: readonly string[]
  readonly reason: string
}

/** Begins as the event's own does, so that it is asked for anew with it. */
export const redactionsOfEventQuery = (api: Api, tenant: Tenant, eventId: string) =>
  queryOptions({
    queryKey: ['event', tenant, eventId, 'redactions'],
    queryFn: async ({ signal }): Promise<readonly RedactionRecord[]> => {
      const { redactions } = await api.get<SealedEventView>(eventPath(eventId, '/sealed'), { signal })
      return Promise.all(
        redactions.map(async id => toRecord((await api.get<EventDetail>(eventPath(id), { signal })).event)),
      )
    },
    staleTime: FRESH,
  })

export function toRecord({ eventId, sequence, recordedAt, payload }: EventItem): RedactionRecord {
  const { paths, reason } = (payload ?? {}) as { readonly paths?: unknown; readonly reason?: unknown }
  return {
    recordId: eventId,
    n: sequence,
    at: recordedAt,
    paths: Array.isArray(paths) ? paths.map(String) : [],
    reason: typeof reason === 'string' ? reason : '',
  }
}

/** Erasures that have destroyed one of these keys, the newest first. */
export const erasuresOfKeysQuery = (api: Api, tenant: Tenant, kids: readonly string[]) =>
  queryOptions({
    queryKey: ['event', tenant, 'erasures', kids],
    queryFn: async ({ signal }): Promise<readonly ErasureItem[]> => {
      const found: ErasureItem[] = []
      let cursor: string | undefined
      for (let pages = 0; pages < MOST_PAGES; pages += 1) {
        const { data, page } = await api.get<ErasurePage>('/v1/erasures', {
          query: { limit: PAGE, cursor },
          signal,
        })
        found.push(...data.filter(one => one.receipt !== null && one.keys.some(kid => kids.includes(kid))))
        if (page.nextCursor === null) break
        cursor = page.nextCursor
      }
      return found
    },
    staleTime: FRESH,
  })
