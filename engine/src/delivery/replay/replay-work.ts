import type { JsonValue } from '../../core/index.ts'
import type { RecordedEvent } from '../../store/index.ts'
import { troubleId } from '../../transport/index.ts'
import type { RunSeat } from '../run/run-driver.ts'
import type { RunProgress } from '../run/run-record.ts'
import type { LogRange, LogSelection } from './log-range.ts'
import { PageTally } from './page-tally.ts'
import type { KeyedEvent, ReplayFailure, ReplayMarks, ReplayTools } from './replay-event.ts'
import { keyed, partitionOf, replayEvent } from './replay-event.ts'

export interface ReplayWork {
  readonly tools: ReplayTools
  readonly selection: LogSelection
  readonly concurrency: number
  readonly pageSize: number
  readonly marks: ReplayMarks | undefined
  readonly fail: (failure: ReplayFailure) => Promise<void>
}

/** Where a run stands: in which of its ranges, and after which position. */
export interface ReplayCursor {
  readonly ranges: readonly LogRange[]
  readonly range: number
  readonly after: number
  /** What was counted up to there, where the progress beside it counts a part of the page that follows, too. */
  readonly counted?: RunProgress
}

/** Replays page by page from where the run stands, and gives its progress at the end. */
export async function replayRanges(
  work: ReplayWork,
  seat: RunSeat,
  start: { readonly progress: RunProgress; readonly cursor: ReplayCursor },
): Promise<RunProgress> {
  const { ranges } = start.cursor
  let { range, after } = start.cursor
  // A page that was begun is gone through again, and is counted again.
  let progress = start.cursor.counted ?? start.progress
  while (range < ranges.length) {
    const asked = ranges[range] as LogRange
    await seat.turn()
    const page = await work.selection.page(
      asked,
      Math.max(after, asked.first - 1),
      work.pageSize,
      seat.signal,
    )
    const cursor = cursorToJson({ ranges, range, after, counted: progress })
    const tally = new PageTally(progress, work.tools.alarm, counted => seat.keep(counted, cursor))
    await replayPage(page.events, work, seat, tally)
    progress = { ...tally.progress, ...(ranges.length === 1 ? { position: page.position } : {}) }
    if (page.isEnd) range += 1
    after = page.isEnd ? 0 : page.position
    await seat.keep(progress, cursorToJson({ ranges, range, after }))
    await work.marks?.clear()
  }
  return progress
}

export const cursorToJson = (cursor: ReplayCursor): JsonValue => JSON.parse(JSON.stringify(cursor))

/** The events of a key one after the other, others beside them, as many at a time as the subscription handles. */
async function replayPage(
  events: readonly RecordedEvent[],
  work: ReplayWork,
  seat: RunSeat,
  tally: PageTally,
): Promise<void> {
  const present = events.filter(({ bodyState }) => bodyState === 'present')
  tally.skip(events.length - present.length)
  const chains = chainsOf(present.map(event => keyed(event, work.tools.route)))
  const next = chains.values()
  const failures: unknown[] = []
  const worker = async () => {
    for (const chain of next) {
      for (const one of chain) {
        if (failures.length > 0) return
        tally.count(await replayOne(one, work, seat))
        await tally.keepWhenDue()
      }
    }
  }
  const workers = Array.from({ length: Math.min(work.concurrency, chains.length) }, () =>
    worker().catch(error => void failures.push(error)),
  )
  // All of them: none may go on beside what comes after.
  await Promise.all(workers)
  if (failures.length === 0) return
  // Also of a run that was aborted is told what it did.
  await tally.keep().catch(() => undefined)
  throw failures[0]
}

async function replayOne(one: KeyedEvent, work: ReplayWork, seat: RunSeat): Promise<'replayed' | 'failed'> {
  const { marks, tools } = work
  const id = troubleId({ position: one.event.position, partition: partitionOf(one.event, tools.store) })
  if (marks?.done.has(id)) return 'replayed'
  const failure = await replayEvent(one, marks, tools, seat)
  if (failure === undefined) return 'replayed'
  await work.fail(failure)
  return 'failed'
}

/** Of each key of a tenant in their order; what has no key is a chain of its own. */
function chainsOf(events: readonly KeyedEvent[]): readonly (readonly KeyedEvent[])[] {
  const byKey = new Map<string, KeyedEvent[]>()
  const chains: KeyedEvent[][] = []
  for (const one of events) {
    const key = one.orderingKey === undefined ? undefined : `${one.event.tenantId}\0${one.orderingKey}`
    const known = key === undefined ? undefined : byKey.get(key)
    if (known !== undefined) known.push(one)
    else {
      const chain = [one]
      chains.push(chain)
      if (key !== undefined) byKey.set(key, chain)
    }
  }
  return chains
}
