import type { JsonValue } from '../../../core/index.ts'
import { badSchema } from '../fault.ts'
import { shapeOf } from '../shape/shape-of.ts'
import { layoutOf } from './layout-of.ts'
import type { ProtoMessage } from './proto-layout.ts'
import { fieldsOf, tagOf } from './proto-layout.ts'
import { enumPrefix, takeName, toConstantName, toSnakeName } from './proto-name.ts'

/**
 * The numbers of fields and enum values of one event, kept beside its frozen schema: plain JSON. A number is never
 * given to anything else, from version to version.
 */
export interface FieldNumbers {
  readonly messages: Readonly<Record<string, MessageNumbers>>
  readonly enums: Readonly<Record<string, EnumNumbers>>
}

export interface MessageNumbers {
  readonly fields: Readonly<Record<string, number>>
  /** What the bytes of each field depend on. */
  readonly types: Readonly<Record<string, string>>
  readonly reserved: readonly number[]
  /** Names in the `.proto` file that fields once had. */
  readonly reservedNames: readonly string[]
}

export interface EnumNumbers {
  /** By the string in JSON. Zero is `…_UNSPECIFIED` and stands for none. */
  readonly values: Readonly<Record<string, number>>
  readonly reserved: readonly number[]
  readonly reservedNames: readonly string[]
}

const maxNumber = 536_870_911

/**
 * Numbers for a schema: what was there keeps its number, what is new gets the next, what is gone is reserved. A field
 * whose bytes would change their meaning is taken for a new one.
 *
 * @throws KeelsonError `schema_invalid` where the schema cannot be laid out or the numbers are used up.
 */
export function assignNumbers(previous: FieldNumbers | undefined, schema: JsonValue): FieldNumbers {
  const { messages, enums } = layoutOf(shapeOf(schema))
  return {
    // What is not used now may come back, and must not take numbers that meant something else.
    messages: {
      ...previous?.messages,
      ...Object.fromEntries(
        messages.map(message => [message.path, assignMessage(previous?.messages[message.path], message)]),
      ),
    },
    enums: {
      ...previous?.enums,
      ...Object.fromEntries(
        enums.map(({ path, symbols }) => [path, assignEnum(previous?.enums[path], path, symbols)]),
      ),
    },
  }
}

function assignMessage(previous: MessageNumbers | undefined, message: ProtoMessage): MessageNumbers {
  const before = previous ?? { fields: {}, types: {}, reserved: [], reservedNames: [] }
  const types = Object.fromEntries(fieldsOf(message).map(field => [field.key, tagOf(field)]))
  const isKept = (key: string): boolean =>
    own(types, key) !== undefined && own(types, key) === own(before.types, key)
  const gone = Object.keys(before.fields).filter(key => !isKept(key))
  const names = fieldNames(before)
  return {
    fields: number(Object.keys(types), isKept, before.fields, before.reserved),
    types,
    reserved: [...before.reserved, ...gone.map(key => before.fields[key] as number)].sort((a, b) => a - b),
    reservedNames: [...before.reservedNames, ...gone.map(key => names.get(key) as string)].sort(),
  }
}

function assignEnum(
  previous: EnumNumbers | undefined,
  path: string,
  symbols: readonly string[],
): EnumNumbers {
  const before = previous ?? { values: {}, reserved: [], reservedNames: [] }
  const isKept = (symbol: string): boolean => Object.hasOwn(before.values, symbol)
  const gone = Object.keys(before.values).filter(symbol => !symbols.includes(symbol))
  const names = valueNames(before, path.slice(2), new Set())
  return {
    values: number(symbols, isKept, before.values, before.reserved),
    reserved: [...before.reserved, ...gone.map(symbol => before.values[symbol] as number)].sort(
      (a, b) => a - b,
    ),
    reservedNames: [...before.reservedNames, ...gone.map(symbol => names.get(symbol) as string)].sort(),
  }
}

function number(
  keys: readonly string[],
  isKept: (key: string) => boolean,
  before: Readonly<Record<string, number>>,
  reserved: readonly number[],
): Record<string, number> {
  let last = Math.max(0, ...Object.values(before), ...reserved)
  const entries = keys.map(key => {
    if (isKept(key)) return [key, before[key] as number] as const
    last += 1
    // These numbers belong to the implementation of Protocol Buffers.
    if (last >= 19_000 && last <= 19_999) last = 20_000
    if (last > maxNumber) throw badSchema('The field numbers of a message are used up')
    return [key, last] as const
  })
  return Object.fromEntries(entries)
}

const own = (record: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

const byNumber = (numbers: Readonly<Record<string, number>>): string[] =>
  Object.keys(numbers).sort((first, second) => (numbers[first] as number) - (numbers[second] as number))

/** Names that differ in underscores or capitals alone would collide in protobuf's JSON. */
const folded = (name: string): string => name.replaceAll('_', '').toLowerCase()

/** The names of fields in the `.proto` file. Older fields choose first, so that a new one never takes a name away. */
export function fieldNames({ fields, reservedNames }: MessageNumbers): ReadonlyMap<string, string> {
  const taken = new Set(reservedNames.map(folded))
  return new Map(byNumber(fields).map(key => [key, takeName(fieldName(key), taken, folded)]))
}

function fieldName(key: string): string {
  if (key === '#rest') return 'additional_members'
  const mark = /#(null|empty)$/.exec(key)
  return mark === null ? toSnakeName(key) : `${toSnakeName(key.slice(0, mark.index))}_is_${mark[1]}`
}

/** The names of an enum's values; `taken` has those of other enums in the same message. */
export function valueNames(
  { values, reservedNames }: EnumNumbers,
  name: string,
  taken: Set<string>,
): ReadonlyMap<string, string> {
  const prefix = enumPrefix(name)
  for (const reserved of [...reservedNames, `${prefix}_UNSPECIFIED`]) taken.add(reserved)
  return new Map(
    byNumber(values).map(symbol => [
      symbol,
      takeName(`${prefix}_${toConstantName(symbol) || 'EMPTY'}`, taken),
    ]),
  )
}
