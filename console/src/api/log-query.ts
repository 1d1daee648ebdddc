import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Api } from './client.ts'
import type {
  ApproverItem,
  CheckpointPage,
  ErasureItem,
  ErasurePage,
  HoldItem,
  LogCheckItem,
  LogStatusView,
  RedactionItem,
  RedactionPage,
  RetentionPolicyItem,
  SealedEventView,
} from './log-types.ts'
import { asProblem } from './problem.ts'
import type { EventDetail, EventItem, EventList } from './types.ts'

type Tenant = string | null

/** What all of them begin with: a change of one thing shows in all. */
export const LOG = 'log'

/** Milliseconds between looks at what moves. */
const LIVE = 3_000
const CLOSE = 500
const PAGE = 50
/** Of lists that are looked through here. */
const LARGE_PAGE = 500

/** Asks again by itself, but not where the answer would be the same refusal. */
const live =
  (every: number) =>
  ({ state }: { readonly state: { readonly error: Error | null } }): number | false =>
    state.error !== null && !asProblem(state.error).transient ? false : every

export const erasurePath = (id: string, below = ''): string =>
  `/v1/erasures/${encodeURIComponent(id)}${below}`

export const redactionPath = (id: string, below = ''): string =>
  `/v1/redactions/${encodeURIComponent(id)}${below}`

export const eventPath = (id: string, below = ''): string => `/v1/events/${encodeURIComponent(id)}${below}`

export function logQuery(api: Api, tenant: Tenant) {
  return queryOptions({
    queryKey: [LOG, tenant, 'status'],
    queryFn: ({ signal }) => api.get<LogStatusView>('/v1/log', { signal }),
    staleTime: LIVE,
    refetchInterval: live(LIVE),
  })
}

/** The keys that sign the log, and its witnesses: a text of C2SP tlog-policy. */
export function policyQuery(api: Api, tenant: Tenant) {
  return queryOptions({
    queryKey: [LOG, tenant, 'policy'],
    queryFn: ({ signal }) => api.text('/v1/log/policy', { signal }),
    staleTime: LIVE,
  })
}

