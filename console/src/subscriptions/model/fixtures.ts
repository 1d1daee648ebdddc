import type { SubscriptionItem } from '../../api/delivery-types.ts'

/** A subscription for tests, where nothing is wrong. */
export const sampleSubscription = (part: Partial<SubscriptionItem> = {}): SubscriptionItem => ({
  name: 'billing',
  kind: 'delivery',
  scope: 'tenant',
  isOwn: true,
  state: 'running',
  lag: { events: 0, seconds: 0 },
  throughput: { handledPerSecond: 0, failedPerSecond: 0 },
  recent: [],
  inFlight: 0,
  retriesWaiting: 0,
  scheduled: { waiting: 0, nextAt: null },
  deadLetters: 0,
  breaker: 'closed',
  owner: null,
  isOwnedHere: false,
  lastError: null,
  settings: {
    types: null,
    topics: null,
    filter: null,
    start: 'beginning',
    retry: null,
    deadLetter: 'setAside',
    concurrency: 10,
    timeoutSeconds: 30,
  },
  ...part,
})
