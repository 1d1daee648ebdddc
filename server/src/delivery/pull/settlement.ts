import type { JsonObject, JsonValue } from 'keelson'
import { isJsonObject, PermanentError } from 'keelson'

/** What a consumer says of a delivery that failed. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly code?: string
  /** Whether trying again is no use. */
  readonly isPermanent: boolean
}

/** What became of a delivery; without a failure it is done. */
export interface Settlement {
  readonly token: string
  readonly failure?: Failure
}

/** The error that a failure is to the subscription. Its stack would tell of this server, so it has none. */
export function toError({ name, message, code, isPermanent }: Failure): Error {
  const error = isPermanent ? new PermanentError(message) : new Error(message)
  error.name = name
  error.stack = `${name}: ${message}`
  return code === undefined ? error : Object.assign(error, { code })
}

export const toJson = ({ failure }: Settlement): JsonObject =>
  failure === undefined ? {} : { failure: { ...failure } }

/** Undefined where it cannot be read. */
export function readSettlement(token: string, value: JsonValue): Settlement | undefined {
  if (!isJsonObject(value)) return undefined
  const { failure } = value
  if (failure === undefined) return { token }
  if (!isJsonObject(failure)) return undefined
  const { name, message, code, isPermanent } = failure
  return {
    token,
    failure: {
      name: String(name),
      message: String(message),
      isPermanent: isPermanent === true,
      ...(typeof code === 'string' ? { code } : {}),
    },
  }
}
