import type { Attempt, DeadLetterReason } from '../../transport/index.ts'
import type { FailureRules, RetrySchedule } from '../flow/index.ts'
import { fingerprintOf, isPermanent, normaliseError } from '../flow/index.ts'
import { codeOf } from '../flow/retry/failure.ts'

/** What becomes of a delivery that failed. */
export type FailureOutcome = {
  readonly attempt: Attempt
  /** Milliseconds until it is tried again. */
  readonly delay?: number
  /** Why it is not tried again. */
  readonly reason?: DeadLetterReason
}

const longestMessage = 1_000

/** `failed` tries came before. What is permanent is not tried again. */
export function decideOutcome(
  thrown: unknown,
  failed: number,
  { retry, failures, now, random }: FailureSetting,
): FailureOutcome {
  const error = normaliseError(thrown)
  const code = codeOf(error)
  const attempt: Attempt = {
    at: now,
    name: String(error.name).slice(0, 128).toWellFormed(),
    message: String(error.message).slice(0, longestMessage).toWellFormed(),
    fingerprint: fingerprintOf(thrown),
    ...(code === undefined ? {} : { code: code.slice(0, 128).toWellFormed() }),
  }
  if (isPermanent(error, failures)) return { attempt, reason: 'permanent' }
  const delay = retry.nextDelay(failed + 1, random)
  return delay === undefined ? { attempt, reason: 'exhausted' } : { attempt, delay }
}

export interface FailureSetting {
  readonly retry: RetrySchedule
  readonly failures: FailureRules
  readonly now: number
  readonly random: () => number
}
