import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import { checkBounds } from '../schema/bounded.ts'
import type { Schema } from '../schema/node.ts'
import { createAsWritten } from './as-written.ts'
import { mapSchema, unlessSame } from './map-schema.ts'

/** Keywords to which a member that is filled in could make a difference. */
const sensitive = ['maxProperties', 'propertyNames', 'dependentRequired', 'dependentSchemas', 'dependencies']

/**
 * The view of a reader that fills in defaults before it validates: a required member whose schema has a default may
 * be missing. Whether the default fits its own schema is for the author of the schema to see to.
 */
export function withDefaults(schema: Schema): Schema {
  if (typeof schema === 'boolean') return schema
  checkBounds(schema)
  const written = createAsWritten(schema)
  const relax = (part: JsonValue): JsonValue => {
    if (!isJsonObject(part)) return part
    const mapped = mapSchema(part, { part: relax, inPlace: relax, reversed: written.keep })
    if (part['oneOf'] !== undefined) mapped['oneOf'] = written.keep(part['oneOf'])
    const { properties, required } = part
    if (!isJsonObject(properties) || !Array.isArray(required)) return unlessSame(part, mapped)
    if (sensitive.some(keyword => keyword in part)) return unlessSame(part, mapped)
    const hasDefault = (name: JsonValue) => {
      const member =
        typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined
      return isJsonObject(member) && 'default' in member
    }
    return { ...mapped, required: required.filter(name => !hasDefault(name)) }
  }
  return written.complete(relax(schema) as JsonObject) ?? schema
}
