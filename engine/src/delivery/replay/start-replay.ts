import { randomUUID } from 'node:crypto'
import type { DeliveryRoute } from '../../bus/index.ts'
import { platformTenant } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'
import type { Alarm } from '../../transport/index.ts'
import { systemAlarm } from '../../transport/index.ts'
import { checkRate } from '../run/check-rate.ts'
import { Pace } from '../run/pace.ts'
import { runLease } from '../run/run-driver.ts'
import type { ReplayRun } from '../run/run-handle.ts'
import { workOn } from '../run/run-handle.ts'
import type { RunRecord } from '../run/run-record.ts'
import { noProgress } from '../run/run-record.ts'
import { createRun } from '../run/run-store.ts'
import { LogSelection, rangesOf } from './log-range.ts'
import { pageSizeAt, withRange } from './replay.ts'
import { keepFailure, loadMarks } from './replay-kept.ts'
import type { ReplayQuery } from './replay-query.ts'
import { checkReplayQuery, everyTenant, readReplayQuery, replayQueryToJson } from './replay-query.ts'
import type { ReplayTarget } from './replay-target.ts'
import { routeOf, withinTenant } from './replay-target.ts'
import type { ReplayCursor } from './replay-work.ts'
import { cursorToJson, replayRanges } from './replay-work.ts'

export interface StartReplayOptions extends ReplayQuery {
  readonly subscription: ReplayTarget
  /** Who starts it; it stays on record. */
  readonly by: string
  /** Default as fast as the handler. */
  readonly ratePerSecond?: number
  /** Default false: `context.replay.sideEffects` says so, and events that the handler adds to its unit are left out. */
  readonly withSideEffects?: boolean
  readonly alarm?: Alarm
}

/**
 * As `replay`, kept in the store: it is listed, shown and steered there from any process, and goes on after a restart by
 * `continueReplays`, with what handlers write to their units exactly once. What fails becomes a dead letter of the run,
 * under the subscription name that `failuresOf` gives. One tenant's run is kept in that tenant.
 *
 * @throws KeelsonError `delivery_options_invalid`, `tenant_mismatch`, and what a filter's text may be refused with.
 */
export async function startReplay(store: EventStore, options: StartReplayOptions): Promise<ReplayRun> {
  const { subscription, by, ratePerSecond, withSideEffects = false, alarm = systemAlarm, ...asked } = options
  checkRate(ratePerSecond)
  checkReplayQuery(asked, store.capabilities.shards)
  const route = routeOf(subscription, alarm)
  const query = withinTenant(asked, route)
  const ranges = await rangesOf(store, query)
  const now = alarm.now()
  const cursor: ReplayCursor = { ranges, range: 0, after: 0 }
  const run = await createRun(
    store,
    {
      tenantId: query.tenantId === everyTenant ? platformTenant : query.tenantId,
      kind: 'log',
      subscription: route.settings.name,
      startedBy: by,
      query: replayQueryToJson(query),
      withSideEffects,
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
      progress: withRange(noProgress, ranges),
      cursor: cursorToJson(cursor),
      owner: randomUUID(),
      leaseUntil: now + runLease,
    },
    now,
  )
  return workOnReplay(store, run, route, alarm)
}

/** Works on a replay of the log from where it stands; the caller has claimed it. */
export function workOnReplay(
  store: EventStore,
  run: RunRecord,
  route: DeliveryRoute,
  alarm: Alarm,
): ReplayRun {
  const query = withinTenant(readReplayQuery(run.query), route)
  return workOn(store, run, alarm, async seat => {
    const marks = await loadMarks(store, run, query)
    const tools = {
      id: run.id,
      store,
      route,
      sideEffects: run.withSideEffects,
      pace: new Pace(run.ratePerSecond, alarm),
      alarm,
      random: Math.random,
    }
    const work = {
      tools,
      selection: new LogSelection(store, query, route),
      concurrency: route.settings.concurrency,
      pageSize: pageSizeAt(run.ratePerSecond),
      marks,
      fail: keepFailure(store, run, alarm),
    }
    // Only `cursorToJson` has written it.
    const cursor = run.cursor as ReplayCursor & RunRecord['cursor']
    return replayRanges(work, seat, { progress: run.progress, cursor })
  })
}
