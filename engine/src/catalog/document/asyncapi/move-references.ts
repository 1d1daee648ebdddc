import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'

const keywordsWithData: ReadonlySet<string> = new Set(['examples', 'const', 'enum', 'default'])
const keywordsWithNames: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
])

/**
 * The schema as a part of a larger document at `base`: its own references (`#/…`) are made to begin there, and the
 * members that would make it a document of its own are gone.
 */
export function moveReferences(schema: JsonObject, base: string): JsonObject {
  const { $schema: _, $id: __, ...rest } = schema
  return move(rest, base) as JsonObject
}

function move(schema: JsonValue, base: string): JsonValue {
  if (Array.isArray(schema)) return schema.map(item => move(item, base))
  if (!isJsonObject(schema)) return schema
  return mapMembers(schema, (key, value) => {
    if (key === '$ref' && typeof value === 'string' && /^#(\/|$)/.test(value))
      return `${base}${value.slice(1)}`
    if (keywordsWithData.has(key)) return value
    // Members of these have names that the schema chooses, which are no keywords.
    if (keywordsWithNames.has(key) && isJsonObject(value))
      return mapMembers(value, (_, one) => move(one, base))
    return move(value, base)
  })
}

function mapMembers(object: JsonObject, map: (key: string, value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(key, value)]))
}
