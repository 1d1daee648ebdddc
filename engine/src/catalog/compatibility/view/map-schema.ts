import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'

/** How a view changes the schemas of the parts of a value, and those that judge the value itself. */
export interface SchemaMapping {
  /** For members and items. */
  readonly part: (schema: JsonValue) => JsonValue
  /** For `allOf`, `anyOf`, `then`, `else`, `dependentSchemas` and definitions. */
  readonly inPlace: (schema: JsonValue) => JsonValue
  /** For `not`, `if`, `propertyNames` and counted `contains`, where wider and narrower change places. */
  readonly reversed: (schema: JsonValue) => JsonValue
}

const parts: ReadonlySet<string> = new Set([
  'items',
  'prefixItems',
  'additionalItems',
  'properties',
  'patternProperties',
  'additionalProperties',
  'contains',
])
const partMaps: ReadonlySet<string> = new Set(['properties', 'patternProperties'])
const inPlaces: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'then', 'else'])
const inPlaceMaps: ReadonlySet<string> = new Set(['dependentSchemas', 'dependencies', '$defs', 'definitions'])
const reversedKeywords: ReadonlySet<string> = new Set(['not', 'if', 'propertyNames'])

/** A copy of a schema with its subschemas mapped. `oneOf` is left as it is, for each view treats it in a way of its own. */
export function mapSchema(schema: JsonObject, mapping: SchemaMapping): JsonObject {
  const map = (keyword: string, value: JsonValue): JsonValue => {
    const isCounted = keyword === 'contains' && 'maxContains' in schema
    if (reversedKeywords.has(keyword) || isCounted) return mapEach(value, mapping.reversed)
    if (partMaps.has(keyword)) return mapMembers(value, mapping.part)
    if (parts.has(keyword)) return mapEach(value, mapping.part)
    if (inPlaces.has(keyword)) return mapEach(value, mapping.inPlace)
    return inPlaceMaps.has(keyword) ? mapMembers(value, mapping.inPlace) : value
  }
  return Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, map(keyword, value)]))
}

/** The schema itself where a view changed nothing, so that what was read of it need not be read again. */
export function unlessSame(schema: JsonObject, mapped: JsonObject): JsonObject {
  const names = Object.keys(mapped)
  const isSame =
    names.length === Object.keys(schema).length && names.every(name => mapped[name] === schema[name])
  return isSame ? schema : mapped
}

function mapEach(value: JsonValue, map: (schema: JsonValue) => JsonValue): JsonValue {
  if (!Array.isArray(value)) return map(value)
  const mapped = value.map(map)
  return mapped.every((schema, index) => schema === value[index]) ? value : mapped
}

function mapMembers(value: JsonValue, map: (schema: JsonValue) => JsonValue): JsonValue {
  if (!isJsonObject(value)) return value
  const mapped = Object.entries(value).map(([name, schema]): [string, JsonValue] => [
    name,
    Array.isArray(schema) ? schema : map(schema),
  ])
  return unlessSame(value, Object.fromEntries(mapped))
}
