import type { ErrorCode } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'

/** Errors that somebody has to end, and that say nothing of the log. */
const awayCodes = new Set<ErrorCode>([
  'store_closed',
  'store_unwritable',
  'store_full',
  'store_not_permitted',
  'key_ring_denied',
  'key_ring_lost',
  'log_heads_damaged',
])

/** Whether the store or the keys are away, rather than damaged. */
export const isPassing = (error: unknown): boolean =>
  error instanceof KeelsonError && (error.retryable || awayCodes.has(error.code))
