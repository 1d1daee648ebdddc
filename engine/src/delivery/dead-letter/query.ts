import type { EventStore, Scope } from '../../store/index.ts'
import type { DeadLetter, DeadLetterReason } from '../../transport/index.ts'
import { checkSubscriptionName, deadLetterCollection, readDeadLetter } from '../../transport/index.ts'

/** Which dead letters of a subscription are meant: all that fit everything that is given. */
export interface DeadLetterQuery {
  readonly subscription: string
  /** Whose; of a store with several shards every tenant's are asked for shard by shard. */
  readonly scope: Scope
  /** Positions of their events. */
  readonly positions?: readonly number[]
  readonly fingerprint?: string
  readonly eventType?: string
  readonly reason?: DeadLetterReason
  readonly orderingKey?: string
  /** Set aside at this time or later, and before this time; milliseconds since the epoch. */
  readonly from?: number
  readonly to?: number
}

const pageSize = 500

/** Every dead letter that the query means, by position, page by page. */
export async function* findDeadLetters(
  store: EventStore,
  query: DeadLetterQuery,
  options: { readonly after?: string; readonly signal?: AbortSignal } = {},
): AsyncGenerator<DeadLetter> {
  const { subscription, scope } = query
  checkSubscriptionName(subscription)
  const isMeant = filterOf(query)
  for (let { after } = options; ; ) {
    options.signal?.throwIfAborted()
    const page = await store.documents(scope, deadLetterCollection(subscription), {
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    })
    for (const document of page) {
      const letter = readDeadLetter(subscription, document)
      if (letter !== undefined && isMeant(letter)) yield letter
    }
    after = page.at(-1)?.id
    if (page.length < pageSize) return
  }
}

function filterOf(query: DeadLetterQuery): (letter: DeadLetter) => boolean {
  const { fingerprint, eventType, reason, orderingKey, from, to } = query
  const positions = query.positions && new Set(query.positions)
  return letter =>
    (positions?.has(letter.position) ?? true) &&
    (fingerprint === undefined || letter.fingerprint === fingerprint) &&
    (eventType === undefined || letter.eventType === eventType) &&
    (reason === undefined || letter.reason === reason) &&
    (orderingKey === undefined || letter.orderingKey === orderingKey) &&
    (from === undefined || letter.setAsideAt >= from) &&
    (to === undefined || letter.setAsideAt < to)
}
