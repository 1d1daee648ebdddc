import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import { nameOfFragment } from '../schema/pointer.ts'

/**
 * Whether the schemas that judge a value in place list members, and none of them says what other members are to be.
 */
export function listsMembers(document: JsonObject, schema: JsonObject): boolean {
  const seen = new Set<JsonValue>()
  let lists = false
  let saysOtherwise = false
  const visit = (part: JsonValue | undefined): void => {
    if (!isJsonObject(part) || seen.has(part)) return
    seen.add(part)
    if ('properties' in part) lists = true
    if ('additionalProperties' in part || 'unevaluatedProperties' in part || '$dynamicRef' in part)
      saysOtherwise = true
    if (part['$ref'] !== undefined) {
      const target = lookUp(document, part['$ref'])
      if (target === undefined) saysOtherwise = true
      visit(target)
    }
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
      const branches = part[keyword]
      if (Array.isArray(branches)) branches.forEach(visit)
    }
    for (const keyword of ['then', 'else']) visit(part[keyword])
    for (const keyword of ['dependentSchemas', 'dependencies']) {
      const schemas = part[keyword]
      if (isJsonObject(schemas)) Object.values(schemas).forEach(visit)
    }
  }
  visit(schema)
  return lists && !saysOtherwise
}

function lookUp(document: JsonObject, reference: JsonValue | undefined): JsonValue | undefined {
  if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) return undefined
  let value: JsonValue | undefined = document
  for (const token of reference.split('/').slice(1)) {
    const name = nameOfFragment(token)
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as JsonObject)[name]
  }
  return value
}
