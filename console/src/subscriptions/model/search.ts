import type { SubscriptionItem } from '../../api/delivery-types.ts'

export const SHOWN = ['all', 'trouble', 'paused', 'idle'] as const
export type Shown = (typeof SHOWN)[number]
export const SORTS = ['name', 'lag', 'failed', 'retries', 'dead'] as const
export type Sort = (typeof SORTS)[number]

/** The state of the list, which is its URL. */
export interface SubscriptionSearch {
  readonly q?: string
  readonly show?: Shown
  readonly sort?: Sort
  readonly new?: true
}

/** What becomes of the search; undefined takes a part away. */
export type SearchChange = {
  readonly [name in keyof SubscriptionSearch]: SubscriptionSearch[name] | undefined
}

/** Keeps what is understood of a URL and drops the rest. */
export function readSubscriptionSearch(raw: Record<string, unknown>): SubscriptionSearch {
  const show = SHOWN.find(one => one === raw.show && one !== 'all')
  const sort = SORTS.find(one => one === raw.sort && one !== 'name')
  return {
    ...(typeof raw.q === 'string' && raw.q !== '' && { q: raw.q }),
    ...(show && { show }),
    ...(sort && { sort }),
    ...((raw.new === 'true' || raw.new === true) && { new: true }),
  }
}

/** Whether somebody should look at it. */
export const isInTrouble = ({ breaker, deadLetters, lastError, state }: SubscriptionItem): boolean =>
  breaker !== 'closed' || deadLetters > 0 || lastError !== null || state === 'retrying'

const SHOWS: Readonly<Record<Shown, (item: SubscriptionItem) => boolean>> = {
  all: () => true,
  trouble: isInTrouble,
  paused: ({ state }) => state === 'paused',
  idle: ({ state }) => state === 'idle',
}

const ORDER: Readonly<Record<Sort, (a: SubscriptionItem, b: SubscriptionItem) => number>> = {
  name: (a, b) => a.name.localeCompare(b.name, 'en'),
  lag: (a, b) => b.lag.events - a.lag.events,
  failed: (a, b) => b.throughput.failedPerSecond - a.throughput.failedPerSecond,
  retries: (a, b) => b.retriesWaiting - a.retriesWaiting,
  dead: (a, b) => b.deadLetters - a.deadLetters,
}

/** Everything of a subscription that is words. */
function text({ name, kind, owner, lastError, settings }: SubscriptionItem): string {
  const { types, topics, filter } = settings
  return [name, kind, owner, lastError, filter, ...(types ?? []), ...(topics ?? [])].join('\n').toLowerCase()
}

export interface FoundSubscriptions {
  readonly rows: readonly SubscriptionItem[]
  /** How many there would be of each. */
  readonly counts: Readonly<Record<Shown, number>>
}

/** Those with every word of the query, of what is shown, in order. */
export function findSubscriptions(
  items: readonly SubscriptionItem[],
  { q = '', show = 'all', sort = 'name' }: SubscriptionSearch,
): FoundSubscriptions {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const matching = items.filter(item => words.every(word => text(item).includes(word)))
  const count = (of: Shown) => matching.filter(SHOWS[of]).length
  return {
    rows: matching.filter(SHOWS[show]).toSorted((a, b) => ORDER[sort](a, b) || ORDER.name(a, b)),
    counts: { all: count('all'), trouble: count('trouble'), paused: count('paused'), idle: count('idle') },
  }
}
