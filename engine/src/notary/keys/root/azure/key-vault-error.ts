import type { ErrorCode } from '../../../../core/index.ts'
import { KeelsonError } from '../../../../core/index.ts'

/** Errors of `@azure/identity`: the credential itself gives no token. */
const credentialErrors = new Set([
  'AuthenticationError',
  'AggregateAuthenticationError',
  'CredentialUnavailableError',
])

/**
 * What an error of the library means here. The error itself is left out: it holds the request with its token.
 *
 * @param doing What the vault was to do, such as `wraps`.
 */
export function toKeyVaultError(error: unknown, doing: string, name: string): KeelsonError {
  if (error instanceof KeelsonError) return error
  const { statusCode, code, name: kind, message } = Object(error) as Partial<RestError>
  const status = typeof statusCode === 'number' ? statusCode : undefined
  const word = typeof code === 'string' ? code.slice(0, 100) : undefined
  const meant = codeFor(status, word, kind, message)
  const why = status === undefined ? (word ?? reasonOf(kind, message)) : `${status}${word ? ` ${word}` : ''}`
  const details = {
    ...(status === undefined ? {} : { status }),
    ...(word === undefined ? {} : { azureCode: word }),
  }
  return new KeelsonError(
    meant,
    `Azure Key Vault ${outcomes[meant] ?? 'fails'} when it ${doing} with ${name}: ${why}`,
    details,
  )
}

interface RestError {
  readonly statusCode: unknown
  readonly code: unknown
  readonly name: string
  readonly message: string
}

const outcomes: Partial<Record<ErrorCode, string>> = {
  key_ring_denied: 'refuses',
  key_ring_locked: 'cannot be reached',
  key_ring_lost: 'finds no key',
  key_ring_wrong: 'finds another key',
}

function codeFor(
  status: number | undefined,
  word: string | undefined,
  kind: string | undefined,
  message: string | undefined,
): ErrorCode {
  if (status === 401 || status === 403) return 'key_ring_denied'
  if (kind !== undefined && credentialErrors.has(kind)) return 'key_ring_denied'
  if (status === 404) return 'key_ring_lost'
  if (status === 400) return 'key_ring_wrong'
  if (status === undefined && word === undefined && isUnusable(message)) return 'key_ring_denied'
  return 'key_ring_locked'
}

/** The library refuses a key by itself that has expired, is not valid yet, or is not for wrapping. */
const isUnusable = (message = ''): boolean =>
  /^Key .* (expired at|can't be used before) /.test(message) ||
  /^Operation .* is not supported on key /.test(message)

function reasonOf(kind: string | undefined, message: string | undefined): string {
  if (kind === 'AbortError' || kind === 'TimeoutError') return 'it does not answer in time'
  return isUnusable(message) ? (message as string).slice(0, 300) : 'for a reason that it does not name'
}
