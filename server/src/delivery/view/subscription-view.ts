import type { DeliverySubscription } from 'keelson'
import type {
  SubscriptionDetail,
  SubscriptionItem,
  SubscriptionKind,
  SubscriptionSettings,
} from '../../api/types.ts'
import type { OwnSubscription } from '../own/own-subscription.ts'
import { etagOf } from '../own/own-subscription.ts'
import type { LagHistory } from './lag-history.ts'
import type { Reading } from './reading.ts'

/** Points that a list shows of each. */
const mostRecent = 60

/** A subscription that somebody may see, whatever it is. */
export interface Seen {
  /** As its caller knows it. */
  readonly name: string
  /** As the engine knows it. */
  readonly engineName: string
  readonly kind: SubscriptionKind
  readonly scope: 'tenant' | 'platform'
  readonly settings: SubscriptionSettings
  readonly own: OwnSubscription | undefined
  /** Undefined where there is none of it any more. */
  read(): Promise<Reading | undefined>
}

export const noSettings: SubscriptionSettings = {
  types: null,
  topics: null,
  filter: null,
  start: null,
  retry: null,
  deadLetter: null,
  concurrency: null,
  timeoutSeconds: null,
}

/** Of a subscription that was made in code. */
export function settingsOf({ description }: DeliverySubscription): SubscriptionSettings {
  const { types, topics, filter, start, retry, deadLetter, concurrency, timeout } = description
  const { attempts, backoff, initialDelay, maxDelay, jitter } = retry
  return {
    types: types ?? null,
    topics: topics ?? null,
    filter: filter ?? null,
    start,
    retry: {
      attempts,
      backoff,
      initialSeconds: initialDelay / 1_000,
      maxSeconds: maxDelay / 1_000,
      jitter,
    },
    deadLetter,
    concurrency,
    timeoutSeconds: timeout / 1_000,
  }
}

export function toItem(seen: Seen, reading: Reading, history: LagHistory, now: number): SubscriptionItem {
  const { name, kind, scope, settings, own } = seen
  const { state, lag, inFlight, retriesWaiting, deadLetters, scheduled } = reading
  const { breaker, owner, isOwnedHere, error } = reading
  return {
    name,
    kind,
    scope,
    isOwn: own !== undefined,
    state,
    lag,
    throughput: history.observe(now, reading),
    recent: history.points.slice(-mostRecent),
    inFlight,
    retriesWaiting,
    deadLetters,
    scheduled,
    breaker,
    owner,
    isOwnedHere,
    lastError: error,
    settings,
  }
}

export function toDetail(seen: Seen, reading: Reading, history: LagHistory, now: number): SubscriptionDetail {
  const { own } = seen
  const { partitions, handled, failed } = reading
  return {
    ...toItem(seen, reading, history, now),
    history: history.points,
    partitions,
    handled,
    failed,
    createdAt: own?.createdAt ?? null,
    updatedAt: own?.updatedAt ?? null,
    createdBy: own?.createdBy ?? null,
    etag: own === undefined ? null : etagOf(own),
  }
}
