import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { damaged } from '../fault.ts'
import { parseText } from '../json-codec.ts'
import type { ByteSource } from '../wire/byte-source.ts'
import type { FieldNumbers } from './field-numbers.ts'
import type { ProtoEnum, ProtoField, ProtoMember, ProtoMessage, ProtoType } from './proto-layout.ts'
import { fieldsOf } from './proto-layout.ts'
import { numberOf, wireTypeOf, wireTypes } from './wire-type.ts'

type Read = (source: ByteSource) => JsonValue
/** What was read of a message, by its fields' keys. */
type Fields = Map<string, JsonValue>
type Take = (source: ByteSource, wireType: number, fields: Fields) => void

/** Reads the root message from all bytes of the source. Fields that it does not know are passed over. */
export function compileProtoReader(root: ProtoMessage, numbers: FieldNumbers): Read {
  const known = new Map<ProtoMessage, Read>()

  const messageReader = (message: ProtoMessage): Read => {
    const found = known.get(message)
    if (found !== undefined) return found
    const takes = new Map<number, Take>()
    const read = readMessage(message, takes)
    // Recursive messages find their reader before its fields are there.
    known.set(message, read)
    for (const field of fieldsOf(message)) takes.set(numberOf(message, field, numbers), takeField(field))
    return read
  }

  const valueReader = (type: ProtoType): Read => {
    if (type.kind === 'enum') return readEnum(type.values, numbers)
    if (type.kind !== 'message') return scalars[type.kind]
    const read = messageReader(type.message)
    return source => readBlock(source, () => read(source))
  }

  const takeField = (field: ProtoField): Take => {
    const read = valueReader(field.type)
    const expected = wireTypeOf(field.type)
    if (field.label === 'map') return takeEntry(field.key, expected, read)
    if (field.label === 'repeated') return takeItems(field.key, expected, read)
    return (source, wireType, fields) => {
      checkWireType(wireType, expected)
      // The last one counts, as Protocol Buffers has it, and so it has to stand last.
      const value = read(source)
      fields.delete(field.key)
      fields.set(field.key, value)
    }
  }

  return messageReader(root)
}

function readMessage(message: ProtoMessage, takes: ReadonlyMap<number, Take>): Read {
  const assemble = assembler(message)
  // Boxes and choices are no levels of the payload; only records contain themselves.
  const isLevel = message.kind === 'record'
  return source => {
    if (isLevel) source.enter()
    const fields: Fields = new Map()
    while (source.at < source.end) {
      const tag = source.varint(false)
      const take = takes.get(Math.floor(tag / 8))
      if (tag < 8) throw damaged('The encoding has a field without a number')
      if (take === undefined) skipField(source, tag % 8)
      else take(source, tag % 8, fields)
    }
    if (isLevel) source.leave()
    return assemble(fields)
  }
}

function assembler(message: ProtoMessage): (fields: Fields) => JsonValue {
  if (message.kind === 'choice') return fields => assembleChoice(message, fields)
  if (message.kind === 'box') {
    const [member] = message.members as [ProtoMember]
    return fields => present(memberOf(member, fields), member)
  }
  return fields => {
    const record: JsonObject = {}
    for (const member of message.members) {
      const value = memberOf(member, fields)
      if (value !== undefined) record[member.name] = value
      else if (!member.isOptional) present(value, member)
    }
    const rest = message.rest && (fields.get(message.rest.key) as JsonObject | undefined)
    for (const key of Object.keys(rest ?? {})) {
      if (Object.hasOwn(record, key)) throw damaged('The encoding has a member twice')
      record[key] = rest?.[key] as JsonValue
    }
    return record
  }
}

function assembleChoice(message: ProtoMessage, fields: Fields): JsonValue {
  // Of several in a oneof the last one counts.
  const key = [...fields.keys()].at(-1)
  if (key === undefined) throw damaged(`The encoding has none of the branches of ${message.path}`)
  return fields.get(key) as JsonValue
}

function present(value: JsonValue | undefined, member: ProtoMember): JsonValue {
  if (value === undefined) throw damaged(`The encoding lacks the member ${JSON.stringify(member.name)}`)
  return value
}

function memberOf(member: ProtoMember, fields: Fields): JsonValue | undefined {
  const { value, isNull, isEmpty } = member
  const read = value && fields.get(value.key)
  if (read !== undefined) return read
  if (isNull !== undefined && fields.get(isNull.key) === true) return null
  if (value === undefined || value.label === 'single') return undefined
  const isThere = !member.isOptional || (isEmpty !== undefined && fields.get(isEmpty.key) === true)
  if (!isThere) return undefined
  return value.label === 'map' ? {} : []
}

function checkWireType(wireType: number, expected: number): void {
  if (wireType !== expected)
    throw damaged(`The encoding has wire type ${wireType} where ${expected} was expected`)
}

/** Reads within the length that comes first, and no further; what reads goes on until nothing is left. */
function readBlock<Result>(source: ByteSource, read: () => Result): Result {
  const length = source.length(false)
  const outer = source.end
  source.end = source.at + length
  const result = read()
  source.end = outer
  return result
}

function takeItems(key: string, expected: number, read: Read): Take {
  return (source, wireType, fields) => {
    let items = fields.get(key) as JsonValue[] | undefined
    if (items === undefined) {
      items = []
      fields.set(key, items)
    }
    const list = items
    if (expected === wireTypes.bytes || wireType === expected) {
      checkWireType(wireType, expected)
      list.push(read(source))
      return
    }
    checkWireType(wireType, wireTypes.bytes)
    readBlock(source, () => {
      while (source.at < source.end) list.push(read(source))
    })
  }
}

function takeEntry(key: string, expected: number, read: Read): Take {
  return (source, wireType, fields) => {
    checkWireType(wireType, wireTypes.bytes)
    const map = (fields.get(key) ?? {}) as JsonObject
    fields.set(key, map)
    let name = ''
    let value: JsonValue | undefined
    readBlock(source, () => {
      while (source.at < source.end) {
        const tag = source.varint(false)
        if (tag === 8 + wireTypes.bytes) name = source.text(false)
        else if (tag === 16 + expected) value = read(source)
        else skipField(source, tag % 8)
      }
    })
    if (value === undefined || name === '__proto__')
      throw damaged('The encoding has a map entry without a value, or with a forbidden key')
    map[name] = value
  }
}

function skipField(source: ByteSource, wireType: number): void {
  if (wireType === wireTypes.varint) while (source.byte() > 127);
  else if (wireType === wireTypes.fixed64) source.skip(8)
  else if (wireType === wireTypes.fixed32) source.skip(4)
  else if (wireType === wireTypes.bytes) source.skip(source.length(false))
  else throw damaged(`The encoding has the wire type ${wireType}, which is not used`)
}

const scalars: Readonly<Record<'string' | 'int64' | 'double' | 'bool' | 'json', Read>> = {
  string: source => source.text(false),
  int64: source => source.signed(),
  double: source => source.double(),
  bool(source) {
    const value = source.varint(false)
    if (value > 1) throw damaged('The encoding has a boolean that is neither 0 nor 1')
    return value === 1
  },
  json: source => parseText(() => source.text(false)),
}

function readEnum({ path, symbols }: ProtoEnum, numbers: FieldNumbers): Read {
  const values = numbers.enums[path]?.values ?? {}
  const byNumber = new Map(symbols.map(symbol => [values[symbol], symbol]))
  return source => {
    const symbol = byNumber.get(source.varint(false))
    if (symbol === undefined) throw damaged(`The encoding has a value that ${path} does not have`)
    return symbol
  }
}
