import { KeelsonError } from '../../../core/index.ts'
import type { Delivery } from '../../../transport/index.ts'
import type { LaneOutcome } from '../../flow/index.ts'
import type { Unit } from '../../unit.ts'
import { collectUnit } from '../../unit.ts'
import type { Handling, HandlingResult } from './handling.ts'

/** What a call is to say of deliveries that it has not come to. */
export type Refusal = HandlingResult & { readonly lane: Exclude<LaneOutcome, 'done'> }

/**
 * Calls the handler and completes the deliveries together with what it has written; undefined where all of it is done.
 * @throws what the handler or the receiver throws; nothing has taken effect then.
 */
export async function callHandler(
  deliveries: readonly Delivery[],
  handling: Handling,
  call: (unit: Unit) => void | Promise<void>,
): Promise<Refusal | undefined> {
  const { receiver, signal } = handling
  const { unit, parts } = collectUnit(handling.sql)
  const refused = await withinBulkhead(handling, async () => call(unit))
  if (refused !== undefined) return refused
  signal.throwIfAborted()
  const written = parts()
  const isPlain = Object.values(written).every(part => part.length === 0)
  const isFirst = deliveries.every(({ attempts }) => attempts.length === 0)
  // What has no effect of its own need not be waited for: done once more it does no harm.
  if (isPlain && isFirst) receiver.complete(deliveries).catch(handling.onFault)
  else await receiver.complete(deliveries, written)
  return undefined
}

/** A bulkhead that is full has let nothing begin: that was no try. */
async function withinBulkhead(
  { settings, signal, tools }: Handling,
  call: () => Promise<void>,
): Promise<Refusal | undefined> {
  const { bulkhead } = settings.options
  if (bulkhead === undefined) {
    await call()
    return undefined
  }
  let hasBegun = false
  const begin = () => {
    hasBegun = true
    return call()
  }
  try {
    await bulkhead.bulkhead.run(bulkhead.name ?? settings.name, begin, { signal })
    return undefined
  } catch (error) {
    if (hasBegun || !(error instanceof KeelsonError && error.code === 'bulkhead_full')) throw error
    const seconds = Number(error.details['retryAfterSeconds'] ?? 1)
    return { lane: { retryAt: tools.alarm.now() + seconds * 1_000 }, breaker: 'abandoned' }
  }
}
