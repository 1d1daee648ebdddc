import { KeelsonError } from '../../core/index.ts'
import type { DocumentChange, EventStore } from '../../store/index.ts'
import type { Alarm, DeadLetter } from '../../transport/index.ts'
import { systemAlarm, troubleId } from '../../transport/index.ts'
import { removal, tryCommit } from './change-letter.ts'
import type { DeadLetterQuery } from './query.ts'
import { findDeadLetters } from './query.ts'

export interface DiscardOptions {
  /** Why, in words; 1 to 1,000 characters. */
  readonly reason: string
  readonly by: string
  readonly signal?: AbortSignal
  readonly alarm?: Alarm
}

/** What was discarded stays as a document of this collection, that shows when, why and by whom. */
export const discardedCollection = (subscription: string): string => `dead-letter-discarded/${subscription}`

/**
 * Gives dead letters up for good, and says how many. The events themselves stay in the log.
 * @throws KeelsonError `delivery_options_invalid` where no reason is given.
 */
export async function discardDeadLetters(
  store: EventStore,
  query: DeadLetterQuery,
  { reason, by, signal, alarm = systemAlarm }: DiscardOptions,
): Promise<{ readonly discarded: number; readonly skipped: number }> {
  if (reason.trim() === '' || reason.length > 1_000)
    throw new KeelsonError('delivery_options_invalid', 'A reason of 1 to 1,000 characters is needed')
  const counts = { discarded: 0, skipped: 0 }
  for await (const letter of findDeadLetters(store, query, signal === undefined ? {} : { signal })) {
    const kept = recordOf(letter, { reason, by, at: alarm.now() })
    const isDone = await tryCommit(store, letter.tenantId, [removal(letter), kept])
    counts[isDone ? 'discarded' : 'skipped'] += 1
  }
  return counts
}

const recordOf = (
  letter: DeadLetter,
  why: { readonly reason: string; readonly by: string; readonly at: number },
): DocumentChange => {
  const { tenantId, subscription, eventId, eventType, fingerprint } = letter
  return {
    tenantId,
    collection: discardedCollection(subscription),
    id: troubleId(letter),
    value: { eventId, eventType, fingerprint, ...why },
  }
}
