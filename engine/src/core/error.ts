import { errorTable } from './error-table.ts'

export type ErrorCode = keyof typeof errorTable

/** One fault within a larger input: where (RFC 6901 JSON Pointer), what, and how to mend it. */
export interface FieldFault {
  readonly pointer: string
  readonly message: string
  readonly hint?: string
}

export interface ErrorDetails {
  readonly faults?: readonly FieldFault[]
  readonly [key: string]: unknown
}

/**
 * The only error class that Keelson throws on purpose. `message` says what happened with this input,
 * `code` is the stable word, `details` are data for programs (never secrets or payloads).
 */
export class KeelsonError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message?: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message ?? errorTable[code].meaning, cause === undefined ? undefined : { cause })
    this.name = 'KeelsonError'
    this.code = code
    this.details = details
  }

  get status(): number {
    return errorTable[this.code].status
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable
  }
}

/** Turns anything that was thrown into a KeelsonError; what is not one already becomes `fallback`. */
export function toKeelsonError(error: unknown, fallback: ErrorCode = 'internal_error'): KeelsonError {
  if (error instanceof KeelsonError) return error
  return new KeelsonError(fallback, undefined, {}, error)
}
