import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'

/** The name that a reference of a schema has in the generated file; undefined where it leads nowhere. */
export type NameOf = (reference: string) => string | undefined

const maxDepth = 64

/** The TypeScript type of what a schema takes; dates stay strings, and what the schema leaves open is `unknown`. */
export function typeText(schema: JsonValue | undefined, nameOf: NameOf, indent = ''): string {
  if (schema === false) return 'never'
  if (!isJsonObject(schema) || indent.length > maxDepth * 2) return 'unknown'
  const { $ref: reference, enum: values, const: only, anyOf, oneOf, allOf } = schema
  if (typeof reference === 'string') return nameOf(reference) ?? 'unknown'
  if (only !== undefined) return literal(only)
  if (Array.isArray(values)) return union(values.map(literal))
  const branches = anyOf ?? oneOf
  const own = schema['type'] === undefined ? undefined : ofTypes(schema, nameOf, indent)
  const parts = [
    ...(own === undefined ? [] : [own]),
    ...(Array.isArray(branches) ? [union(branches.map(one => typeText(one, nameOf, indent)))] : []),
    ...(Array.isArray(allOf) ? allOf.map(one => typeText(one, nameOf, indent)) : []),
  ].filter(part => part !== 'unknown')
  if (parts.length === 0) return 'unknown'
  return parts.length === 1 ? (parts[0] as string) : parts.map(part => `(${part})`).join(' & ')
}

function ofTypes(schema: JsonObject, nameOf: NameOf, indent: string): string {
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type'] as JsonValue]
  return union(types.map(type => ofType(String(type), schema, nameOf, indent)))
}

function ofType(type: string, schema: JsonObject, nameOf: NameOf, indent: string): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return listText(schema, nameOf, indent)
    case 'object':
      return membersText(schema, nameOf, indent)
    default:
      return 'unknown'
  }
}

function listText(schema: JsonObject, nameOf: NameOf, indent: string): string {
  const { prefixItems, items } = schema
  const rest = `readonly (${typeText(items, nameOf, indent)})[]`.replace(/\((\w+)\)/, '$1')
  if (!Array.isArray(prefixItems)) return rest
  // A schema that lists items takes shorter lists too.
  const places = prefixItems.map(one => `(${typeText(one, nameOf, indent)})?`)
  const tail = items === false ? [] : [`...${rest.replace(/^readonly /, '')}`]
  return `readonly [${[...places, ...tail].join(', ')}]`
}

/** The members of an object between braces; what else it takes is an index signature. */
export function membersText(schema: JsonObject, nameOf: NameOf, indent: string): string {
  const inner = `${indent}  `
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const properties = isJsonObject(schema['properties']) ? Object.entries(schema['properties']) : []
  const members = properties.map(([name, member]) => {
    const mark = required.includes(name) ? '' : '?'
    return `${comment(member, inner)}${inner}readonly ${key(name)}${mark}: ${typeText(member, nameOf, inner)}`
  })
  const others = othersText(schema, properties.length > 0, nameOf, inner)
  if (others !== undefined) members.push(`${inner}readonly [member: string]: ${others}`)
  return members.length === 0 ? 'Readonly<Record<string, never>>' : `{\n${members.join('\n')}\n${indent}}`
}

function othersText(
  schema: JsonObject,
  hasMembers: boolean,
  nameOf: NameOf,
  indent: string,
): string | undefined {
  const { patternProperties, additionalProperties } = schema
  const patterns = isJsonObject(patternProperties) ? Object.values(patternProperties) : []
  if (additionalProperties === false && patterns.length === 0) return undefined
  // An index signature covers the named members too, so beside them it cannot say more.
  if (hasMembers || (additionalProperties === undefined && patterns.length === 0)) return 'unknown'
  const others = additionalProperties === undefined ? [] : [additionalProperties]
  return union([...patterns, ...others].map(one => typeText(one, nameOf, indent)))
}

/** The description of a schema as a doc comment with a line break after it. */
export function comment(schema: JsonValue, indent: string): string {
  const description = isJsonObject(schema) ? schema['description'] : undefined
  if (typeof description !== 'string' || description.trim() === '') return ''
  return `${indent}/** ${description.replaceAll('*/', '*\\/').replace(/\s+/g, ' ').trim()} */\n`
}

function union(parts: readonly string[]): string {
  const distinct = [...new Set(parts)]
  if (distinct.includes('unknown')) return 'unknown'
  const all = distinct.filter(part => part !== 'never')
  if (all.length === 0) return 'never'
  return all.length === 1
    ? (all[0] as string)
    : all.map(part => (/^readonly |&/.test(part) ? `(${part})` : part)).join(' | ')
}

function literal(value: JsonValue): string {
  if (Array.isArray(value)) return `readonly [${value.map(literal).join(', ')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, one]) => `readonly ${JSON.stringify(name)}: ${literal(one)}`,
  )
  return `{ ${members.join('; ')} }`
}

const key = (name: string): string => (/^[A-Za-z$][\w$]*$/.test(name) ? name : JSON.stringify(name))
