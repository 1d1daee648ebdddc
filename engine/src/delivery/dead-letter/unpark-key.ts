import type { DocumentChange, EventStore } from '../../store/index.ts'
import { shardOf } from '../../store/index.ts'
import type { Alarm, DeadLetter } from '../../transport/index.ts'
import { parkedCollection, parkedId, replayChange, systemAlarm, tellReplay } from '../../transport/index.ts'
import { tryCommit } from '../run/try-commit.ts'
import { removal } from './change-letter.ts'
import { findDeadLetters } from './query.ts'

export interface KeyAddress {
  readonly subscription: string
  readonly tenantId: string
  readonly orderingKey: string
}

/** Dead letters that go back in one transaction. */
const largestStep = 400

/**
 * Lets a parked key go on: `again` with the event that stopped it, `skip` without, which stays a dead letter. What the
 * key held back is delivered in its order, and what comes later behind it. Says how many go back; undefined where the
 * key is not parked.
 */
export async function unparkKey(
  store: EventStore,
  { subscription, tenantId, orderingKey }: KeyAddress,
  how: 'again' | 'skip',
  { alarm = systemAlarm, by }: { readonly alarm?: Alarm; readonly by?: string } = {},
): Promise<number | undefined> {
  const partition = shardOf(tenantId, store.capabilities.shards)
  const place = { collection: parkedCollection(subscription, partition), id: parkedId(tenantId, orderingKey) }
  for (let released = 0; ; ) {
    const parked = await store.document(tenantId, place.collection, place.id)
    if (parked === undefined) return released === 0 ? undefined : released
    const letters: DeadLetter[] = []
    for await (const letter of findDeadLetters(store, { subscription, scope: { tenantId }, orderingKey })) {
      if (letter.reason === 'parked' || how === 'again') letters.push(letter)
      if (letters.length > largestStep) break
    }
    const step = letters.slice(0, largestStep)
    const isLast = letters.length <= largestStep
    const changes = step.flatMap((letter): DocumentChange[] => [
      removal(letter),
      replayChange(letter, { by, at: alarm.now() }),
    ])
    // While events of the key still come in, its document changes, and the last step is done anew.
    const end = isLast ? [{ tenantId, ...place, expected: parked.revision }] : []
    if (!(await tryCommit(store, tenantId, [...changes, ...end]))) continue
    tellReplay(store, subscription)
    released += step.length
    if (isLast) return released
  }
}
