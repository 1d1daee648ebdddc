import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import { isJsonNumber } from '../check-json.ts'
import type { RecordShape, Shape } from './shape.ts'

/** What is known of the values of one payload. Without it, unions within unions would double the work. */
export type ShapeMemo = Map<RecordShape, Map<JsonObject, boolean>>

/** Whether a value has a shape, and so can be written in it without loss. The value's depth must be bounded. */
export function fitsShape(shape: Shape, value: JsonValue | undefined, memo: ShapeMemo): boolean {
  switch (shape.kind) {
    case 'json':
      return value !== undefined
    case 'null':
      return value === null
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return Number.isSafeInteger(value)
    case 'number':
      return isJsonNumber(value)
    case 'string':
      return typeof value === 'string'
    case 'enum':
      return typeof value === 'string' && shape.values.includes(value)
    case 'array':
      return Array.isArray(value) && value.every(item => fitsShape(shape.items, item, memo))
    case 'map':
      return (
        isJsonObject(value) && Object.values(value).every(member => fitsShape(shape.values, member, memo))
      )
    case 'union':
      return shape.branches.some(branch => fitsShape(branch, value, memo))
    case 'record':
      return isJsonObject(value) && fitsRecord(shape, value, memo)
  }
}

function fitsRecord(shape: RecordShape, value: JsonObject, memo: ShapeMemo): boolean {
  let known = memo.get(shape)
  if (known === undefined) {
    known = new Map()
    memo.set(shape, known)
  }
  const found = known.get(value)
  if (found !== undefined) return found
  const isFit = fitsMembers(shape, value, memo)
  known.set(value, isFit)
  return isFit
}

function fitsMembers(shape: RecordShape, value: JsonObject, memo: ShapeMemo): boolean {
  const names = new Set<string>()
  for (const { name, shape: member, isOptional } of shape.members) {
    names.add(name)
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    if (given === undefined ? !isOptional : !fitsShape(member, given, memo)) return false
  }
  const { rest } = shape
  return Object.keys(value).every(
    key =>
      names.has(key) || value[key] === undefined || (rest !== undefined && fitsShape(rest, value[key], memo)),
  )
}
