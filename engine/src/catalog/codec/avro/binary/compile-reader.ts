import type { JsonObject, JsonValue } from '../../../../core/index.ts'
import { createBudget } from '../../budget.ts'
import { badSchema, damaged } from '../../fault.ts'
import { parseText } from '../../json-codec.ts'
import type { ByteSource } from '../../wire/byte-source.ts'
import type { AvroEnum, AvroField, AvroNode, AvroRecord } from '../avro-node.ts'
import { valueOfDefault } from '../default-value.ts'
import { branchFor, createComparison, findMismatches, writerField } from '../find-mismatches.ts'

/** Reads a value; `undefined` where it is the null that stands for an absent member. */
export type Read = (source: ByteSource) => JsonValue | undefined

/** Reads what was written with the writer's schema as the reader's schema means it. They must go together. */
export function compileReader(writer: AvroNode, reader: AvroNode): Read {
  const comparison = createComparison()
  const pairs = new Map<AvroRecord, Map<AvroRecord, Read>>()

  const compile = (from: AvroNode, to: AvroNode, isOptional = false): Read => {
    if (from.kind === 'union')
      return readUnion(from.branches.map(branch => compileBranch(branch, to, isOptional)))
    if (to.kind === 'union') return compile(from, branchFor(from, to.branches, comparison) ?? to, isOptional)
    if (from.kind === 'record' && to.kind === 'record') return compileRecord(from, to)
    if (from.kind === 'array' && to.kind === 'array') return readArray(compile(from.items, to.items))
    if (from.kind === 'map' && to.kind === 'map') return readMap(compile(from.values, to.values))
    if (from.kind === 'enum' && to.kind === 'enum') return readEnum(from, to)
    return readScalar(from, to, isOptional)
  }

  const compileBranch = (branch: AvroNode, to: AvroNode, isOptional: boolean): Read => {
    if (findMismatches(branch, to, '', comparison).length > 0)
      return () => {
        throw damaged(
          `The encoding has a value of type ${branch.kind}, which the reader's schema does not take`,
        )
      }
    return compile(branch, to, isOptional)
  }

  const compileRecord = (from: AvroRecord, to: AvroRecord): Read => {
    const known = pairs.get(from)?.get(to)
    if (known !== undefined) return known
    let read: Read = () => undefined
    // Recursive records come back here before they are whole.
    pairs.set(
      from,
      (pairs.get(from) ?? new Map<AvroRecord, Read>()).set(to, source => read(source)),
    )
    read = readRecord(compileFields(from, to), compileDefaults(from, to))
    pairs.get(from)?.set(to, read)
    return read
  }

  const compileFields = (from: AvroRecord, to: AvroRecord): FieldReader[] =>
    from.fields.map(field => {
      const target = to.fields.find(candidate => writerField(from, candidate) === field)
      // What the reader does not have is read as it was written, and left out.
      if (target === undefined)
        return { key: undefined, isRest: false, read: compile(field.node, field.node) }
      return {
        key: target.key,
        isRest: target.isRest,
        read: compile(field.node, target.node, target.isOptional),
      }
    })

  return compile(writer, reader)
}

interface FieldReader {
  /** Absent where the reader does not have the field. */
  readonly key: string | undefined
  readonly isRest: boolean
  readonly read: Read
}

interface FieldDefault {
  readonly field: AvroField
  readonly value: JsonValue | undefined
  /** How many values it is made of. */
  readonly size: number
}

const maxDefaultSize = 1_000

function compileDefaults(from: AvroRecord, to: AvroRecord): FieldDefault[] {
  return to.fields
    .filter(field => field.fallback !== undefined && writerField(from, field) === undefined)
    .map(field => {
      let size = 0
      const budget = createBudget(maxDefaultSize, () =>
        badSchema(`The default of ${to.name}.${field.name} has more than ${maxDefaultSize} values`),
      )
      const counted = {
        spend(steps?: number) {
          budget.spend(steps)
          size += 1
        },
      }
      const value = valueOfDefault(field.node, field.fallback as JsonValue, field.isOptional, counted)
      return { field, value, size }
    })
    .filter(({ value }) => value !== undefined)
}

