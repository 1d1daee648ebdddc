import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'

/**
 * The value without the members that a closed schema does not know. Additive revisions need no more in either
 * direction: what the older version lacks is optional in the newer one.
 */
export function projectTo(schema: JsonValue, value: JsonValue): JsonValue {
  if (!isJsonObject(schema)) return value
  if (Array.isArray(value)) {
    const items = schema['items']
    return items === undefined ? value : value.map(item => projectTo(items, item))
  }
  if (!isJsonObject(value) || !isJsonObject(schema['properties'] ?? null)) return value
  const properties = schema['properties'] as JsonObject
  const isClosed = schema['additionalProperties'] === false && schema['patternProperties'] === undefined
  const kept: [string, JsonValue][] = []
  for (const [name, member] of Object.entries(value)) {
    if (Object.hasOwn(properties, name)) kept.push([name, projectTo(properties[name] as JsonValue, member)])
    else if (!isClosed) kept.push([name, member])
  }
  return Object.fromEntries(kept)
}
