import type { ErrorCode } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'

/** Numbers of JetStream's own table of errors. */
export const apiCode = {
  resources: 10023,
  consumerNotFound: 10014,
  memoryExceeded: 10028,
  noMessage: 10037,
  notForAccount: 10039,
  storageExceeded: 10047,
  messageTooLarge: 10054,
  streamExists: 10058,
  streamNotFound: 10059,
  overlap: 10065,
  wrongSequence: 10071,
  storeFailed: 10077,
  accountLimits: 10002,
} as const

/** The number of the answer that an error stands for; undefined where it is none of JetStream's. */
export function apiCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') return undefined
  return error.code >= 10_000 ? error.code : undefined
}

/** Says that nothing was there, as opposed to that nothing could be asked. */
export const isMissing = (error: unknown): boolean => {
  const code = apiCodeOf(error)
  return code === apiCode.streamNotFound || code === apiCode.noMessage || code === apiCode.consumerNotFound
}

const byApiCode: Readonly<Record<number, ErrorCode>> = {
  [apiCode.resources]: 'transport_full',
  [apiCode.memoryExceeded]: 'transport_full',
  [apiCode.storageExceeded]: 'transport_full',
  [apiCode.storeFailed]: 'transport_full',
  [apiCode.accountLimits]: 'transport_full',
  [apiCode.notForAccount]: 'transport_denied',
  [apiCode.overlap]: 'topology_drifted',
  [apiCode.streamExists]: 'topology_drifted',
  [apiCode.messageTooLarge]: 'event_too_large',
}

const byName: Readonly<Record<string, ErrorCode>> = {
  AuthorizationError: 'transport_denied',
  UserAuthenticationExpiredError: 'transport_denied',
  PermissionViolationError: 'transport_denied',
}

/** What an error of the broker or of the way to it means here; whatever is not known may pass. */
export function toTransportError(error: unknown, doing: string): KeelsonError {
  if (error instanceof KeelsonError) return error
  const code = codeOf(error)
  const reason = withoutSecrets(reasonOf(error))
  return new KeelsonError(code, `The broker failed ${doing}: ${reason}`, { reason })
}

/** An answer that says why an event was not taken, as acknowledgements have it. */
export const answerError = (
  { code, description }: { readonly code: number; readonly description: string },
  doing: string,
): KeelsonError =>
  new KeelsonError(byApiCode[code] ?? 'transport_unreachable', `The broker failed ${doing}: ${description}`, {
    reason: description,
    apiCode: code,
  })

function codeOf(error: unknown): ErrorCode {
  for (let one = error; one instanceof Error; one = one.cause) {
    const named = byName[one.name]
    if (named !== undefined) return named
    const answered = byApiCode[apiCodeOf(one) ?? 0]
    if (answered !== undefined) return answered
  }
  return 'transport_unreachable'
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error && cause.message !== error.message
    ? `${error.message} (${cause.message})`
    : error.message
}

/** Without what an address may carry before its `@`. */
export const withoutSecrets = (text: string): string => text.replaceAll(/\/\/[^/\s]*@/g, '//')