function readRecord(fields: readonly FieldReader[], defaults: readonly FieldDefault[]): Read {
  return source => {
    source.enter()
    const record: JsonObject = {}
    for (let index = 0; index < fields.length; index += 1) {
      const { key, isRest, read } = fields[index] as FieldReader
      const value = read(source)
      if (isRest) addRest(record, value as JsonObject)
      else if (value !== undefined && key !== undefined) record[key] = value
    }
    for (const { field, value, size } of defaults) {
      source.claim(size)
      const fresh = typeof value === 'object' ? structuredClone(value) : value
      if (field.isRest) addRest(record, fresh as JsonObject)
      else record[field.key] = fresh as JsonValue
    }
    source.leave()
    return record
  }
}

function addRest(record: JsonObject, rest: JsonObject): void {
  for (const key of Object.keys(rest)) {
    if (Object.hasOwn(record, key)) throw damaged('The encoding has a member twice')
    record[key] = rest[key] as JsonValue
  }
}

function readUnion(branches: readonly Read[]): Read {
  return source => {
    const index = source.varint(true)
    const read = branches[index]
    if (read === undefined)
      throw damaged(`The encoding names branch ${index} of a union of ${branches.length}`)
    return read(source)
  }
}

/** The count of a block; a negative one is followed by the block's length in bytes, which is not needed here. */
function blockCount(source: ByteSource): number {
  const count = source.varint(true)
  if (count < 0) source.varint(true)
  const size = Math.abs(count)
  source.claim(size)
  return size
}

function readArray(item: Read): Read {
  return source => {
    source.enter()
    const items: JsonValue[] = []
    for (let count = blockCount(source); count > 0; count = blockCount(source))
      for (let index = 0; index < count; index += 1) items.push(item(source) as JsonValue)
    source.leave()
    return items
  }
}

function readMap(member: Read): Read {
  return source => {
    source.enter()
    const map: JsonObject = {}
    for (let count = blockCount(source); count > 0; count = blockCount(source)) {
      for (let index = 0; index < count; index += 1) {
        const key = source.text(true)
        if (key === '__proto__' || Object.hasOwn(map, key))
          throw damaged('The encoding has a key that is forbidden or stands twice')
        map[key] = member(source) as JsonValue
      }
    }
    source.leave()
    return map
  }
}

function readEnum(from: AvroEnum, to: AvroEnum): Read {
  const symbols = from.symbols.map(symbol => (to.symbols.includes(symbol) ? symbol : to.fallback))
  return source => {
    const symbol = symbols[source.varint(true)]
    if (symbol === undefined) throw damaged(`The encoding has a symbol that ${to.name} does not have`)
    return to.isNull ? null : symbol
  }
}

/** Bytes become one character each, unless the reader wants the string that they are. */
function readScalar(from: AvroNode, to: AvroNode, isOptional: boolean): Read {
  switch (from.kind) {
    case 'null':
      return () => (isOptional ? undefined : null)
    case 'boolean':
      return readBoolean
    case 'int':
      return readInt
    case 'long':
      return source => source.varint(true)
    case 'float':
      return source => source.float()
    case 'double':
      return source => source.double()
    case 'fixed':
      return source => latin1(source, from.size)
    case 'bytes':
    case 'string': {
      const isJson = to.kind === 'string' && to.isJson
      if (isJson) return source => parseText(() => source.text(true))
      if (to.kind === 'bytes') return source => latin1(source, source.length(true))
      return source => source.text(true)
    }
    default:
      throw badSchema(`The reader's schema has no type for the writer's ${from.kind}`)
  }
}

function readBoolean(source: ByteSource): boolean {
  const byte = source.byte()
  if (byte > 1) throw damaged('The encoding has a boolean that is neither 0 nor 1')
  return byte === 1
}

function readInt(source: ByteSource): number {
  const value = source.varint(true)
  if (value !== (value | 0)) throw damaged('The encoding has an int of more than 32 bits')
  return value
}

function latin1(source: ByteSource, length: number): string {
  const start = source.at
  source.skip(length)
  return source.bytes.toString('latin1', start, source.at)
}
