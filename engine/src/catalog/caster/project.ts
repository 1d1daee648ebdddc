import type { JsonObject, JsonValue } from '../../core/index.ts'
import { canonicalJson, isJsonObject } from '../../core/index.ts'

/** Schemas that apply to one value; more are not looked at. A schema as people write them has a handful. */
const maxInPlace = 200

/**
 * The value without the members that a closed schema does not know. Additive revisions need no more in either
 * direction: what the older version lacks is optional in the newer one. Follows local references, `allOf`, and of
 * alternatives the first that the value suits.
 */
export function projectTo(schema: JsonValue, value: JsonValue): JsonValue {
  return new Projection(schema).apply([schema], value)
}

class Projection {
  readonly #root: JsonValue

  constructor(root: JsonValue) {
    this.#root = root
  }

  apply(schemas: readonly JsonValue[], value: JsonValue): JsonValue {
    if (typeof value !== 'object' || value === null) return value
    const inPlace = this.#inPlace(schemas, value)
    if (Array.isArray(value)) return value.map((item, at) => this.apply(itemSchemas(inPlace, at), item))
    const kept: [string, JsonValue][] = []
    for (const [name, member] of Object.entries(value)) {
      const own = inPlace.map(schema => memberSchemas(schema, name))
      if (isRefused(inPlace, own)) continue
      kept.push([name, this.apply(own.flat(), member)])
    }
    return Object.fromEntries(kept)
  }

  /** Every schema that applies to the value itself. */
  #inPlace(schemas: readonly JsonValue[], value: JsonValue): JsonObject[] {
    const found = new Set<JsonObject>()
    const visit = (schema: JsonValue | undefined): void => {
      if (schema === undefined || !isJsonObject(schema) || found.has(schema) || found.size >= maxInPlace)
        return
      found.add(schema)
      const { $ref, allOf, anyOf, oneOf } = schema
      if (typeof $ref === 'string') visit(this.#resolve($ref))
      if (Array.isArray(allOf)) allOf.forEach(visit)
      for (const alternatives of [anyOf, oneOf])
        if (Array.isArray(alternatives)) visit(alternatives.find(one => this.#suits(one, value)))
    }
    schemas.forEach(visit)
    return [...found]
  }

  /** Whether the value is of the kind that the schema asks for, has what it requires, and its fixed members. */
  #suits(schema: JsonValue, value: JsonValue, depth = 0): boolean {
    if (typeof schema === 'boolean') return schema
    if (!isJsonObject(schema) || depth > 20) return false
    const { $ref, type, allOf, required, properties } = schema
    if (typeof $ref === 'string' && !this.#suits(this.#resolve($ref) ?? true, value, depth + 1)) return false
    if (Array.isArray(allOf) && !allOf.every(one => this.#suits(one, value, depth + 1))) return false
    if (type !== undefined && ![type].flat().some(one => isOfType(value, one))) return false
    if (!isAmong(schema, value)) return false
    if (!isJsonObject(value)) return true
    if (Array.isArray(required) && !required.every(name => Object.hasOwn(value, String(name)))) return false
    return Object.entries(properties ?? {}).every(([name, member]) => {
      const given = Object.hasOwn(value, name) ? value[name] : undefined
      return given === undefined || !isJsonObject(member) || isAmong(member, given)
    })
  }

  /** What a local reference leads to; undefined where it leads nowhere. */
  #resolve(reference: string): JsonValue | undefined {
    if (reference === '#') return this.#root
    if (!reference.startsWith('#/')) return undefined
    let at: JsonValue | undefined = this.#root
    for (const step of decodeURIComponent(reference).slice(2).split('/')) {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
      at =
        typeof at === 'object' && at !== null && Object.hasOwn(at, name)
          ? (at as JsonObject)[name]
          : undefined
    }
    return at
  }
}

function isAmong(schema: JsonObject, value: JsonValue): boolean {
  const { const: fixed, enum: listed } = schema
  if (fixed !== undefined) return canonicalJson(fixed) === canonicalJson(value)
  if (!Array.isArray(listed)) return true
  const text = canonicalJson(value)
  return listed.some(one => canonicalJson(one) === text)
}

function isOfType(value: JsonValue, type: JsonValue): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isJsonObject(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}

function itemSchemas(inPlace: readonly JsonObject[], at: number): JsonValue[] {
  return inPlace.flatMap(({ prefixItems, items }) => {
    const first = Array.isArray(prefixItems) ? prefixItems[at] : undefined
    return [first ?? items].filter(schema => schema !== undefined)
  })
}

/** The schemas that one object schema has for a member; undefined where it does not know the name. */
function memberSchemas(schema: JsonObject, name: string): JsonValue[] {
  const { properties, patternProperties, additionalProperties } = schema
  const found: JsonValue[] = []
  if (isJsonObject(properties ?? null) && Object.hasOwn(properties as JsonObject, name))
    found.push((properties as JsonObject)[name] as JsonValue)
  for (const [pattern, member] of Object.entries((patternProperties ?? {}) as JsonObject))
    if (new RegExp(pattern, 'u').test(name)) found.push(member)
  if (found.length === 0 && isJsonObject(additionalProperties ?? null))
    found.push(additionalProperties as JsonObject)
  return found
}

/** Whether one of the schemas is closed and does not know the member, of which each has these schemas. */
function isRefused(inPlace: readonly JsonObject[], own: readonly (readonly JsonValue[])[]): boolean {
  const isKnown = own.some(schemas => schemas.length > 0)
  return inPlace.some(({ additionalProperties, unevaluatedProperties }, at) =>
    additionalProperties === false ? own[at]?.length === 0 : unevaluatedProperties === false && !isKnown,
  )
}
