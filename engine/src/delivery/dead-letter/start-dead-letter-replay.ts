import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../../core/index.ts'
import { platformTenant } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'
import type { Alarm, DeadLetter } from '../../transport/index.ts'
import { checkSubscriptionName, systemAlarm, troubleId } from '../../transport/index.ts'
import { checkRate } from '../run/check-rate.ts'
import { Pace } from '../run/pace.ts'
import { runLease } from '../run/run-driver.ts'
import type { ReplayRun } from '../run/run-handle.ts'
import { workOn } from '../run/run-handle.ts'
import type { RunProgress, RunRecord } from '../run/run-record.ts'
import { noProgress } from '../run/run-record.ts'
import { createRun } from '../run/run-store.ts'
import type { DeadLetterQuery } from './query.ts'
import { findDeadLetters } from './query.ts'
import { replayLetter } from './replay-dead-letters.ts'

export interface StartDeadLetterReplayOptions {
  /** Who starts it; it stays on record. */
  readonly by: string
  /** Default as fast as it goes. */
  readonly ratePerSecond?: number
  readonly alarm?: Alarm
}

/** Letters after which progress is kept, where time has not come to it before. */
const step = 100

/**
 * As `replayDeadLetters`, kept in the store: it is listed, shown, paused, resumed and aborted there from any process, and
 * goes on after a restart by `continueReplays`. What becomes a dead letter after it began is not in it.
 *
 * @throws KeelsonError `delivery_options_invalid`.
 */
export async function startDeadLetterReplay(
  store: EventStore,
  query: DeadLetterQuery,
  { by, ratePerSecond, alarm = systemAlarm }: StartDeadLetterReplayOptions,
): Promise<ReplayRun> {
  checkRate(ratePerSecond)
  checkSubscriptionName(query.subscription)
  const now = alarm.now()
  const { tenantId } = query.scope
  // Letters that are set aside from now on are not meant: else what fails again would be replayed again.
  const to = Math.min(query.to ?? now + 1, now + 1)
  const run = await createRun(
    store,
    {
      tenantId: tenantId === 'every tenant' ? platformTenant : tenantId,
      kind: 'dead-letters',
      subscription: query.subscription,
      startedBy: by,
      query: queryToJson({ ...query, to }),
      withSideEffects: true,
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
      progress: noProgress,
      cursor: null,
      owner: randomUUID(),
      leaseUntil: now + runLease,
    },
    now,
  )
  return workOnDeadLetters(store, run, alarm)
}

const queryToJson = (query: DeadLetterQuery): JsonObject => JSON.parse(JSON.stringify(query))

/** Works on a replay of dead letters from where it stands; the caller has claimed it. */
export function workOnDeadLetters(store: EventStore, run: RunRecord, alarm: Alarm): ReplayRun {
  // Only `queryToJson` has written it.
  const query = run.query as DeadLetterQuery & JsonObject
  const pace = new Pace(run.ratePerSecond, alarm)
  return workOn(store, run, alarm, async seat => {
    const after = typeof run.cursor === 'string' ? { after: run.cursor } : {}
    let progress = run.progress
    let kept = alarm.now()
    let open = 0
    let last: DeadLetter | undefined
    const keepOpen = async () => {
      if (last !== undefined && open > 0) await seat.keep(progress, troubleId(last))
      kept = alarm.now()
      open = 0
    }
    try {
      for await (const letter of findDeadLetters(store, query, { ...after, signal: seat.signal })) {
        await seat.turn()
        await pace.turn(seat.signal)
        await seat.turn()
        progress = count(progress, await replayLetter(store, letter, { by: run.startedBy, at: alarm.now() }))
        last = letter
        open += 1
        if (open >= step || alarm.now() - kept >= 1_000) await keepOpen()
      }
    } catch (error) {
      // Also of a run that was aborted is told what it did.
      await keepOpen().catch(() => undefined)
      throw error
    }
    await keepOpen()
    return progress
  })
}

const count = (progress: RunProgress, outcome: 'replayed' | 'held' | 'skipped'): RunProgress => ({
  ...progress,
  matched: progress.matched + 1,
  [outcome]: progress[outcome] + 1,
})
