import type { JsonObject, JsonValue } from '../../../../core/index.ts'
import { isJsonObject } from '../../../../core/index.ts'
import { isJsonNumber } from '../../check-json.ts'
import { kindOf } from '../../fault.ts'
import type { AvroField, AvroNode, AvroRecord } from '../avro-node.ts'
import { nameOf } from '../avro-node.ts'

/** Why a value does not fit, and the steps to the place, the innermost first. */
export interface Misfit {
  readonly steps: (string | number)[]
  readonly message: string
}

/** What is known of one value: which records it fits. Without it, unions within unions would double the work. */
export type FitMemo = Map<AvroRecord, Map<JsonObject, Misfit | undefined>>

const maxInt = 2_147_483_647

/** Looks whether the writer can write a value; slow, and so used for unions with several candidates and for faults. */
export function findMisfit(
  node: AvroNode,
  value: JsonValue | undefined,
  memo: FitMemo,
  isOptional = false,
): Misfit | undefined {
  switch (node.kind) {
    case 'union':
      return misfitOfUnion(node.branches, value, memo, isOptional)
    case 'record':
      return isJsonObject(value) ? misfitOfRecord(node, value, memo) : refuse(node, value)
    case 'array':
      return Array.isArray(value) ? misfitOfItems(node.items, value.entries(), memo) : refuse(node, value)
    case 'map':
      return isJsonObject(value)
        ? misfitOfItems(node.values, Object.entries(value), memo)
        : refuse(node, value)
    default:
      return isFit(node, value) ? undefined : refuse(node, value)
  }
}

function isFit(node: AvroNode, value: JsonValue | undefined): boolean {
  switch (node.kind) {
    case 'null':
      return value === null
    case 'boolean':
      return typeof value === 'boolean'
    case 'int':
      return Number.isInteger(value) && Math.abs((value as number) + 0.5) <= maxInt + 0.5
    case 'long':
      return Number.isSafeInteger(value)
    case 'double':
      return isJsonNumber(value)
    case 'float':
      return isJsonNumber(value) && Math.fround(value) === value
    case 'string':
      return node.isJson ? value !== undefined : typeof value === 'string' && value.isWellFormed()
    case 'bytes':
      return isLatin1(value)
    case 'fixed':
      return isLatin1(value) && value.length === node.size
    case 'enum':
      return node.isNull ? value === null : node.symbols.includes(value as string)
    default:
      return false
  }
}

/** Bytes stand in JSON as a string with one character for each, as in Avro's own JSON encoding. */
export function isLatin1(value: JsonValue | undefined): value is string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every byte is meant.
  return typeof value === 'string' && /^[\u0000-\u00ff]*$/.test(value)
}

function misfitOfUnion(
  branches: readonly AvroNode[],
  value: JsonValue | undefined,
  memo: FitMemo,
  isOptional: boolean,
): Misfit | undefined {
  if (value === undefined) return isOptional ? undefined : { steps: [], message: 'is missing' }
  let nearest: Misfit | undefined
  for (const branch of branches) {
    if (isOptional && branch.kind === 'null') continue
    const misfit = findMisfit(branch, value, memo)
    if (misfit === undefined) return undefined
    // What came furthest into the value is most likely what was meant.
    if (nearest === undefined || misfit.steps.length > nearest.steps.length) nearest = misfit
  }
  return nearest ?? { steps: [], message: 'fits no branch' }
}

function misfitOfRecord(record: AvroRecord, value: JsonObject, memo: FitMemo): Misfit | undefined {
  const known = memo.get(record) ?? new Map<JsonObject, Misfit | undefined>()
  memo.set(record, known)
  if (known.has(value)) return copyOf(known.get(value))
  // A value that contains itself is found by its depth when it is written.
  known.set(value, undefined)
  const misfit = misfitOfMembers(record.fields, value, memo)
  known.set(value, misfit === undefined ? undefined : copyOf(misfit))
  return misfit
}

const copyOf = (misfit: Misfit | undefined): Misfit | undefined =>
  misfit && { steps: [...misfit.steps], message: misfit.message }

function misfitOfMembers(fields: readonly AvroField[], value: JsonObject, memo: FitMemo): Misfit | undefined {
  for (const field of fields) {
    if (field.isRest) continue
    const member = Object.hasOwn(value, field.key) ? value[field.key] : undefined
    const misfit =
      member === undefined && !field.isOptional
        ? { steps: [], message: 'is missing' }
        : findMisfit(field.node, member, memo, field.isOptional)
    if (misfit !== undefined) return within(misfit, field.key)
  }
  const further = Object.keys(value).filter(
    key => value[key] !== undefined && !fields.some(field => field.key === key && !field.isRest),
  )
  const rest = fields.find(field => field.isRest)?.node
  for (const key of further) {
    const misfit =
      rest?.kind === 'map'
        ? findMisfit(rest.values, value[key], memo)
        : { steps: [], message: 'is not a member of the schema' }
    if (misfit !== undefined) return within(misfit, key)
  }
  return undefined
}

function misfitOfItems(
  node: AvroNode,
  items: Iterable<[string | number, JsonValue]>,
  memo: FitMemo,
): Misfit | undefined {
  for (const [step, item] of items) {
    const misfit = findMisfit(node, item, memo)
    if (misfit !== undefined) return within(misfit, step)
  }
  return undefined
}

function within(misfit: Misfit, step: string | number): Misfit {
  misfit.steps.push(step)
  return misfit
}

function refuse(node: AvroNode, value: JsonValue | undefined): Misfit {
  return { steps: [], message: `does not fit ${nameOf(node)}: it is of type ${kindOf(value)}` }
}
