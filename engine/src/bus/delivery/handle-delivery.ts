import type { Envelope } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { StoreCapabilities } from '../../store/index.ts'
import type { Receiver } from '../../transport/index.ts'
import type { BreakerOutcome, LaneOutcome } from '../flow/index.ts'
import { isExpired } from '../flow/index.ts'
import { collectUnit } from '../unit.ts'
import { decideOutcome } from './decide-outcome.ts'
import type { DeliverySettings, DeliveryTools } from './delivery-options.ts'
import type { EventHandler } from './handler.ts'
import type { Job } from './job.ts'
import type { SharedLimits } from './shared-limits.ts'

export interface Handling {
  readonly receiver: Receiver
  /** With all that stands around it. */
  readonly handle: EventHandler
  /** Dialect of a unit's statements. */
  readonly sql: StoreCapabilities['sql']
  readonly settings: DeliverySettings
  readonly tools: DeliveryTools
  readonly limits: SharedLimits
  /** Aborts when the term ends: nothing that comes later counts. */
  readonly signal: AbortSignal
  /** Told of what goes wrong after the delivery is let go. */
  readonly onFault: (error: unknown) => void
}

export interface HandlingResult {
  readonly lane: LaneOutcome
  readonly breaker: BreakerOutcome
}

const passed: HandlingResult = { lane: 'done', breaker: 'abandoned' }

/**
 * Sees one delivery through a try: it is completed, tried again later or set aside.
 * @throws what the receiver throws where it can do none of them; the delivery is in hand still.
 */
export async function handleDelivery(job: Job, handling: Handling): Promise<HandlingResult> {
  const { receiver, limits, signal } = handling
  if (receiver.isParked(job.delivery)) {
    await receiver.setAside(job.delivery, 'parked')
    return passed
  }
  try {
    const { event } = job.delivery
    if (isExpired(deadlineOf(event), handling.tools.alarm.now())) {
      await receiver.setAside(job.delivery, 'expired')
      return passed
    }
    const refused = await callHandler(event, job, handling)
    if (refused !== undefined) return refused
  } catch (error) {
    // Whoever has ended the term has the delivery now.
    signal.throwIfAborted()
    return fail(job, error, handling)
  }
  limits.handled += 1
  limits.error = undefined
  return { lane: 'done', breaker: 'success' }
}

/** Undefined where the handler has done it. */
async function callHandler(
  event: Envelope,
  { delivery }: Job,
  handling: Handling,
): Promise<HandlingResult | undefined> {
  const { receiver, settings, signal } = handling
  const { unit, parts } = collectUnit(handling.sql)
  const attempt = delivery.attempts.length + 1
  const context = { subscription: settings.name, delivery, attempt, signal, unit }
  const refused = await withinBulkhead(handling, async () => handling.handle(event, context))
  if (refused !== undefined) return refused
  signal.throwIfAborted()
  const written = parts()
  const isPlain = Object.values(written).every(part => part.length === 0)
  // What has no effect of its own need not be waited for: done once more it does no harm.
  if (isPlain && delivery.attempts.length === 0) receiver.complete([delivery]).catch(handling.onFault)
  else await receiver.complete([delivery], written)
  return undefined
}

/** A bulkhead that is full has let nothing begin: that was no try. */
async function withinBulkhead(
  { settings, signal, tools }: Handling,
  call: () => Promise<void>,
): Promise<HandlingResult | undefined> {
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

async function fail(job: Job, error: unknown, handling: Handling): Promise<HandlingResult> {
  const { receiver, settings, tools, limits } = handling
  const now = tools.alarm.now()
  const { retry, failures } = settings
  const failed = job.delivery.attempts.length
  const { attempt, delay, reason } = decideOutcome(error, failed, {
    retry,
    failures,
    now,
    random: tools.random,
  })
  limits.failed += 1
  limits.error = attempt.message
  settings.onError(error)
  if (delay !== undefined) {
    job.delivery = await receiver.postpone(job.delivery, now + delay, attempt)
    return { lane: { retryAt: now + delay }, breaker: 'failure' }
  }
  const parksKey = settings.deadLetter === 'parkKey'
  await receiver.setAside(job.delivery, reason ?? 'exhausted', { attempt, parksKey })
  return { lane: 'done', breaker: reason === 'permanent' ? 'permanent' : 'failure' }
}

function deadlineOf(event: Envelope): string | number | undefined {
  const deadline = event.metadata?.['deliveryDeadline']
  return typeof deadline === 'string' || typeof deadline === 'number' ? deadline : undefined
}
