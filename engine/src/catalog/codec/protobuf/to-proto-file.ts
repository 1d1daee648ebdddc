import type { JsonValue } from '../../../core/index.ts'
import { badSchema } from '../fault.ts'
import { shapeOf } from '../shape/shape-of.ts'
import type { EnumNumbers, FieldNumbers, MessageNumbers } from './field-numbers.ts'
import { fieldNames, valueNames } from './field-numbers.ts'
import { layoutOf } from './layout-of.ts'
import type { ProtoEnum, ProtoField, ProtoMessage, ProtoType } from './proto-layout.ts'
import { fieldsOf } from './proto-layout.ts'
import { defaultJsonName, enumPrefix, takeName } from './proto-name.ts'
import { numberOf } from './wire-type.ts'

/** What of an event definition goes into the file. */
export interface ProtoDefinition {
  readonly type: string
  readonly summary: string
  readonly payload: unknown
}

export interface ProtoFileOptions {
  /** Such as `acme.billing.v1`. */
  readonly package: string
  /** By the event's type, as `assignNumbers` gave them. */
  readonly numbers: Readonly<Record<string, FieldNumbers>>
}

/**
 * A proto3 file with one message for each event's payload. All single fields have presence (`optional`), so that
 * whether a member is required is for the JSON Schema to say and to change.
 *
 * @throws KeelsonError `schema_invalid` where an event or a field has no number.
 */
export function toProtoFile(definitions: readonly ProtoDefinition[], options: ProtoFileOptions): string {
  if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/.test(options.package))
    throw badSchema(`${JSON.stringify(options.package)} is no package in lower case`)
  const sorted = [...definitions].sort((first, second) => (first.type < second.type ? -1 : 1))
  const messages = sorted.map(definition => {
    const numbers = options.numbers[definition.type]
    if (!/^[A-Z][A-Za-z0-9]*$/.test(definition.type))
      throw badSchema(`${JSON.stringify(definition.type)} is no name of a message`)
    if (numbers === undefined) throw badSchema(`${definition.type} has no field numbers`)
    return printEvent(definition, numbers, options.package)
  })
  return `${['syntax = "proto3";', `package ${options.package};`, ...messages].join('\n\n')}\n`
}

function printEvent(
  { type, summary, payload }: ProtoDefinition,
  numbers: FieldNumbers,
  packageName: string,
): string {
  // Whole, since a message within may have the same name.
  const rootName = `.${packageName}.${type}`
  const { root, messages, enums } = layoutOf(shapeOf(payload as JsonValue))
  const names = new Set<string>()
  const nested = [
    ...enums.map(values => printEnum(values, numbers.enums[values.path], names)),
    ...messages.filter(message => message !== root).map(message => printMessage(message, numbers, rootName)),
  ].map(text => indent(text))
  const body = [...nested, indent(printFields(root, numbers, rootName))]
  return `${comment(summary)}message ${type} {\n${body.join('\n\n')}\n}`
}

function printMessage(message: ProtoMessage, numbers: FieldNumbers, root: string): string {
  const fields = printFields(message, numbers, root)
  return `${comment(message.description)}message ${message.path.slice(2)} {${fields === '' ? '' : `\n${indent(fields)}\n`}}`
}

function printFields(message: ProtoMessage, numbers: FieldNumbers, root: string): string {
  const own = numbers.messages[message.path] as MessageNumbers
  const names = own === undefined ? new Map<string, string>() : fieldNames(own)
  const jsonNames = new Set<string>()
  const lines = fieldsOf(message)
    .map(field => ({ field, number: numberOf(message, field, numbers) }))
    .sort((first, second) => first.number - second.number)
    .map(({ field, number }) => {
      const label = message.kind === 'choice' ? '' : labelOf(field)
      const name = names.get(field.key) as string
      return `${comment(describe(field))}${label}${typeName(field, root)} ${name} = ${number}${jsonOption(field, name, jsonNames)};`
    })
  const choice = takeName('choice', new Set(names.values()))
  const fields =
    message.kind === 'choice' ? `oneof ${choice} {\n${indent(lines.join('\n'))}\n}` : lines.join('\n')
  return [printReserved(own), fields].filter(text => text !== '').join('\n')
}

