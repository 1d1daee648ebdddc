import { KeelsonError } from '../../core/index.ts'
import type { DocumentChange, EventStore } from '../../store/index.ts'
import type { Alarm, DeadLetter } from '../../transport/index.ts'
import { systemAlarm, troubleId } from '../../transport/index.ts'
import { tryCommit } from '../run/try-commit.ts'
import { removal } from './change-letter.ts'
import type { DeadLetterQuery } from './query.ts'
import { findDeadLetters } from './query.ts'

export interface DiscardOptions {
  /** Why, in words; 1 to 1,000 characters. */
  readonly reason: string
  readonly by: string
  /** Only counts. */
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
  readonly alarm?: Alarm
}

export interface DiscardCounts {
  /** Those that the query meant. */
  readonly matched: number
  /** None in a dry run. */
  readonly discarded: number
  /** Those that somebody else changed or took at the same time. */
  readonly skipped: number
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
  { reason, by, dryRun = false, signal, alarm = systemAlarm }: DiscardOptions,
): Promise<DiscardCounts> {
  if (reason.trim() === '' || reason.length > 1_000)
    throw new KeelsonError('delivery_options_invalid', 'A reason of 1 to 1,000 characters is needed')
  const counts = { matched: 0, discarded: 0, skipped: 0 }
  for await (const letter of findDeadLetters(store, query, signal === undefined ? {} : { signal })) {
    counts.matched += 1
    if (dryRun) continue
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
