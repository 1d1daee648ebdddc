import { types } from 'node:util'
import { KeelsonError } from '../../../core/index.ts'

/** Thrown by a handler to say that trying again is no use: the event becomes a dead letter at once. */
export class PermanentError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PermanentError'
  }
}

/** A class of errors, or a word that is compared with an error's `code` and its `name`. */
export type FailureRule = string | (abstract new (...args: never[]) => Error)

export interface FailureRules {
  /** Not tried again, besides what is permanent anyway. */
  readonly permanent?: readonly FailureRule[]
  /** Tried again, whatever else says that they are permanent. */
  readonly transient?: readonly FailureRule[]
}

/** No chain of causes is followed further. */
const longestChain = 8

/** A handler that runs again reads again and decides anew, which is what these ask for. */
const decidedAnew: readonly FailureRule[] = [
  'version_conflict',
  'append_condition_failed',
  'precondition_failed',
]

/**
 * Whether trying again is no use: the error or one of its causes is a {@link PermanentError}, a `KeelsonError` that is
 * not retryable, or fits a rule. The first of the chain that a rule calls transient decides the other way. What nothing
 * is known about is transient.
 */
export function isPermanent(error: unknown, rules: FailureRules = {}): boolean {
  for (const one of causesOf(error)) {
    if (fitsAny(one, rules.transient ?? []) || fitsAny(one, decidedAnew)) return false
    if (one instanceof PermanentError || fitsAny(one, rules.permanent ?? [])) return true
    if (one instanceof KeelsonError && !one.retryable) return true
  }
  return false
}

const fitsAny = (error: Error, rules: readonly FailureRule[]): boolean =>
  rules.some(rule =>
    typeof rule === 'string' ? rule === nameOf(error) || rule === codeOf(error) : error instanceof rule,
  )

/** The `code` of an error where it has one that is a text, as those of Node, of databases and of Keelson have. */
export function codeOf(error: Error): string | undefined {
  const code = memberOf(error, 'code')
  return typeof code === 'string' ? code : undefined
}

/** The `name` of an error as a text; `Error` where it cannot be read. */
export const nameOf = (error: Error): string => textOfMember(error, 'name') ?? 'Error'

/** The `message` of an error as a text; says so where it cannot be read. */
export const messageOf = (error: Error): string =>
  textOfMember(error, 'message') ?? 'the message of the error cannot be read'

/** What is asked here is not ours: a getter or a proxy may throw in its turn. */
function memberOf(error: Error, member: 'name' | 'message' | 'code' | 'cause'): unknown {
  try {
    return (error as { readonly [name in typeof member]?: unknown })[member]
  } catch {
    return undefined
  }
}

function textOfMember(error: Error, member: 'name' | 'message'): string | undefined {
  const value = memberOf(error, member)
  try {
    return value === undefined ? undefined : String(value)
  } catch {
    return undefined
  }
}

/** An error and the errors that caused it, the outermost first, at most eight. */
export function causesOf(error: unknown): readonly Error[] {
  const chain: Error[] = []
  let one = error
  while (isError(one) && !chain.includes(one) && chain.length < longestChain) {
    chain.push(one)
    one = memberOf(one, 'cause')
  }
  return chain
}

/** Also true of errors that come from another realm, such as a worker or a virtual machine. */
function isError(value: unknown): value is Error {
  if (types.isNativeError(value)) return true
  try {
    return value instanceof Error
  } catch {
    return false
  }
}

/**
 * An error for anything that was thrown. An error is given back as it is; all else becomes one of the name
 * `NonErrorThrown`, whose message tells what it was (at most 1,000 characters) and whose cause it is.
 */
export function normaliseError(thrown: unknown): Error {
  if (isError(thrown)) return thrown
  const error = new Error(textOf(thrown).slice(0, 1_000), { cause: thrown })
  error.name = 'NonErrorThrown'
  return error
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'function') return 'a function was thrown'
  if (typeof thrown !== 'object' || thrown === null) return String(thrown)
  // What is asked here is not ours: a getter or a proxy may throw in its turn.
  try {
    const { message } = thrown as { readonly message?: unknown }
    if (typeof message === 'string' && message !== '') return message
    return JSON.stringify(thrown) ?? 'an object was thrown'
  } catch {
    return 'an object was thrown that cannot be read'
  }
}
