import type { Envelope } from '../../../core/index.ts'
import { isExpired, remainingTime } from '../../flow/index.ts'
import { callHandler } from './call-handler.ts'
import { decideOutcome } from './decide-outcome.ts'
import type { Handling, HandlingResult } from './handling.ts'
import type { Job } from './job.ts'

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
  await reopen(job, receiver)
  try {
    if (job.fault !== undefined) throw job.fault.error
    const { event } = job.delivery
    if (isLate(event, handling)) {
      await receiver.setAside(job.delivery, 'expired')
      return passed
    }
    const refused = await tryOne(event, job, handling)
    if (refused !== undefined) return refused
  } catch (error) {
    // Whoever has ended the term has the delivery now.
    signal.throwIfAborted()
    return fail(job, error, handling)
  }
  limits.succeed(1)
  return { lane: 'done', breaker: 'success' }
}

/** Takes from the delivery what was erased while it was in hand. Where that cannot be known it was no try. */
export async function reopen(job: Job, receiver: Handling['receiver']): Promise<void> {
  const reopened = receiver.reopen?.(job.delivery)
  if (reopened !== undefined) job.delivery = await reopened
}

/** Whether a delivery may be handled together with others: nothing is to be decided about it beforehand. */
export function isPlain({ delivery, fault }: Job, handling: Handling): boolean {
  if (fault !== undefined || delivery.attempts.length > 0 || handling.receiver.isParked(delivery))
    return false
  try {
    return !isLate(delivery.event, handling)
  } catch {
    return false
  }
}

function tryOne(event: Envelope, { delivery }: Job, handling: Handling): Promise<HandlingResult | undefined> {
  const { settings, signal, receiver } = handling
  const { replayOf } = delivery
  return callHandler([delivery], handling, unit =>
    handling.handle(event, {
      subscription: settings.name,
      delivery,
      attempt: delivery.attempts.length + 1,
      latest: async () => ((await receiver.reopen?.(delivery)) ?? delivery).event,
      signal,
      unit,
      deadline: deadlineOf(event),
      ...(replayOf === undefined ? {} : { replayOf }),
    }),
  )
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
  limits.fail(attempt.message)
  settings.onError(error)
  if (delay !== undefined) {
    job.delivery = await receiver.postpone(job.delivery, now + delay, attempt)
    return { lane: { retryAt: now + delay }, breaker: 'failure' }
  }
  const parksKey = settings.deadLetter === 'parkKey'
  await receiver.setAside(job.delivery, reason ?? 'exhausted', { attempt, parksKey })
  return { lane: 'done', breaker: reason === 'permanent' ? 'permanent' : 'failure' }
}

const isLate = (event: Envelope, { tools }: Handling): boolean =>
  isExpired(event.metadata === undefined ? undefined : deadlineOf(event), tools.alarm.now())

/** Milliseconds since the epoch; undefined where there is none, or none that can be read. */
export function deadlineOf({ metadata }: Envelope): number | undefined {
  const deadline = metadata?.['deliveryDeadline']
  if (typeof deadline !== 'string' && typeof deadline !== 'number') return undefined
  const at = remainingTime(deadline, 0)
  return Number.isFinite(at) ? at : undefined
}
