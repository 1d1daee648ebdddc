import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { canonicalJson, isJsonObject } from '../../../core/index.ts'
import { checkBounds } from '../schema/bounded.ts'
import type { Schema } from '../schema/node.ts'
import { createAsWritten } from './as-written.ts'
import { mapSchema, unlessSame } from './map-schema.ts'

/**
 * The consumer's view of a schema: members that it does not know are passed over. What only closes objects
 * (`additionalProperties: false`, `unevaluatedProperties: false`) is left out; a `oneOf` whose branches were closed
 * becomes an `anyOf`, since a value may now fit several. The view accepts everything that the schema accepts.
 */
export function openView(schema: Schema): Schema {
  if (typeof schema === 'boolean') return schema
  checkBounds(schema)
  const written = createAsWritten(schema)
  const open = (part: JsonValue): JsonValue => {
    if (!isJsonObject(part)) return part
    const opened = mapSchema(part, { part: open, inPlace: open, reversed: written.keep })
    for (const keyword of ['additionalProperties', 'unevaluatedProperties'])
      if (opened[keyword] === false) delete opened[keyword]
    return unlessSame(part, openOneOf(part, opened, open))
  }
  const view = written.complete(open(schema) as JsonObject)
  return view ?? schema
}

/** A reference within a branch may lead to an opened definition, so only branches without any stay exclusive. */
function openOneOf(part: JsonObject, opened: JsonObject, open: (schema: JsonValue) => JsonValue): JsonObject {
  const { oneOf } = part
  if (!Array.isArray(oneOf)) return opened
  const branches = oneOf.map(open)
  const isSame = canonicalJson(branches) === canonicalJson(oneOf) && !canonicalJson(oneOf).includes('"$ref":')
  if (isSame) return { ...opened, oneOf }
  const { oneOf: _, ...rest } = opened
  if (rest['anyOf'] === undefined) return { ...rest, anyOf: branches }
  const allOf = Array.isArray(rest['allOf']) ? rest['allOf'] : []
  return { ...rest, allOf: [...allOf, { anyOf: branches }] }
}
