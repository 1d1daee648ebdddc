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
  RetentionPolicyItem,
  SealedEventView,
} from './log-types.ts'
import { asProblem } from './problem.ts'

type Tenant = string | null

/** What all of them begin with: a change of one thing shows in all. */
export const LOG = 'log'

/** Milliseconds between looks at what moves. */
const LIVE = 3_000
const CLOSE = 500
const PAGE = 50

/** Asks again by itself, but not where the answer would be the same refusal. */
const live =
  (every: number) =>
  ({ state }: { readonly state: { readonly error: Error | null } }): number | false =>
    state.error !== null && !asProblem(state.error).transient ? false : every

export const erasurePath = (id: string, below = ''): string =>
  `/v1/erasures/${encodeURIComponent(id)}${below}`

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
}

export function proofQuery(api: Api, tenant: Tenant, eventId: string) {
  return queryOptions({
    queryKey: ['proof', tenant, eventId],
    queryFn: async ({ signal }): Promise<ProofParts> => {
      const [proof, sealed] = await Promise.all([
        api.text(eventPath(eventId, '/proof'), { signal }),
        api.get<SealedEventView>(eventPath(eventId, '/sealed'), { signal }),
      ])
      // After the proof: a key that signed it meanwhile is in the policy then.
      return { proof, sealed, policy: await api.text('/v1/log/policy', { signal }) }
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
}

export function erasuresQuery(api: Api, tenant: Tenant) {
  return infiniteQueryOptions({
    queryKey: [LOG, tenant, 'erasures'],
    queryFn: ({ pageParam, signal }) =>
      api.get<ErasurePage>('/v1/erasures', { query: { limit: PAGE, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: last => last.page.nextCursor ?? undefined,
    staleTime: CLOSE,
    refetchInterval: live(LIVE),
  })
}

export function erasureQuery(api: Api, tenant: Tenant, id: string) {
  return queryOptions({
    queryKey: [LOG, tenant, 'erasure', id],
    queryFn: ({ signal }) => api.get<ErasureItem>(erasurePath(id), { signal }),
    staleTime: CLOSE,
    refetchInterval: query =>
      query.state.data && hasEnded(query.state.data) ? false : live(2 * CLOSE)(query),
  })
}

/** Whether nothing of it changes any more. */
export const hasEnded = ({ status }: ErasureItem): boolean => status === 'completed' || status === 'withdrawn'

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
