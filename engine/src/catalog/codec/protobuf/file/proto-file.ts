import type { JsonObject, JsonValue } from '../../../../core/index.ts'
import { isJsonObject } from '../../../../core/index.ts'
import { badSchema } from '../../fault.ts'

/** A `.proto` file without its nesting: messages and enums by full name. */
export interface ProtoFile {
  readonly package: string
  readonly messages: ReadonlyMap<string, FileMessage>
  readonly enums: ReadonlyMap<string, FileEnum>
}

export interface FileMessage {
  readonly fields: ReadonlyMap<number, FileField>
  readonly reserved: readonly NumberRange[]
}

export interface FileField {
  readonly name: string
  /** Full name of a message or enum, or a scalar's name. */
  readonly type: string
  readonly label: 'single' | 'required' | 'repeated' | 'map'
  /** Of the keys of a map. */
  readonly keyType: string | undefined
  /** The oneof that it is in; not the one that stands for `optional`. */
  readonly oneof: string | undefined
}

export interface FileEnum {
  readonly values: ReadonlyMap<number, string>
  readonly reserved: readonly NumberRange[]
}

export type NumberRange = readonly [first: number, last: number]

/** Far more than people write, and few enough to compare each with each. */
const maxReserved = 1_000

const scalarTypes: ReadonlySet<string> = new Set([
  ...['double', 'float', 'int32', 'int64', 'uint32', 'uint64', 'sint32', 'sint64'],
  ...['fixed32', 'fixed64', 'sfixed32', 'sfixed64', 'bool', 'string', 'bytes'],
])

/** @throws KeelsonError `schema_invalid` where a field has a type that the file does not define. */
export function flattenProto(descriptor: JsonObject, packageName: string): ProtoFile {
  const found: { name: string; node: JsonObject }[] = []
  collect(descriptor, '', found)
  const declared = new Set(
    found.filter(({ node }) => node['fields'] ?? node['values']).map(({ name }) => name),
  )
  const messages = new Map<string, FileMessage>()
  const enums = new Map<string, FileEnum>()
  for (const { name, node } of found) {
    if (isJsonObject(node['fields'])) messages.set(name, readMessage(name, node, declared))
    else if (isJsonObject(node['values'])) enums.set(name, readEnum(node))
    else if (node['extend'] !== undefined) throw badSchema(`${name} is an extension, which is not supported`)
  }
  return { package: packageName, messages, enums }
}

function collect(node: JsonObject, prefix: string, found: { name: string; node: JsonObject }[]): void {
  for (const [name, inner] of Object.entries(membersOf(node, 'nested'))) {
    if (!isJsonObject(inner)) continue
    if (inner['edition'] !== undefined && inner['edition'] !== 'proto2')
      throw badSchema(
        `The file is of edition ${JSON.stringify(inner['edition'])}; proto2 and proto3 are supported`,
      )
    const full = prefix === '' ? name : `${prefix}.${name}`
    found.push({ name: full, node: inner })
    collect(inner, full, found)
  }
}

function membersOf(node: JsonObject, member: string): JsonObject {
  const value = node[member]
  return isJsonObject(value) ? value : {}
}

function readMessage(message: string, node: JsonObject, declared: ReadonlySet<string>): FileMessage {
  const oneofs = new Map<string, string>()
  for (const [oneof, inner] of Object.entries(membersOf(node, 'oneofs')))
    for (const name of (inner as { oneof: string[] }).oneof) oneofs.set(name, oneof)
  const fields = new Map<number, FileField>()
  for (const [name, given] of Object.entries(membersOf(node, 'fields'))) {
    const { id, type, rule, keyType, options } = readField(given)
    const isSynthetic = isJsonObject(options) && options['proto3_optional'] === true
    fields.set(id, {
      name,
      type: resolveType(type, message, declared),
      label: keyType === undefined ? (rule ?? 'single') : 'map',
      keyType,
      oneof: isSynthetic ? undefined : oneofs.get(name),
    })
  }
  return { fields, reserved: rangesOf(node['reserved']) }
}

interface GivenField {
  readonly id: number
  readonly type: string
  readonly rule?: 'repeated' | 'required'
  readonly keyType?: string
  readonly options?: JsonValue
}

/** What the parser gives has this form, which JSON has forgotten. */
function readField(given: JsonValue): GivenField {
  const field: unknown = given
  return field as GivenField
}

/** Names are looked up from the innermost scope outwards, as protoc does. */
function resolveType(type: string, scope: string, declared: ReadonlySet<string>): string {
  if (scalarTypes.has(type)) return type
  if (type.startsWith('.') && declared.has(type.slice(1))) return type.slice(1)
  for (let outer = scope; ; outer = outer.slice(0, Math.max(0, outer.lastIndexOf('.')))) {
    const candidate = outer === '' ? type : `${outer}.${type}`
    if (declared.has(candidate)) return candidate
    if (outer === '') break
  }
  throw badSchema(`${scope} uses the type ${type}, which the file does not define; imports are not supported`)
}

function readEnum(node: JsonObject): FileEnum {
  const values = Object.entries(membersOf(node, 'values')).map(
    ([name, value]) => [value as number, name] as const,
  )
  return { values: new Map(values.reverse()), reserved: rangesOf(node['reserved']) }
}

function rangesOf(reserved: JsonValue | undefined): NumberRange[] {
  if (!Array.isArray(reserved)) return []
  if (reserved.length > maxReserved) throw badSchema(`A message reserves more than ${maxReserved} ranges`)
  const isRange = (entry: JsonValue): entry is number[] => Array.isArray(entry)
  return reserved.filter(isRange).map(([first, last]) => [first as number, last as number] as const)
}

export function isReserved(ranges: readonly NumberRange[], number: number): boolean {
  return ranges.some(([first, last]) => number >= first && number <= last)
}
