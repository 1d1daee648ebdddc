import type { FieldFault, JsonObject, JsonValue } from '../core/index.ts'
import { isJsonObject } from '../core/index.ts'
import { nearestNames } from './nearest-names.ts'

/** A fault as the schema library reports it. */
export interface SchemaFault {
  readonly keyword: string
  readonly instancePath: string
  readonly message: string
  readonly params: object
}

/**
 * The fault in words: where, what is expected, and what is there instead, as far as that tells nothing of the payload
 * itself; errors are logged, and payloads hold personal data.
 */
export function toFieldFault(error: SchemaFault, schema: JsonValue, payload: JsonValue): FieldFault {
  const path = stepsOf(error.instancePath)
  const value = valueAt(payload, path)
  const [message, hint] = phrase(error, value, () => siblingsOf(schema, path))
  return { pointer: `/payload${error.instancePath}`, message, ...(hint === undefined ? {} : { hint }) }
}

function phrase(
  error: SchemaFault,
  value: JsonValue | undefined,
  siblings: () => readonly string[],
): [message: string, hint?: string] {
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'boolean': {
      const name = stepsOf(error.instancePath).at(-1) ?? ''
      const nearest = nearestOf(name, siblings)
      return [
        'is not a member of this event',
        nearest === undefined ? 'remove it, or check its spelling' : `did you mean ${nearest}?`,
      ]
    }
    case 'required':
      return [`must have ${list(params['requiredProperties'])}`]
    case 'enum': {
      const known = Array.isArray(params['allowedValues']) ? params['allowedValues'].filter(isText) : []
      const nearest = typeof value === 'string' ? nearestOf(value, () => known) : undefined
      const message = `must be one of ${list(params['allowedValues'])}`
      return nearest === undefined ? [message] : [message, `did you mean ${JSON.stringify(nearest)}?`]
    }
    case 'anyOf':
      return ['must fit one of several alternatives']
    case 'const':
      return [`must be ${JSON.stringify(params['allowedValue'])}`]
    case 'type':
      return [`must be of type ${String(params['type'])}, and is ${kindOf(value)}`]
    case 'minLength':
    case 'maxLength':
      return [`${error.message}, and has ${typeof value === 'string' ? value.length : 0}`]
    case 'minItems':
    case 'maxItems':
      return [`${error.message}, and has ${Array.isArray(value) ? value.length : 0}`]
    default:
      return [error.message]
  }
}

/** Names of up to three letters are all near each other. */
const nearestOf = (name: string, known: () => readonly string[]): string | undefined =>
  name.length < 4 ? undefined : nearestNames(name, known())[0]

const isText = (value: unknown): value is string => typeof value === 'string'

function kindOf(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a number'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** The names that the schema lists where the last step leads; none where it does not say them plainly. */
function siblingsOf(schema: JsonValue, path: readonly string[]): readonly string[] {
  let at: JsonValue | undefined = schema
  for (const step of path.slice(0, -1))
    at = isJsonObject(at ?? null) ? memberOf(at as JsonObject, step) : undefined
  const properties = isJsonObject(at ?? null) ? (at as JsonObject)['properties'] : undefined
  return properties !== undefined && isJsonObject(properties) ? Object.keys(properties) : []
}

function memberOf(schema: JsonObject, step: string): JsonValue | undefined {
  const { properties, items } = schema
  if (properties !== undefined && isJsonObject(properties) && Object.hasOwn(properties, step))
    return properties[step]
  return /^\d+$/.test(step) ? items : undefined
}

function valueAt(payload: JsonValue, path: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = payload
  for (const step of path) {
    if (Array.isArray(at)) at = at[Number(step)]
    else if (at !== undefined && isJsonObject(at) && Object.hasOwn(at, step)) at = at[step]
    else return undefined
  }
  return at
}

/** The steps of a JSON Pointer (RFC 6901). */
const stepsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))

function list(values: unknown): string {
  return Array.isArray(values) ? values.map(value => JSON.stringify(value)).join(', ') : 'more members'
}
