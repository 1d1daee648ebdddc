import type { TSchema } from 'typebox'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import { canonicalJson, isJsonObject } from '../../core/index.ts'
import { FaultList } from './fault-list.ts'
import { SchemaWalk } from './walk-schema.ts'

/**
 * The schema with `uniqueItems` as a check of ours: items are different where they are stored differently (0 and -0 are
 * not), and a long list takes linear time, also where most of its items are the same.
 */
export function withOwnUniqueness(schema: TSchema): TSchema {
  if (!JSON.stringify(schema).includes('"uniqueItems":true')) return schema
  const copy = copyOf(schema as JsonValue)
  const walk = new SchemaWalk(copy, new FaultList(), false, Number.POSITIVE_INFINITY)
  for (const { schema: node } of walk.nodes.values()) {
    if (!isJsonObject(node) || node['uniqueItems'] !== true) continue
    delete node['uniqueItems']
    const others = (node as { '~refine'?: readonly unknown[] })['~refine']
    Object.defineProperty(node, '~refine', {
      value: [...(Array.isArray(others) ? others : []), uniqueness],
      configurable: true,
    })
  }
  return copy as TSchema
}

/** What the library keeps hidden on a schema stays as it is. */
function copyOf(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyOf)
  const copy: JsonObject = {}
  for (const name of Object.getOwnPropertyNames(value)) {
    const enumerable = Object.prototype.propertyIsEnumerable.call(value, name)
    const member = value[name] as JsonValue
    Object.defineProperty(copy, name, {
      value: enumerable ? copyOf(member) : member,
      enumerable,
      configurable: true,
    })
  }
  return copy
}

const uniqueness = {
  check: (value: JsonValue): boolean => !Array.isArray(value) || areUnique(value),
  error: (): string => 'must not have duplicate items',
}

function areUnique(items: readonly JsonValue[]): boolean {
  const plain = new Set<JsonValue>()
  const composite = new Set<string>()
  for (const item of items) {
    if (typeof item === 'object' && item !== null) composite.add(canonicalJson(item as JsonObject))
    else plain.add(item)
  }
  return plain.size + composite.size === items.length
}
