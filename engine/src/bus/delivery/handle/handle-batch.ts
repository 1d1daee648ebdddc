import type { Envelope } from '../../../core/index.ts'
import type { EventBatchHandler } from '../handler.ts'
import { callHandler } from './call-handler.ts'
import { deadlineOf, handleDelivery, isPlain, reopen } from './handle-delivery.ts'
import type { Handling, HandlingResult } from './handling.ts'
import type { Job } from './job.ts'

/** What has become of each; nothing is said of one that was not tried, as one ahead of it in its key is not done. */
export type BatchResults = Map<Job, HandlingResult>

/**
 * Sees deliveries of one tenant through a try, all in one call and one unit. Where that fails they are tried in halves,
 * down to the one that is at fault, so that its neighbours neither wait for it nor fail with it.
 * @throws what the receiver throws; `results` has what was decided before.
 */
export async function handleBatch(
  jobs: readonly Job[],
  handling: Handling,
  results: BatchResults,
): Promise<void> {
  const held = new Set<string>()
  const isFree = ({ orderingKey }: Job) => orderingKey === undefined || !held.has(orderingKey)
  const keep = (job: Job, result: HandlingResult) => {
    results.set(job, result)
    if (result.lane !== 'done' && job.orderingKey !== undefined) held.add(job.orderingKey)
  }
  const tryAll = async (all: readonly Job[]): Promise<void> => {
    const free = all.filter(isFree)
    const [first] = free
    if (first === undefined) return
    if (free.length === 1) return keep(first, await handleDelivery(first, handling))
    const result = await tryTogether(free, handling)
    if (result !== undefined) {
      for (const job of free) keep(job, result)
      return
    }
    const half = Math.ceil(free.length / 2)
    await tryAll(free.slice(0, half))
    await tryAll(free.slice(half))
  }
  await tryAll(jobs)
}

/** Undefined where they have to be tried in parts. */
async function tryTogether(jobs: readonly Job[], handling: Handling): Promise<HandlingResult | undefined> {
  if (!jobs.every(job => isPlain(job, handling))) return undefined
  const { limits, settings, signal, receiver } = handling
  const handle = handling.handleBatch as EventBatchHandler
  for (const job of jobs) await reopen(job, receiver)
  const deliveries = jobs.map(({ delivery }) => delivery)
  try {
    const events = deliveries.map(({ event }) => event)
    const refused = await callHandler(deliveries, handling, unit => {
      const { name: subscription } = settings
      const { tenantId } = jobs[0] as Job
      return handle(events, { subscription, tenantId, deliveries, signal, unit, deadline: earliest(events) })
    })
    if (refused !== undefined) return refused
  } catch (error) {
    signal.throwIfAborted()
    settings.onError(error)
    return undefined
  }
  limits.succeed(jobs.length)
  return { lane: 'done', breaker: 'success' }
}

function earliest(events: readonly Envelope[]): number | undefined {
  const all = events.flatMap(event => deadlineOf(event) ?? [])
  return all.length === 0 ? undefined : Math.min(...all)
}
