import type { JsonObject, JsonValue } from '../../core/index.ts'

const inherited = new RegExp(`"(${Object.getOwnPropertyNames(Object.prototype).join('|')})"`)

/** Whether a schema names what every object seems to have: a compiled check would find it in an object without it. */
export const namesInherited = (schema: JsonValue): boolean => inherited.test(JSON.stringify(schema))

/** A copy whose objects have their own members alone. */
export function withoutPrototype(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutPrototype)
  const copy: JsonObject = Object.create(null)
  for (const [name, member] of Object.entries(value)) copy[name] = withoutPrototype(member)
  return copy
}
