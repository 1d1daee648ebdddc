import type { ErrorCode } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'

/** The library's own codes, and those of its administration client. */
const byCode: Readonly<Record<string, ErrorCode>> = {
  UnauthorizedAccess: 'transport_denied',
  UnauthorizedRequestError: 'transport_denied',
  QuotaExceeded: 'transport_full',
  QuotaExceededError: 'transport_full',
  MessageSizeExceeded: 'event_too_large',
  MessagingEntityNotFound: 'topology_drifted',
  MessageEntityNotFoundError: 'topology_drifted',
  MessagingEntityDisabled: 'topology_drifted',
}

/** The last of several errors counts: those before it were tried again. */
function lastOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? lastOf(error.errors.at(-1)) : error
}

/** The library's code of an error; undefined where it has none. */
export function busCodeOf(error: unknown): string | undefined {
  const last = lastOf(error)
  return last instanceof Error && 'code' in last && typeof last.code === 'string' ? last.code : undefined
}

/**
 * What an error of the library means here; whatever is not known may pass. The error itself is left out: it may carry
 * the request with its signature.
 */
export function toBusError(error: unknown, doing: string): KeelsonError {
  if (error instanceof KeelsonError) return error
  const busCode = busCodeOf(error)
  const last = lastOf(error)
  const reason = withoutSecrets(last instanceof Error ? last.message : String(last))
  const code = byCode[busCode ?? ''] ?? 'transport_unreachable'
  return new KeelsonError(code, `Service Bus failed ${doing}: ${reason}`, {
    reason,
    ...(busCode === undefined ? {} : { busCode }),
  })
}

/** Without keys and signatures, as connection strings and tokens have them. */
export const withoutSecrets = (text: string): string =>
  text.replaceAll(/(SharedAccess(?:Key|Signature)=)[^;\s]*/gi, '$1…').replaceAll(/(\bsig=)[^&\s]*/gi, '$1…')

/** A session or the link to it is gone: what was received over it comes again. */
export const isLockLost = (error: unknown): boolean =>
  ['SessionLockLost', 'MessageLockLost'].includes(busCodeOf(error) ?? '')
