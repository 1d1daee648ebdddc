import type { ErrorCode, KeelsonError } from 'keelson'

/** Exit codes of every command; part of the command line's contract. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  conflict: 5,
  unavailable: 6,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** A failure that a command ends with: what to print, and the exit code. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = exitCodes.failed, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'CommandFailure'
    this.exitCode = exitCode
  }
}

/** The exit code for a problem's HTTP status. */
export function exitCodeFor(status: number): ExitCode {
  if (status === 401 || status === 403) return exitCodes.notAllowed
  if (status === 404) return exitCodes.notFound
  if (status === 409 || status === 412) return exitCodes.conflict
  if (status === 400 || status === 415) return exitCodes.usage
  if (status === 408 || status === 429 || status === 503) return exitCodes.unavailable
  return exitCodes.failed
}

/** The exit code for an error that a command met itself, without a server. */
export function exitCodeForError({ code, status }: KeelsonError): ExitCode {
  return ownCodes[code] ?? exitCodeFor(status)
}

const ownCodes: Partial<Record<ErrorCode, ExitCode>> = {
  request_invalid: exitCodes.usage,
  format_unknown: exitCodes.usage,
  store_shards_differ: exitCodes.usage,
  store_unwritable: exitCodes.notAllowed,
  store_not_permitted: exitCodes.notAllowed,
  store_busy: exitCodes.unavailable,
  store_full: exitCodes.unavailable,
  store_locked: exitCodes.unavailable,
  store_unreachable: exitCodes.unavailable,
  transport_denied: exitCodes.notAllowed,
}
