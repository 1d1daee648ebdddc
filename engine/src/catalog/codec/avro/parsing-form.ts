import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'

const primitives = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])
const kept = ['name', 'type', 'fields', 'symbols', 'items', 'values', 'size'] as const

/** The Parsing Canonical Form of a valid schema (Avro specification 1.12): what two schemas read the same way share. */
export function avroParsingForm(schema: JsonValue): string {
  return JSON.stringify(reduce(schema, ''))
}

function reduce(schema: JsonValue, namespace: string): JsonValue {
  if (typeof schema === 'string') return primitives.has(schema) ? schema : qualify(schema, namespace)
  if (Array.isArray(schema)) return schema.map(branch => reduce(branch, namespace))
  if (!isJsonObject(schema)) return schema
  const { type } = schema
  if (typeof type !== 'string' || primitives.has(type)) return reduce(type as JsonValue, namespace)
  const name = typeof schema['name'] === 'string' ? fullName(schema, namespace) : undefined
  if (name === undefined && type !== 'array' && type !== 'map') return reduce(type, namespace)
  const inner = name === undefined ? namespace : name.slice(0, Math.max(0, name.lastIndexOf('.')))
  const form: JsonObject = {}
  for (const key of kept) {
    const value = schema[key]
    if (value === undefined) continue
    if (key === 'name') form['name'] = name as string
    else if (key === 'fields')
      form['fields'] = (value as JsonObject[]).map(field => reduceField(field, inner))
    else if (key === 'items' || key === 'values') form[key] = reduce(value, inner)
    else form[key] = value
  }
  return form
}

function reduceField(field: JsonObject, namespace: string): JsonObject {
  return { name: field['name'] as string, type: reduce(field['type'] as JsonValue, namespace) }
}

function fullName(schema: JsonObject, outer: string): string {
  const { name, namespace = outer } = schema
  return qualify(name as string, namespace as string)
}

function qualify(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
}
