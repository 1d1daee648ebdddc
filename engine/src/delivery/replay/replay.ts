import type { EventStore } from '../../store/index.ts'
import type { Alarm } from '../../transport/index.ts'
import { systemAlarm } from '../../transport/index.ts'
import { checkRate } from '../run/check-rate.ts'
import { Pace } from '../run/pace.ts'
import type { RunSeat } from '../run/run-driver.ts'
import type { RunProgress } from '../run/run-record.ts'
import { noProgress } from '../run/run-record.ts'
import { LogSelection, rangesOf } from './log-range.ts'
import type { ReplayFailure } from './replay-event.ts'
import type { ReplayQuery } from './replay-query.ts'
import { checkReplayQuery } from './replay-query.ts'
import type { ReplayTarget } from './replay-target.ts'
import { routeOf, withinTenant } from './replay-target.ts'
import { replayRanges } from './replay-work.ts'

export interface LogReplayOptions extends ReplayQuery {
  readonly store: EventStore
  readonly subscription: ReplayTarget
  /** Only counts. */
  readonly dryRun?: boolean
  /** Default as fast as the handler. */
  readonly ratePerSecond?: number
  /** Default false: `context.replay.sideEffects` says so, and events that the handler adds to its unit are left out. */
  readonly withSideEffects?: boolean
  /** Ends it at the next event; the result says how far it came. */
  readonly signal?: AbortSignal
  /** Told after each page, and each second of a long one; it may wait, which pauses the replay. */
  readonly onProgress?: (progress: RunProgress) => void | Promise<void>
  readonly alarm?: Alarm
}

export interface LogReplayResult extends RunProgress {
  readonly isAborted: boolean
  /** The first 100. */
  readonly failures: readonly ReplayFailure[]
}

const mostFailures = 100
export const pageSize = 200

/**
 * Gives events of the log to a subscription's handler again, the earliest first, beside what it gets live, whose place
 * stays as it is. Nothing of it is kept: `startReplay` is for what is to survive a restart.
 *
 * @throws KeelsonError `delivery_options_invalid`, `tenant_mismatch`, and what a filter's text may be refused with.
 */
export async function replay(options: LogReplayOptions): Promise<LogReplayResult> {
  const { store, subscription, dryRun = false, ratePerSecond, withSideEffects = false, ...rest } = options
  const { alarm = systemAlarm, onProgress, signal = new AbortController().signal, ...asked } = rest
  checkRate(ratePerSecond)
  checkReplayQuery(asked, store.capabilities.shards)
  const route = routeOf(subscription, alarm)
  const query = withinTenant(asked, route)
  const ranges = await rangesOf(store, query)
  const failures: ReplayFailure[] = []
  let progress = withRange(noProgress, ranges)
  if (dryRun) {
    const { matched } = await countEvents(options)
    return { ...progress, matched, isAborted: false, failures }
  }
  const seat: RunSeat = {
    signal,
    turn: async () => signal.throwIfAborted(),
    async keep(next) {
      progress = next
      await onProgress?.(next)
    },
  }
  const pace = new Pace(ratePerSecond, alarm)
  const tools = { id: 'once', store, route, sideEffects: withSideEffects, pace, alarm, random: Math.random }
  const work = {
    tools,
    selection: new LogSelection(store, query, route),
    concurrency: route.settings.concurrency,
    pageSize: pageSizeAt(ratePerSecond),
    marks: undefined,
    fail: async (failure: ReplayFailure) => {
      if (failures.length < mostFailures) failures.push(failure)
    },
  }
  try {
    progress = await replayRanges(work, seat, { progress, cursor: { ranges, range: 0, after: 0 } })
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return { ...progress, isAborted: signal.aborted, failures }
}

/** Progress is kept about once a second, however slow it goes. */
export const pageSizeAt = (ratePerSecond: number | undefined): number =>
  Math.max(1, Math.min(pageSize, Math.ceil(ratePerSecond ?? pageSize)))

/** Where it begins and ends, where that is one place each. */
export function withRange(
  progress: RunProgress,
  ranges: readonly { readonly first: number; readonly last: number }[],
): RunProgress {
  const [only] = ranges
  if (only === undefined || ranges.length > 1) return progress
  return { ...progress, position: only.first - 1, from: only.first, to: only.last }
}

/** How many events a replay would be about, counted up to `most`, 100,000 unless it is given. */
export async function countEvents(
  options: ReplayQuery & Pick<LogReplayOptions, 'store' | 'subscription' | 'signal'>,
  most = 100_000,
): Promise<{ readonly matched: number; readonly isComplete: boolean }> {
  const { store, subscription, signal = new AbortController().signal } = options
  checkReplayQuery(options, store.capabilities.shards)
  const route = routeOf(subscription, systemAlarm)
  const query = withinTenant(options, route)
  const selection = new LogSelection(store, query, route)
  let matched = 0
  for (const range of await rangesOf(store, query)) {
    let after = range.first - 1
    for (let isEnd = false; !isEnd; ) {
      const page = await selection.page(range, after, 1_000, signal)
      matched += page.events.length
      if (matched >= most) return { matched: most, isComplete: false }
      after = page.position
      isEnd = page.isEnd
    }
  }
  return { matched, isComplete: true }
}
