import type { DeliveryRoute } from '../../bus/index.ts'
import type { EventFilter, EventStore, RecordedEvent, Scope } from '../../store/index.ts'
import { shardOf } from '../../store/index.ts'
import { messageOf } from '../../transport/index.ts'
import type { ReplayPlace, ReplayQuery } from './replay-query.ts'
import { everyTenant, messageFilterOf, storeFilterOf } from './replay-query.ts'

/** Part of a query that lies in one shard. Positions from `first` to `last`, both inclusive. */
export interface LogRange {
  readonly scope: Scope
  readonly shard: number
  readonly first: number
  readonly last: number
}

/** The ranges that a query is about, as the log is now; what is appended later is not in them. */
export async function rangesOf(store: EventStore, query: ReplayQuery): Promise<readonly LogRange[]> {
  const { shards } = store.capabilities
  const { tenantId } = query
  if (tenantId !== everyTenant) return [await rangeOf(store, query, { tenantId }, shardOf(tenantId, shards))]
  const each = Array.from({ length: shards }, (_, shard) =>
    rangeOf(store, query, shards === 1 ? { tenantId } : { tenantId, shard }, shard),
  )
  return Promise.all(each)
}

async function rangeOf(
  store: EventStore,
  { from, to, positions }: ReplayQuery,
  scope: Scope,
  shard: number,
): Promise<LogRange> {
  const head = await store.head(scope)
  const last = to === undefined ? head : Math.min(head, await lastOf(store, scope, to, head))
  const first = from === undefined ? 1 : await firstOf(store, scope, from)
  if (positions === undefined || positions.length === 0) return { scope, shard, first, last }
  const low = positions.reduce((least, one) => Math.min(least, one))
  const high = positions.reduce((most, one) => Math.max(most, one))
  return { scope, shard, first: Math.max(first, low), last: Math.min(last, high) }
}

async function firstOf(store: EventStore, scope: Scope, place: ReplayPlace): Promise<number> {
  if ('position' in place) return Math.max(1, place.position)
  return (await lastBefore(store, scope, place.time)) + 1
}

async function lastOf(store: EventStore, scope: Scope, place: ReplayPlace, head: number): Promise<number> {
  if ('position' in place) return place.position
  // Of several tenants times may go back a little: the events' own times decide.
  return scope.tenantId === everyTenant ? head : lastBefore(store, scope, place.time)
}

/** Position of a tenant's last event that was recorded before a time; of every tenant's 0, for times decide one by one. */
async function lastBefore(store: EventStore, scope: Scope, time: string): Promise<number> {
  if (scope.tenantId === everyTenant) return 0
  const asOf = new Date(Date.parse(time) - 1).toISOString()
  const options = { asOf, direction: 'backwards', limit: 1, removed: 'include' } as const
  for await (const event of store.readAll(scope, options)) return event.position
  return 0
}

/** The events of a query for a subscription: what it would get itself, and the query means. */
export class LogSelection {
  readonly #store: EventStore
  readonly #filter: EventFilter | undefined
  readonly #isMeant: (event: RecordedEvent) => boolean

  constructor(store: EventStore, query: ReplayQuery, route: DeliveryRoute) {
    this.#store = store
    this.#filter = storeFilterOf(query, route)
    const matches = messageFilterOf(query, route)
    const accepts = acceptsOf(route)
    const positions = query.positions && new Set(query.positions)
    const [from, to] = [timeOf(query.from), timeOf(query.to)]
    this.#isMeant = event => {
      if (positions !== undefined && !positions.has(event.position)) return false
      const at = from === undefined && to === undefined ? 0 : Date.parse(event.recordedAt)
      if (at < (from ?? at) || (to !== undefined && at >= to)) return false
      // What has no content cannot be asked: it is skipped where it is handled.
      if (event.bodyState !== 'present') return true
      return (matches?.(messageOf(event.envelope)) ?? true) && accepts(event)
    }
  }

  /** At most `limit` of the range's events after a position that are meant, and up to where they were looked for. */
  async page(
    { scope, last }: LogRange,
    after: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<{
    readonly events: readonly RecordedEvent[]
    readonly position: number
    readonly isEnd: boolean
  }> {
    if (this.#filter === undefined || after >= last) return { events: [], position: last, isEnd: true }
    const events: RecordedEvent[] = []
    let position = after
    let seen = 0
    const options = { after, filter: this.#filter, signal, limit: largestLook }
    for await (const event of this.#store.readAll(scope, options)) {
      if (event.position > last) return { events, position: last, isEnd: true }
      position = event.position
      seen += 1
      if (this.#isMeant(event)) events.push(event)
      if (events.length === limit) return { events, position, isEnd: position >= last }
    }
    const isEnd = seen < largestLook
    return { events, position: isEnd ? last : position, isEnd }
  }
}

/** Events that are read for a page: where a filter lets few through, progress is kept all the same. */
const largestLook = 5_000

const timeOf = (place: ReplayPlace | undefined): number | undefined =>
  place !== undefined && 'time' in place ? Date.parse(place.time) : undefined

/** A subscription's own function. Where it throws, the event is no less meant than one that is wrong otherwise. */
const acceptsOf =
  ({ settings: { accepts } }: DeliveryRoute) =>
  (event: RecordedEvent): boolean => {
    try {
      return accepts?.(event.envelope) ?? true
    } catch {
      return true
    }
  }
