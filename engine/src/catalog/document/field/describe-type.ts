import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'

const maxDepth = 8
const shownValues = 20
const fixedFormats: ReadonlySet<string> = new Set([
  'date-time',
  'date',
  'time',
  'duration',
  'uuid',
  'ipv4',
  'ipv6',
])

/** What a schema takes, in words: `text, 1 to 128`, `one of "a", "b"`, `list of whole number, from 0`. */
export function describeType(schema: JsonValue | undefined, depth = 0): string {
  if (!isJsonObject(schema) || depth > maxDepth) return schema === false ? 'nothing' : 'any JSON'
  if (Array.isArray(schema['enum'])) return `one of ${values(schema['enum'])}`
  if (schema['const'] !== undefined) return JSON.stringify(schema['const'])
  const branches = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(branches))
    return [...new Set(branches.map(branch => describeType(branch, depth + 1)))].join(' or ')
  if (typeof schema['$ref'] === 'string')
    return schema['$ref'] === '#' ? 'the same again' : (schema['$ref'].split('/').at(-1) as string)
  const { type } = schema
  if (Array.isArray(type)) return type.map(one => ofType(String(one), schema, depth)).join(' or ')
  return typeof type === 'string' ? ofType(type, schema, depth) : 'any JSON'
}

function ofType(type: string, schema: JsonObject, depth: number): string {
  switch (type) {
    case 'string': {
      const format = typeof schema['format'] === 'string' ? schema['format'] : 'text'
      // How long a time or an address can be says nothing that its format does not.
      const length = fixedFormats.has(format) ? '' : span(schema['minLength'], schema['maxLength'])
      return words(format, length, pattern(schema['pattern']))
    }
    case 'integer':
    case 'number':
      return words(type === 'integer' ? 'whole number' : 'number', bounds(schema))
    case 'array':
      return words(
        `list of ${describeType(schema['items'], depth + 1)}`,
        span(schema['minItems'], schema['maxItems'], ' items'),
      )
    case 'object': {
      const value = mapValue(schema)
      return value === undefined ? 'object' : `map of ${describeType(value, depth + 1)}`
    }
    case 'boolean':
      return 'true or false'
    default:
      return type
  }
}

/** The schema of a map's values; undefined where the object has members of its own. */
export function mapValue(schema: JsonObject): JsonValue | undefined {
  if (isJsonObject(schema['properties']) && Object.keys(schema['properties']).length > 0) return undefined
  const { patternProperties, additionalProperties } = schema
  const patterns = isJsonObject(patternProperties) ? Object.values(patternProperties) : []
  return patterns[0] ?? (isJsonObject(additionalProperties) ? additionalProperties : undefined)
}

const words = (...parts: readonly string[]): string => parts.filter(part => part !== '').join(', ')

const pattern = (text: JsonValue | undefined): string => (typeof text === 'string' ? `like ${text}` : '')

function values(list: readonly JsonValue[]): string {
  const shown = list.slice(0, shownValues).map(value => JSON.stringify(value))
  return list.length > shownValues
    ? `${shown.join(', ')} and ${list.length - shownValues} more`
    : shown.join(', ')
}

function bounds(schema: JsonObject): string {
  const { exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  return words(
    span(schema['minimum'], schema['maximum']),
    exclusiveMinimum === undefined ? '' : `above ${exclusiveMinimum}`,
    exclusiveMaximum === undefined ? '' : `below ${exclusiveMaximum}`,
    multipleOf === undefined ? '' : `a multiple of ${multipleOf}`,
  )
}

function span(least: JsonValue | undefined, most: JsonValue | undefined, unit = ''): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}`
  if (least !== undefined) return `from ${least}${unit}`
  return most === undefined ? '' : `up to ${most}${unit}`
}