export function checkpointsQuery(api: Api, tenant: Tenant) {
  return infiniteQueryOptions({
    queryKey: [LOG, tenant, 'checkpoints'],
    queryFn: ({ pageParam, signal }) =>
      api.get<CheckpointPage>('/v1/log/checkpoints', { query: { limit: PAGE, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: last => last.page.nextCursor ?? undefined,
    staleTime: LIVE,
  })
}

export function checkQuery(api: Api, tenant: Tenant, id: string) {
  return queryOptions({
    queryKey: [LOG, tenant, 'check', id],
    queryFn: ({ signal }) => api.get<LogCheckItem>(`/v1/log/checks/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: query =>
      query.state.data && query.state.data.state !== 'running' ? false : live(CLOSE)(query),
  })
}

/** What an event is verified with, each part exactly as the server gives it. */
export interface ProofParts {
  /** c2sp.org/tlog-proof@v1 */
  readonly proof: string
  readonly sealed: SealedEventView
  readonly policy: string
  /** Records of what was taken out of the event, each verified as any other event. */
  readonly redactions: readonly RecordParts[]
}

/** A record of the log with what it is verified with. */
export interface RecordParts {
  readonly event: EventItem
  readonly parts: ProofParts
}

export function proofQuery(api: Api, tenant: Tenant, eventId: string) {
  return queryOptions({
    queryKey: ['proof', tenant, eventId],
    queryFn: async ({ signal }): Promise<ProofParts> => {
      const parts = await partsOf(api, eventId, signal)
      const redactions = await Promise.all(
        parts.sealed.redactions.map(async (id): Promise<RecordParts> => {
          const { event } = await api.get<EventDetail>(eventPath(id), { signal })
          return { event, parts: await partsOf(api, id, signal) }
        }),
      )
      return { ...parts, redactions }
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
}

async function partsOf(api: Api, eventId: string, signal: AbortSignal): Promise<ProofParts> {
  const [proof, sealed] = await Promise.all([
    api.text(eventPath(eventId, '/proof'), { signal }),
    api.get<SealedEventView>(eventPath(eventId, '/sealed'), { signal }),
  ])
  // After the proof: a key that signed it meanwhile is in the policy then.
  return { proof, sealed, policy: await api.text('/v1/log/policy', { signal }), redactions: [] }
}

/** Something that is taken out of the log. */
export type Removal = ErasureItem | RedactionItem

const removalsQuery =
  <List extends ErasurePage | RedactionPage>(path: string, name: string) =>
  (api: Api, tenant: Tenant) =>
    infiniteQueryOptions({
      queryKey: [LOG, tenant, name],
      queryFn: ({ pageParam, signal }) =>
        api.get<List>(path, { query: { limit: LARGE_PAGE, cursor: pageParam }, signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: last => last.page.nextCursor ?? undefined,
      staleTime: CLOSE,
      // All pages are asked for again: often only while one of them goes on.
      refetchInterval: query => {
        const isQuiet = query.state.data?.pages.every(({ data }) => data.every(hasEnded)) ?? false
        return live(isQuiet ? 10 * LIVE : LIVE)(query)
      },
    })

export const erasuresQuery = removalsQuery<ErasurePage>('/v1/erasures', 'erasures')
export const redactionsQuery = removalsQuery<RedactionPage>('/v1/redactions', 'redactions')

const removalQuery =
  <Item extends Removal>(pathOf: (id: string) => string, name: string) =>
  (api: Api, tenant: Tenant, id: string) =>
    queryOptions({
      queryKey: [LOG, tenant, name, id],
      queryFn: ({ signal }) => api.get<Item>(pathOf(id), { signal }),
      staleTime: CLOSE,
      refetchInterval: query =>
        query.state.data && hasEnded(query.state.data) ? false : live(2 * CLOSE)(query),
    })

export const erasureQuery = removalQuery<ErasureItem>(erasurePath, 'erasure')
export const redactionQuery = removalQuery<RedactionItem>(redactionPath, 'redaction')

/** Whether nothing of it changes any more. */
export const hasEnded = ({ status }: Removal): boolean => status === 'completed' || status === 'withdrawn'

/** What was done by hand to holds, the newest first: the log says by whom. */
export const holdDeedsQuery = (api: Api, tenant: Tenant) =>
  queryOptions({
    queryKey: [LOG, tenant, 'hold deeds'],
    queryFn: ({ signal }) =>
      api
        .get<EventList>('/v1/events', {
          query: { action: ['hold.set', 'hold.released'], view: 'summary', limit: LARGE_PAGE },
          signal,
        })
        .then(({ data }) => data),
    staleTime: LIVE,
  })

/** Runs of retention, the newest first, as the log has them. */
export const retentionRunsQuery = (api: Api, tenant: Tenant) =>
  infiniteQueryOptions({
    queryKey: [LOG, tenant, 'retention runs'],
    queryFn: ({ pageParam, signal }) =>
      api.get<EventList>('/v1/events', {
        query: { action: 'retention.applied', limit: PAGE, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: last => last.page.nextCursor ?? undefined,
    staleTime: LIVE,
  })

const listQuery =
  <Item>(path: string, name: string) =>
  (api: Api, tenant: Tenant) =>
    queryOptions({
      queryKey: [LOG, tenant, name],
      queryFn: ({ signal }) =>
        api.get<{ readonly data: readonly Item[] }>(path, { signal }).then(({ data }) => data),
      staleTime: LIVE,
    })

export const holdsQuery = listQuery<HoldItem>('/v1/holds', 'holds')
export const approversQuery = listQuery<ApproverItem>('/v1/approvers', 'approvers')
/** How many of the approvers must sign a removal; 0 where there are none. */
export const approvalsNeededQuery = (api: Api, tenant: Tenant) =>
  queryOptions({
    queryKey: [LOG, tenant, 'approvers', 'needed'],
    queryFn: ({ signal }) =>
      api
        .get<{ readonly approvalsNeeded: number }>('/v1/approvers', { signal })
        .then(({ approvalsNeeded }) => approvalsNeeded),
    staleTime: LIVE,
  })

export const policiesQuery = listQuery<RetentionPolicyItem>('/v1/retention-policies', 'retention')
