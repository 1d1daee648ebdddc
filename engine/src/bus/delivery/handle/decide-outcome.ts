import type { Attempt, DeadLetterReason } from '../../../transport/index.ts'
import type { FailureRules, RetrySchedule } from '../../flow/index.ts'
import { fingerprintOf, isPermanent, normaliseError } from '../../flow/index.ts'
import { codeOf, messageOf, nameOf } from '../../flow/retry/failure.ts'

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
    name: nameOf(error).slice(0, 128).toWellFormed(),
    message: messageOf(error).slice(0, longestMessage).toWellFormed(),
    fingerprint: fingerprintOf(thrown),
    ...(code === undefined ? {} : { code: code.slice(0, 128).toWellFormed() }),
  }
  if (isFinal(error, failures)) return { attempt, reason: 'permanent' }
  const delay = retry.nextDelay(failed + 1, random)
  return delay === undefined ? { attempt, reason: 'exhausted' } : { attempt, delay }
}

/** Where a rule itself throws nothing is known of the error: it is tried again, and that counts. */
function isFinal(error: Error, failures: FailureRules): boolean {
  try {
    return isPermanent(error, failures)
  } catch {
    return false
  }
}

export interface FailureSetting {
  readonly retry: RetrySchedule
  readonly failures: FailureRules
  readonly now: number
  readonly random: () => number
}
