import type { EventStore } from '../../store/index.ts'
import type { Alarm, DeadLetter } from '../../transport/index.ts'
import { replayChange, systemAlarm, tellReplay } from '../../transport/index.ts'
import { checkRate } from '../run/check-rate.ts'
import { Pace } from '../run/pace.ts'
import { tryCommit } from '../run/try-commit.ts'
import { removal } from './change-letter.ts'
import type { DeadLetterQuery } from './query.ts'
import { findDeadLetters } from './query.ts'

export interface ReplayProgress {
  /** Those that the query meant so far. */
  readonly matched: number
  /** Those that the subscription gets again; none in a dry run. */
  readonly replayed: number
  /** Those whose key stands still: they go on with it, see `unparkKey`. */
  readonly held: number
  /** Those that somebody else changed or took at the same time. */
  readonly skipped: number
}

export interface ReplayOptions {
  /** Who gives them back; it comes with each delivery. */
  readonly by?: string
  /** Only counts. */
  readonly dryRun?: boolean
  /** Default as fast as it goes. */
  readonly ratePerSecond?: number
  readonly signal?: AbortSignal
  /** Told after each; it may wait, which pauses the replay. */
  readonly onProgress?: (progress: ReplayProgress) => void | Promise<void>
  readonly alarm?: Alarm
}

/**
 * Gives dead letters back to their subscription, the earliest event first, with the tries that they had on record. What
 * fails again becomes a dead letter again after one more try where its tries were used up.
 */
export async function replayDeadLetters(
  store: EventStore,
  query: DeadLetterQuery,
  options: ReplayOptions = {},
): Promise<ReplayProgress> {
  const { by, dryRun = false, ratePerSecond, onProgress, alarm = systemAlarm } = options
  const signal = options.signal ?? new AbortController().signal
  checkRate(ratePerSecond)
  const pace = new Pace(ratePerSecond, alarm)
  const progress = { matched: 0, replayed: 0, held: 0, skipped: 0 }
  for await (const letter of findDeadLetters(store, query, { signal })) {
    if (signal.aborted) break
    progress.matched += 1
    if (letter.reason === 'parked') progress.held += 1
    else if (!dryRun) {
      await pace.turn(signal)
      if (signal.aborted) break
      progress[await replayLetter(store, letter, { by, at: alarm.now() })] += 1
    }
    await onProgress?.({ ...progress })
  }
  return progress
}

/** Gives one dead letter back; `held` where its key stands still. */
export async function replayLetter(
  store: EventStore,
  letter: DeadLetter,
  how: { readonly by?: string | undefined; readonly at: number },
): Promise<'replayed' | 'held' | 'skipped'> {
  if (letter.reason === 'parked') return 'held'
  const changes = [removal(letter), replayChange(letter, how)]
  if (!(await tryCommit(store, letter.tenantId, changes))) return 'skipped'
  tellReplay(store, letter.subscription)
  return 'replayed'
}
