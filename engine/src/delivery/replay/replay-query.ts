import type { DeliveryRoute } from '../../bus/index.ts'
import type { JsonObject } from '../../core/index.ts'
import { KeelsonError, tenantIdPattern } from '../../core/index.ts'
import type { EventFilter } from '../../store/index.ts'
import type { Filter, FilterMessage } from '../../transport/index.ts'
import { parseFilter } from '../../transport/index.ts'

/** A place in the log: a position, or an RFC 3339 time of recording. */
export type ReplayPlace = { readonly position: number } | { readonly time: string }

/** Which events of the log are meant: all that fit everything that is given. */
export interface ReplayQuery {
  /** Whose events. `every tenant` is for the platform itself; never take it from a tenant's request. */
  readonly tenantId: string
  /** From here on, inclusive; default the beginning. Positions are of one tenant, or of a store with one shard. */
  readonly from?: ReplayPlace
  /** Up to here: a position inclusive, a time exclusive; default what is there when it begins. */
  readonly to?: ReplayPlace
  readonly types?: readonly string[]
  readonly topics?: readonly string[]
  /** The text of a filter. */
  readonly filter?: string
  /** These positions alone. */
  readonly positions?: readonly number[]
}

const mostPositions = 10_000

/** @throws KeelsonError `delivery_options_invalid`, and what a filter's text may be refused with. */
export function checkReplayQuery(query: ReplayQuery, shards: number): void {
  const faults: { pointer: string; message: string }[] = []
  const isEvery = query.tenantId === everyTenant
  if (!isEvery && !tenantIdPattern.test(query.tenantId))
    faults.push({ pointer: '/tenantId', message: 'must be a tenant' })
  for (const name of ['from', 'to'] as const) {
    const message = placeFault(query[name], isEvery && shards > 1)
    if (message !== undefined) faults.push({ pointer: `/${name}`, message })
  }
  const { positions } = query
  if (positions !== undefined && (isEvery || positions.length > mostPositions))
    faults.push({ pointer: '/positions', message: `are at most ${mostPositions}, of one tenant` })
  if (query.filter !== undefined) parseFilter(query.filter)
  const [first] = faults
  if (first === undefined) return
  const text = faults.map(({ pointer, message }) => `${pointer.slice(1)} ${message}`).join('; ')
  throw new KeelsonError('delivery_options_invalid', `The replay: ${text}`, { faults })
}

export const everyTenant = 'every tenant'

function placeFault(place: ReplayPlace | undefined, isSharded: boolean): string | undefined {
  if (place === undefined) return undefined
  if ('time' in place) return Number.isNaN(Date.parse(place.time)) ? 'is no RFC 3339 time' : undefined
  if (isSharded) return 'cannot be a position, of which each shard has its own'
  return Number.isSafeInteger(place.position) && place.position >= 0 ? undefined : 'is no position'
}

/** As a run keeps it; `readReplayQuery` gives it back. */
export const replayQueryToJson = (query: ReplayQuery): JsonObject => JSON.parse(JSON.stringify(query))

/** What only `replayQueryToJson` has written. */
export const readReplayQuery = (value: JsonObject): ReplayQuery => value as ReplayQuery & JsonObject

/** What the store is asked for: types and topics that both the subscription and the query have. */
export function storeFilterOf(query: ReplayQuery, { settings }: DeliveryRoute): EventFilter | undefined {
  const types = common(query.types, settings.options.types)
  const topics = common(query.topics, settings.options.topics)
  if (types?.length === 0 || topics?.length === 0) return undefined
  return { ...(types === undefined ? {} : { types }), ...(topics === undefined ? {} : { topics }) }
}

const common = (
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined =>
  one === undefined || other === undefined ? (one ?? other) : one.filter(name => other.includes(name))

/** Whether both the subscription's filter and the query's let an event through; undefined where there is none. */
export function messageFilterOf(
  query: ReplayQuery,
  { settings }: DeliveryRoute,
): ((message: FilterMessage) => boolean) | undefined {
  const filters: Filter[] = []
  if (settings.filter !== undefined) filters.push(settings.filter)
  if (query.filter !== undefined) filters.push(parseFilter(query.filter))
  return filters.length === 0 ? undefined : message => filters.every(filter => filter.matches(message))
}
