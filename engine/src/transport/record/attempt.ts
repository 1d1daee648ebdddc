import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'

/** `permanent`: trying again is no use; `exhausted`: no attempt is left; `expired`: the deadline has passed; `parked`: behind one of its key. */
export type DeadLetterReason = 'permanent' | 'exhausted' | 'expired' | 'parked'

/** A try that failed. */
export interface Attempt {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly name: string
  /** At most 1,000 characters. */
  readonly message: string
  readonly code?: string
  /** The same for errors of one kind. */
  readonly fingerprint: string
}

export const attemptToJson = ({ at, name, message, code, fingerprint }: Attempt): JsonObject => ({
  at,
  name,
  message,
  fingerprint,
  ...(code === undefined ? {} : { code }),
})

/** The attempts of a list; what is none of them is left out. */
export function attemptsOf(value: JsonValue | undefined): readonly Attempt[] {
  if (!Array.isArray(value)) return []
  return value.flatMap(one => {
    if (!isJsonObject(one)) return []
    const { at, name, message, code, fingerprint } = one
    if (typeof at !== 'number' || typeof name !== 'string' || typeof message !== 'string') return []
    if (typeof fingerprint !== 'string') return []
    return [{ at, name, message, fingerprint, ...(typeof code === 'string' ? { code } : {}) }]
  })
}
