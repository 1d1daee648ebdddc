import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Api } from './client.ts'
import type {
  DeadLetterDetail,
  DeadLetterGroupPage,
  DeadLetterPageView,
  ReplayItem,
  ReplayPage,
  SubscriptionDetail,
  SubscriptionPage,
} from './delivery-types.ts'
import { asProblem } from './problem.ts'

type Tenant = string | null

/** What all of them begin with: a change of one thing shows in all. */
export const DELIVERY = 'delivery'

/** Milliseconds between looks at what moves. */
const LIVE = 3_000
const CLOSE = 1_000
const PAGE = 100
/** Pages that are looked at again by themselves. */
const FEW = 3

/** Asks again by itself, but not where the answer would be the same refusal. */
const live =
  (every: number) =>
  ({ state }: { readonly state: { readonly error: Error | null } }): number | false =>
    state.error !== null && !asProblem(state.error).transient ? false : every

export const subscriptionPath = (name: string, below = ''): string =>
  `/v1/subscriptions/${encodeURIComponent(name)}${below}`

export const letterPath = (subscription: string, id: number): string =>
  `/v1/dead-letters/${encodeURIComponent(subscription)}/${id}`

export const replayPath = (id: string, below = ''): string => `/v1/replays/${encodeURIComponent(id)}${below}`

export function subscriptionsQuery(api: Api, tenant: Tenant) {
  return queryOptions({
    queryKey: [DELIVERY, tenant, 'subscriptions'],
    queryFn: ({ signal }) => api.get<SubscriptionPage>('/v1/subscriptions', { signal }),
    staleTime: LIVE,
    refetchInterval: live(LIVE),
  })
}

export function subscriptionQuery(api: Api, tenant: Tenant, name: string) {
  return queryOptions({
    queryKey: [DELIVERY, tenant, 'subscription', name],
    queryFn: ({ signal }) => api.get<SubscriptionDetail>(subscriptionPath(name), { signal }),
    staleTime: LIVE,
    refetchInterval: live(LIVE),
  })
}

/** What dead letters are narrowed by; also the shape of it in the URL. */
export interface LetterFilter {
  readonly subscription?: string
  readonly fingerprint?: string
  readonly type?: string
  readonly cause?: string
  readonly orderingKey?: string
}

export function letterGroupsQuery(api: Api, tenant: Tenant, filter: LetterFilter) {
  return queryOptions({
    queryKey: [DELIVERY, tenant, 'groups', filter],
    queryFn: ({ signal }) =>
      api.get<DeadLetterGroupPage>('/v1/dead-letters/groups', { query: { ...filter }, signal }),
    placeholderData: keepPreviousData,
    staleTime: LIVE,
    refetchInterval: live(LIVE),
  })
}

export function lettersQuery(api: Api, tenant: Tenant, filter: LetterFilter) {
  return infiniteQueryOptions({
    queryKey: [DELIVERY, tenant, 'letters', filter],
    queryFn: ({ pageParam, signal }) =>
      api.get<DeadLetterPageView>('/v1/dead-letters', {
        query: { ...filter, limit: PAGE, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: last => (last.page.hasMore ? (last.page.nextCursor ?? undefined) : undefined),
    placeholderData: keepPreviousData,
    staleTime: LIVE,
    refetchInterval: query =>
      query.state.data && query.state.data.pages.length > FEW ? false : live(2 * LIVE)(query),
  })
}

export function letterQuery(api: Api, tenant: Tenant, subscription: string, id: number) {
  return queryOptions({
    queryKey: [DELIVERY, tenant, 'letter', subscription, id],
    queryFn: ({ signal }) => api.get<DeadLetterDetail>(letterPath(subscription, id), { signal }),
    staleTime: LIVE,
  })
}

export function replaysQuery(api: Api, tenant: Tenant) {
  return queryOptions({
    queryKey: [DELIVERY, tenant, 'replays'],
    queryFn: ({ signal }) => api.get<ReplayPage>('/v1/replays', { query: { limit: PAGE }, signal }),
    staleTime: CLOSE,
    refetchInterval: query => live(query.state.data?.data.some(isUnderWay) ? CLOSE : LIVE)(query),
  })
}

export function replayQuery(api: Api, tenant: Tenant, id: string) {
  return queryOptions({
    queryKey: [DELIVERY, tenant, 'replay', id],
    queryFn: ({ signal }) => api.get<ReplayItem>(replayPath(id), { signal }),
    staleTime: CLOSE,
    refetchInterval: query =>
      query.state.data && !isUnderWay(query.state.data) ? false : live(CLOSE)(query),
  })
}

/** Whether a run can still change. */
export const isUnderWay = ({ state }: ReplayItem): boolean => state === 'running' || state === 'paused'
