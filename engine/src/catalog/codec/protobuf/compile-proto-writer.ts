import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject, KeelsonError } from '../../../core/index.ts'
import { isJsonNumber } from '../check-json.ts'
import { badSchema, kindOf } from '../fault.ts'
import { canonicalText } from '../json-codec.ts'
import { fitsShape } from '../shape/fits-shape.ts'
import type { FieldNumbers } from './field-numbers.ts'
import type { ProtoEnum, ProtoField, ProtoMember, ProtoMessage, ProtoType } from './proto-layout.ts'
import type { ProtoSink } from './proto-sink.ts'
import { tagFor, wireTypeOf, wireTypes } from './wire-type.ts'

type Write = (sink: ProtoSink, value: JsonValue | undefined) => void

/** Writes the content of the root message. */
export function compileProtoWriter(root: ProtoMessage, numbers: FieldNumbers): Write {
  return new WriterCompiler(numbers).messageWriter(root)
}

class WriterCompiler {
  readonly #numbers: FieldNumbers
  readonly #known = new Map<ProtoMessage, Write>()

  constructor(numbers: FieldNumbers) {
    this.#numbers = numbers
  }

  messageWriter(message: ProtoMessage): Write {
    const found = this.#known.get(message)
    if (found !== undefined) return found
    let write: Write = sink => {
      throw sink.refuse('does not fit')
    }
    // Recursive messages come back here before they are whole.
    this.#known.set(message, (sink, value) => write(sink, value))
    if (message.kind === 'choice') write = this.#writeChoice(message)
    else if (message.kind === 'box') write = this.#writeMember(message, message.members[0] as ProtoMember)
    else write = this.#writeRecord(message)
    this.#known.set(message, write)
    return write
  }

  #valueWriter(type: ProtoType): Write {
    if (type.kind === 'enum') return writeEnum(type.values, this.#numbers)
    if (type.kind !== 'message') return scalars[type.kind]
    const write = this.messageWriter(type.message)
    return (sink, value) => {
      const start = sink.openBlock()
      write(sink, value)
      sink.closeBlock(start)
    }
  }

