import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { canonicalJson, isJsonObject } from '../../../core/index.ts'
import { checkBounds } from '../schema/bounded.ts'
import type { Schema } from '../schema/node.ts'
import type { AsWritten } from './as-written.ts'
import { createAsWritten } from './as-written.ts'
import { listsMembers } from './lists-members.ts'
import { mapSchema, unlessSame } from './map-schema.ts'

/**
 * The producer's view of a schema: an object that lists its members and does not say otherwise has no others. Where
 * members come together from several schemas in place (`allOf`, `$ref`), the whole is closed and not its parts. The
 * view accepts nothing that the schema refuses.
 */
export function closedView(schema: Schema): Schema {
  if (typeof schema === 'boolean') return schema
  checkBounds(schema)
  const written = createAsWritten(schema)
  const view = written.complete(close(schema, { document: schema, written }, true) as JsonObject)
  return view ?? schema
}

interface Closing {
  readonly document: JsonObject
  readonly written: AsWritten
}

/** `isWhole` says that the schema alone judges its value, so that it can be closed here. */
function close(schema: JsonValue, closing: Closing, isWhole: boolean): JsonValue {
  if (!isJsonObject(schema)) return schema
  const isUnion = isWhole && isPlainUnion(schema)
  const closed = mapSchema(schema, {
    part: part => close(part, closing, true),
    // Definitions too are closed where they are referred to.
    inPlace: part => close(part, closing, false),
    reversed: closing.written.keep,
  })
  if (isUnion && Array.isArray(schema['anyOf']))
    closed['anyOf'] = schema['anyOf'].map(branch => close(branch, closing, true))
  closeOneOf(schema, closed, closing, isUnion)
  if (!isWhole || isUnion || 'additionalProperties' in schema || 'unevaluatedProperties' in schema)
    return unlessSame(schema, closed)
  return unlessSame(schema, { ...closed, ...closingKeyword(schema, closing) })
}

/** The branches as written stay, for they exclude each other; closed ones stand beside them as an `anyOf`. */
function closeOneOf(schema: JsonObject, closed: JsonObject, closing: Closing, isWhole: boolean): void {
  const { oneOf, anyOf } = schema
  if (!Array.isArray(oneOf)) return
  const branches = oneOf.map(branch => close(branch, closing, isWhole))
  const text = canonicalJson(oneOf)
  if (canonicalJson(branches) === text && !text.includes('"$ref":')) return
  closed['oneOf'] = closing.written.keep(oneOf)
  if (anyOf === undefined) closed['anyOf'] = branches
}

const composing = ['$ref', '$dynamicRef', 'allOf', 'if', 'dependentSchemas', 'dependencies', 'anyOf', 'oneOf']

/** A union with nothing beside it that could list members. */
function isPlainUnion(schema: JsonObject): boolean {
  const found = composing.filter(keyword => keyword in schema)
  const isOne = found.length === 1 && (found[0] === 'anyOf' || found[0] === 'oneOf')
  return isOne && !('properties' in schema) && !('patternProperties' in schema)
}

function closingKeyword(schema: JsonObject, { document }: Closing): JsonObject {
  if (!composing.some(keyword => keyword in schema))
    return 'properties' in schema ? { additionalProperties: false } : {}
  return listsMembers(document, schema) ? { unevaluatedProperties: false } : {}
}