function describe(field: ProtoField): string | undefined {
  if (field.key === '#rest') return 'Members that the schema does not name.'
  if (field.key.endsWith('#null')) return 'Set where the member is null, which is not the same as absent.'
  if (field.key.endsWith('#empty'))
    return 'Set where the member is there without entries, which is not the same as absent.'
  if (field.type.kind !== 'json') return field.description
  return [field.description, 'Canonical JSON text (RFC 8785).'].filter(text => text !== undefined).join('\n')
}

function labelOf({ label, type }: ProtoField): string {
  if (label === 'repeated') return 'repeated '
  // Fields of messages have presence as they are.
  return label === 'map' || type.kind === 'message' ? '' : 'optional '
}

function typeName(field: ProtoField, root: string): string {
  const name = plainName(field.type, root)
  return field.label === 'map' ? `map<string, ${name}>` : name
}

function plainName(type: ProtoType, root: string): string {
  if (type.kind === 'json') return 'string'
  if (type.kind !== 'message' && type.kind !== 'enum') return type.kind
  const path = type.kind === 'message' ? type.message.path : type.values.path
  return path === '$' ? root : path.slice(2)
}

/** Says the member's name where protobuf's JSON would make another of it; `taken` has those of the fields before. */
function jsonOption({ jsonName }: ProtoField, name: string, taken: Set<string>): string {
  const usual = defaultJsonName(name)
  // protoc takes neither an empty name nor a NUL, nor the form that extensions have.
  const isLegal = jsonName !== undefined && jsonName !== '' && !/\0|^\[.*\]$/s.test(jsonName)
  if (!isLegal || jsonName === usual || taken.has(jsonName)) {
    taken.add(usual)
    return ''
  }
  taken.add(jsonName)
  return ` [json_name = ${quote(jsonName)}]`
}

/** A string of the proto language: control characters as octal escapes. */
function quote(text: string): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape.
    .replace(/[\u0000-\u001f\u007f]/g, unit => `\\${unit.charCodeAt(0).toString(8).padStart(3, '0')}`)
  return `"${escaped}"`
}

function printEnum(
  { path, description, symbols }: ProtoEnum,
  own: EnumNumbers | undefined,
  taken: Set<string>,
): string {
  if (own === undefined) throw badSchema(`${path} has no numbers`)
  const name = path.slice(2)
  const names = valueNames(own, name, taken)
  const lines = symbols.map(symbol => {
    const number = own.values[symbol]
    if (number === undefined) throw badSchema(`${path} has no number for ${JSON.stringify(symbol)}`)
    return { number, line: `${comment(JSON.stringify(symbol))}${names.get(symbol)} = ${number};` }
  })
  const sorted = lines.sort((first, second) => first.number - second.number).map(({ line }) => line)
  const body = [printReserved(own), `${enumPrefix(name)}_UNSPECIFIED = 0;`, ...sorted].filter(
    text => text !== '',
  )
  return `${comment(description)}enum ${name} {\n${indent(body.join('\n'))}\n}`
}

function printReserved(own: MessageNumbers | EnumNumbers | undefined): string {
  const lines: string[] = []
  if (own !== undefined && own.reserved.length > 0) lines.push(`reserved ${own.reserved.join(', ')};`)
  if (own !== undefined && own.reservedNames.length > 0)
    lines.push(`reserved ${own.reservedNames.map(quote).join(', ')};`)
  return lines.join('\n')
}

function comment(text: string | undefined): string {
  if (text === undefined) return ''
  const lines = text.split(/[\r\n\u2028\u2029]+/).map(line => `// ${line.replaceAll('\0', '')}`.trimEnd())
  return `${lines.join('\n')}\n`
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