  #fieldWriter(message: ProtoMessage, field: ProtoField): Write {
    const write = this.#valueWriter(field.type)
    const wireType = wireTypeOf(field.type)
    if (field.label === 'map')
      return writeEntries(tagFor(message, field, this.#numbers, wireTypes.bytes), wireType, write)
    if (field.label === 'single') {
      const tag = tagFor(message, field, this.#numbers, wireType)
      return (sink, value) => {
        sink.varint(tag)
        write(sink, value)
      }
    }
    const isPacked = wireType !== wireTypes.bytes
    return writeItems(tagFor(message, field, this.#numbers, wireTypes.bytes), isPacked, write)
  }

  #writeMember(message: ProtoMessage, member: ProtoMember): Write {
    const [value, isNull, isEmpty] = [member.value, member.isNull, member.isEmpty].map(
      field => field && this.#fieldWriter(message, field),
    )
    const takesNull = member.value?.type.kind === 'json' && member.value.label === 'single'
    return (sink, given) => {
      if (given === undefined) {
        if (!member.isOptional) throw sink.refuse('is missing')
      } else if (given === null && !takesNull) {
        if (isNull === undefined) throw sink.refuse('must not be null')
        isNull(sink, true)
      } else {
        if (value === undefined) throw sink.refuse('must be null')
        if (isEmpty !== undefined && isEmptyList(given)) isEmpty(sink, true)
        value(sink, given)
      }
    }
  }

  #writeRecord(message: ProtoMessage): Write {
    const members = message.members.map(member => ({
      name: member.name,
      // A name that every object has by inheritance: only an own member counts.
      isInherited: member.name in Object.prototype,
      write: this.#writeMember(message, member),
    }))
    const names = new Set(members.map(({ name }) => name))
    const rest = message.rest && this.#fieldWriter(message, message.rest)
    return (sink, value) => {
      if (!isJsonObject(value)) throw sink.refuse(`must be an object and is ${kindOf(value)}`)
      sink.enter()
      const at = sink.depth - 1
      let written = 0
      for (const { name, isInherited, write } of members) {
        sink.steps[at] = name
        const member = isInherited && !Object.hasOwn(value, name) ? undefined : value[name]
        if (member !== undefined) written += 1
        write(sink, member)
      }
      let own = 0
      for (const _key in value) own += 1
      const further = own === written ? undefined : furtherMembers(value, names)
      for (const key in further) {
        sink.steps[at] = key
        if (rest === undefined) throw sink.refuse('is not a member of the schema')
      }
      sink.depth -= 1
      if (further !== undefined) rest?.(sink, further)
    }
  }

  #writeChoice(message: ProtoMessage): Write {
    const branches = message.branches.map(({ shape, field }) => ({
      shape,
      write: this.#fieldWriter(message, field),
    }))
    return (sink, value) => {
      const branch = branches.find(({ shape }) => fitsShape(shape, value, sink.fits))
      if (branch === undefined) throw sink.refuse(`fits no branch: it is ${kindOf(value)}`)
      branch.write(sink, value)
    }
  }
}

const scalars: Readonly<Record<'string' | 'int64' | 'double' | 'bool' | 'json', Write>> = {
  string(sink, value) {
    if (typeof value !== 'string') throw sink.refuse(`must be a string and is ${kindOf(value)}`)
    sink.text(value, false)
  },
  int64(sink, value) {
    if (!Number.isSafeInteger(value)) throw sink.refuse('must be an integer within ±(2^53−1)')
    if ((value as number) < 0) sink.negative(value as number)
    else sink.varint(value as number)
  },
  double(sink, value) {
    if (!isJsonNumber(value)) throw sink.refuse('must be a number within ±(2^53−1)')
    sink.double(value)
  },
  bool(sink, value) {
    if (typeof value !== 'boolean') throw sink.refuse(`must be a boolean and is ${kindOf(value)}`)
    sink.byte(value ? 1 : 0)
  },
  json(sink, value) {
    sink.text(jsonText(sink, value as JsonValue), false)
  },
}

function jsonText(sink: ProtoSink, value: JsonValue): string {
  try {
    return canonicalText(value)
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error
    // The place within the value is of less use than the member that holds it.
    throw sink.refuse(error.details.faults?.[0]?.message ?? error.message)
  }
}

function writeEnum({ path, symbols }: ProtoEnum, numbers: FieldNumbers): Write {
  const values = numbers.enums[path]?.values ?? {}
  const bySymbol = new Map<JsonValue | undefined, number>()
  for (const symbol of symbols) {
    const number = Object.hasOwn(values, symbol) ? values[symbol] : undefined
    if (number === undefined) throw badSchema(`${path} has no number for ${JSON.stringify(symbol)}`)
    bySymbol.set(symbol, number)
  }
  return (sink, value) => {
    const number = bySymbol.get(value)
    if (number === undefined) throw sink.refuse('is none of the values of the schema')
    sink.varint(number)
  }
}

/** The members that the schema does not name. */
function furtherMembers(value: JsonObject, names: ReadonlySet<string>): JsonObject {
  const keys = Object.keys(value).filter(key => !names.has(key) && value[key] !== undefined)
  return Object.fromEntries(keys.map(key => [key, value[key] as JsonValue]))
}

const isEmptyList = (value: JsonValue): boolean =>
  Array.isArray(value) ? value.length === 0 : isJsonObject(value) && isEmptyObject(value)

function isEmptyObject(value: JsonObject): boolean {
  return Object.values(value).every(member => member === undefined)
}

function writeItems(tag: number, isPacked: boolean, write: Write): Write {
  return (sink, value) => {
    if (!Array.isArray(value)) throw sink.refuse(`must be an array and is ${kindOf(value)}`)
    if (value.length === 0) return
    sink.enter()
    const at = sink.depth - 1
    if (isPacked) sink.varint(tag)
    const start = isPacked ? sink.openBlock() : 0
    for (let index = 0; index < value.length; index += 1) {
      sink.steps[at] = index
      if (!isPacked) sink.varint(tag)
      write(sink, value[index])
    }
    if (isPacked) sink.closeBlock(start)
    sink.depth -= 1
  }
}

/** Entries in the order of their keys, so that equal payloads have equal bytes: key in field 1, value in field 2. */
function writeEntries(tag: number, wireType: number, write: Write): Write {
  return (sink, value) => {
    if (!isJsonObject(value)) throw sink.refuse(`must be an object and is ${kindOf(value)}`)
    sink.enter()
    const at = sink.depth - 1
    for (const key of Object.keys(value).sort()) {
      if (value[key] === undefined) continue
      sink.steps[at] = key
      if (key === '__proto__') throw sink.refuse('is a name that no member can have')
      sink.varint(tag)
      const start = sink.openBlock()
      sink.byte((1 << 3) | wireTypes.bytes)
      sink.text(key, false)
      sink.byte((2 << 3) | wireType)
      write(sink, value[key])
      sink.closeBlock(start)
    }
    sink.depth -= 1
  }
}
