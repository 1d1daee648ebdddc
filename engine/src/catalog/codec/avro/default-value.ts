import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import type { Budget } from '../budget.ts'
import { parseText } from '../json-codec.ts'
import type { AvroField, AvroNode } from './avro-node.ts'

const maxInt = 2_147_483_647

/** Whether a default fits a type. Of a union any branch will do, as the specification says since 1.12. */
export function fitsDefault(node: AvroNode, value: JsonValue, budget: Budget): boolean {
  budget.spend()
  switch (node.kind) {
    case 'null':
      return value === null
    case 'boolean':
      return typeof value === 'boolean'
    case 'int':
      return Number.isInteger(value) && (value as number) >= -maxInt - 1 && (value as number) <= maxInt
    case 'long':
      return Number.isInteger(value)
    case 'float':
    case 'double':
      return typeof value === 'number'
    case 'string':
    case 'bytes':
    case 'fixed':
      return typeof value === 'string'
    case 'enum':
      return node.symbols.includes(value as string)
    case 'array':
      return Array.isArray(value) && value.every(item => fitsDefault(node.items, item, budget))
    case 'map':
      return (
        isJsonObject(value) && Object.values(value).every(member => fitsDefault(node.values, member, budget))
      )
    case 'union':
      return node.branches.some(branch => fitsDefault(branch, value, budget))
    case 'record':
      return isJsonObject(value) && node.fields.every(field => fitsField(field, value, budget))
  }
}

function fitsField(field: AvroField, record: JsonObject, budget: Budget): boolean {
  // A field that the default leaves out takes its own default, which is checked with the field.
  const value = Object.hasOwn(record, field.name) ? record[field.name] : undefined
  return value === undefined ? field.fallback !== undefined : fitsDefault(field.node, value, budget)
}

/**
 * What a default means as JSON; `undefined` where it is null and that means absent. The budget bounds defaults that
 * contain themselves.
 */
export function valueOfDefault(
  node: AvroNode,
  value: JsonValue,
  isOptional: boolean,
  budget: Budget,
): JsonValue | undefined {
  budget.spend()
  switch (node.kind) {
    case 'null':
      return isOptional ? undefined : null
    case 'enum':
      return node.isNull ? null : value
    case 'string':
      return node.isJson ? parseText(() => value as string) : value
    case 'array':
      return (value as JsonValue[]).map(item => valueOfDefault(node.items, item, false, budget) as JsonValue)
    case 'map': {
      const members = Object.entries(value as JsonObject)
      return Object.fromEntries(
        members.map(([key, member]) => [
          key,
          valueOfDefault(node.values, member, false, budget) as JsonValue,
        ]),
      )
    }
    case 'union': {
      const branch = node.branches.find(candidate => fitsDefault(candidate, value, budget)) as AvroNode
      return valueOfDefault(branch, value, isOptional, budget)
    }
    case 'record':
      return recordOfDefault(node.fields, value as JsonObject, budget)
    default:
      return value
  }
}

function recordOfDefault(fields: readonly AvroField[], given: JsonObject, budget: Budget): JsonObject {
  const record: JsonObject = {}
  for (const field of fields) {
    const own = Object.hasOwn(given, field.name) ? given[field.name] : field.fallback
    const value = valueOfDefault(field.node, own as JsonValue, field.isOptional, budget)
    if (field.isRest) Object.assign(record, value)
    else if (value !== undefined) record[field.key] = value
  }
  return record
}
