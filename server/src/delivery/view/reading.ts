import type {
  Alarm,
  DeliveryStatus,
  EventStore,
  Platform,
  ReceiverSpec,
  ScheduledStatus,
  Transport,
} from 'keelson'
import { KeelsonError, shardOf } from 'keelson'
import { readOwner } from 'keelson/delivery'
import type {
  BreakerView,
  Lag,
  ScheduledView,
  SubscriptionPartition,
  SubscriptionState,
} from '../../api/types.ts'

/** How a subscription stands at a moment. */
export interface Reading {
  readonly state: SubscriptionState
  readonly partitions: readonly SubscriptionPartition[]
  readonly lag: Lag
  readonly inFlight: number
  readonly retriesWaiting: number
  readonly deadLetters: number
  readonly scheduled: ScheduledView | null
  readonly breaker: BreakerView
  readonly owner: string | null
  readonly isOwnedHere: boolean
  /** Calls of the handler in this process so far. */
  readonly handled: number
  readonly failed: number
  readonly error: string | null
}

export interface ReadTools {
  readonly store: EventStore
  readonly transport: Transport
  readonly alarm: Alarm
}

/** Of one that runs in this process. */
export function ofStatus(status: DeliveryStatus): Reading {
  const { partitions, lag, inFlight, waiting, setAside, scheduled, breaker, handled, failed, error } = status
  return {
    state: status.state === 'closed' || status.state === 'idle' ? 'idle' : 'running',
    partitions: partitions.map(one => ({
      partition: one.partition,
      position: one.position,
      lag: one.lag,
      retriesWaiting: one.waiting,
      deadLetters: one.setAside,
      scheduled: scheduledOf(one.scheduled),
      inFlight: one.inFlight,
      breaker: one.breaker,
      owner: one.owner ?? null,
    })),
    lag,
    inFlight,
    retriesWaiting: waiting,
    deadLetters: setAside,
    scheduled: scheduledOf(scheduled),
    breaker,
    owner: partitions.find(({ owner }) => owner !== undefined)?.owner ?? null,
    isOwnedHere: partitions.some(({ isOwner }) => isOwner),
    handled,
    failed,
    error: error ?? null,
  }
}

/** Of one that runs elsewhere or nowhere, from what the store has of it. */
export async function readStored(
  { store, transport, alarm }: ReadTools,
  spec: Omit<ReceiverSpec, 'start' | 'window'>,
  partitions: readonly number[],
): Promise<Reading> {
  const found = await Promise.all(
    partitions.map(async partition => {
      const receiver = transport.receive({ ...spec, partition, start: 'beginning', window: 1 })
      try {
        const number = spec.tenantId === undefined ? partition : partitionOf(store, spec.tenantId)
        const owner = await readOwner(store, spec.subscription, number)
        const isOwned = owner !== undefined && owner.owner !== '' && owner.until > alarm.now()
        const { position, lag, waiting, setAside, scheduled } = await receiver.status()
        return {
          partition,
          position,
          lag,
          retriesWaiting: waiting,
          deadLetters: setAside,
          scheduled: scheduledOf(scheduled),
          inFlight: 0,
          breaker: breakerOf(owner?.kept),
          owner: isOwned ? owner.owner : null,
        }
      } finally {
        await receiver.close()
      }
    }),
  )
  return { ...sumUp(found), handled: 0, failed: 0, error: null }
}

/**
 * One that cannot be read is shown with why, so that the others are seen, and it can be deleted.
 * @throws what may be over at the next try, such as a store that does not answer: that is no fault of the subscription.
 */
export async function readOrError(one: {
  read(): Promise<Reading | undefined>
}): Promise<Reading | undefined> {
  try {
    return await one.read()
  } catch (error) {
    if (!(error instanceof KeelsonError) || error.retryable) throw error
    return { ...sumUp([]), handled: 0, failed: 0, error: error.message }
  }
}

/** Each shard is a partition; one tenant stands on one of them. */
export const partitionOf = (store: EventStore, tenantId: string): number =>
  shardOf(tenantId, store.capabilities.shards)

function sumUp(partitions: readonly SubscriptionPartition[]): Omit<Reading, 'handled' | 'failed' | 'error'> {
  const sum = (count: (one: SubscriptionPartition) => number) =>
    partitions.reduce((total, one) => total + count(one), 0)
  const owner = partitions.find(one => one.owner !== null)?.owner ?? null
  const states = partitions.map(({ breaker }) => breaker)
  return {
    state: owner === null ? 'idle' : 'running',
    partitions,
    lag: {
      events: sum(({ lag }) => lag.events),
      seconds: Math.max(0, ...partitions.map(({ lag }) => lag.seconds)),
    },
    inFlight: 0,
    retriesWaiting: sum(one => one.retriesWaiting),
    deadLetters: sum(one => one.deadLetters),
    scheduled: together(partitions.map(({ scheduled }) => scheduled)),
    breaker: states.find(state => state === 'open') ?? states.find(state => state !== 'closed') ?? 'closed',
    owner,
    isOwnedHere: false,
  }
}

const scheduledOf = (scheduled: ScheduledStatus | undefined): ScheduledView | null => {
  if (scheduled === undefined) return null
  const { waiting, nextAt } = scheduled
  return { waiting, nextAt: nextAt === undefined ? null : new Date(nextAt).toISOString() }
}

/** Times of this form are in the order of their texts. */
function together(all: readonly (ScheduledView | null)[]): ScheduledView | null {
  const known = all.filter(one => one !== null)
  if (known.length < all.length) return null
  const [nextAt = null] = known.flatMap(one => one.nextAt ?? []).sort()
  return { waiting: known.reduce((sum, { waiting }) => sum + waiting, 0), nextAt }
}

/** What its last owner kept of the breaker. */
function breakerOf(kept: Readonly<Record<string, unknown>> | undefined): BreakerView {
  const state = kept?.['state']
  return state === 'open' || state === 'half-open' ? state : 'closed'
}

/** Of a read model. */
export async function readProjection(
  { projection, store }: Platform,
  name: string,
  now: number,
): Promise<Reading> {
  const { state, position, error } = projection(name).status
  const scope = { tenantId: 'every tenant' } as const
  // On several shards each has positions of its own: their sum says nothing, the age of the oldest does.
  const isWhole = store.capabilities.shards === 1
  const [next] = isWhole
    ? await Array.fromAsync(store.readAll(scope, { after: position, limit: 1, removed: 'include' }))
    : []
  const lag = {
    events: next === undefined ? 0 : Math.max(1, (await store.head(scope)) - position),
    seconds: next === undefined ? 0 : Math.max(0, (now - Date.parse(next.recordedAt)) / 1_000),
  }
  // What is to be delivered later is read at once: it is in the log.
  const scheduled = { waiting: 0, nextAt: null }
  const none = { retriesWaiting: 0, deadLetters: 0, scheduled, inFlight: 0, breaker: 'closed' } as const
  return {
    state: state === 'retrying' ? 'retrying' : state === 'closed' ? 'idle' : 'running',
    partitions: [{ partition: 0, position, lag, owner: null, ...none }],
    lag,
    ...none,
    owner: null,
    isOwnedHere: true,
    handled: 0,
    failed: 0,
    error: error ?? null,
  }
}
