import { KeelsonError } from 'keelson'
import type {
  EnumDescriptor,
  FieldDescriptor,
  FileDescriptor,
  MessageDescriptor,
  NumberRange,
} from './file-descriptor.ts'

const maxDepth = 32
const maxLength = 64 * 1024
const namePattern = /^[A-Za-z_]\w*$/
const pathPattern = /^\.?[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/
const labels: Readonly<Record<string, string>> = {
  LABEL_REPEATED: 'repeated ',
  LABEL_REQUIRED: 'required ',
}

/**
 * The .proto file of a descriptor, without options that change nothing about what is written.
 *
 * @throws KeelsonError `schema_invalid` where it imports others, has extensions or services that need them, or names
 * that are none.
 */
export function printFile(file: FileDescriptor): string {
  const { syntax = 'proto2', dependency = [], extension = [] } = file
  if (dependency.length > 0) throw invalid('imports other files')
  if (extension.length > 0) throw invalid('has extensions')
  if (syntax !== 'proto2' && syntax !== 'proto3')
    throw invalid('is of another edition than proto2 and proto3')
  const lines = [`syntax = "${syntax}";`]
  if (file.package) lines.push(`package ${path(file.package)};`)
  const printer = new Printer(syntax === 'proto3', lines)
  for (const message of file.messageType ?? []) printer.message(message, 0)
  for (const one of file.enumType ?? []) printer.enumeration(one, 0)
  return `${lines.join('\n')}\n`
}

class Printer {
  readonly #isProto3: boolean
  readonly #lines: string[]
  #length = 0

  constructor(isProto3: boolean, lines: string[]) {
    this.#isProto3 = isProto3
    this.#lines = lines
  }

  message(message: MessageDescriptor, depth: number): void {
    if (depth > maxDepth) throw invalid('is nested too deep')
    if ((message.extensionRange ?? []).length > 0) throw invalid('has extensions')
    const { nestedType = [], field = [], oneofDecl = [] } = message
    const maps = new Map(nestedType.filter(isMap).map(entry => [entry.name, entry]))
    this.#line(depth, `message ${name(message.name)} {`)
    for (const nested of nestedType) if (!isMap(nested)) this.message(nested, depth + 1)
    for (const one of message.enumType ?? []) this.enumeration(one, depth + 1)
    this.#reserved(message, depth + 1)
    for (const one of field) if (!isOneofMember(one)) this.#line(depth + 1, this.#field(one, maps))
    for (const [at, oneof] of oneofDecl.entries()) {
      const members = field.filter(one => isOneofMember(one) && one.oneofIndex === at)
      if (members.length === 0) continue
      this.#line(depth + 1, `oneof ${name(oneof.name)} {`)
      for (const one of members) this.#line(depth + 2, `${this.#type(one, maps)} ${tail(one)};`)
      this.#line(depth + 1, '}')
    }
    this.#line(depth, '}')
  }

  enumeration({ name: title, value = [], options }: EnumDescriptor, depth: number): void {
    this.#line(depth, `enum ${name(title)} {`)
    if (options?.allowAlias) this.#line(depth + 1, 'option allow_alias = true;')
    for (const one of value) this.#line(depth + 1, `${name(one.name)} = ${whole(one.number ?? 0)};`)
    this.#line(depth, '}')
  }

  #reserved({ reservedRange = [], reservedName = [] }: MessageDescriptor, depth: number): void {
    if (reservedRange.length > 0) this.#line(depth, `reserved ${reservedRange.map(range).join(', ')};`)
    if (reservedName.length > 0)
      this.#line(depth, `reserved ${reservedName.map(one => `"${name(one)}"`).join(', ')};`)
  }

  #field(field: FieldDescriptor, maps: ReadonlyMap<string | undefined, MessageDescriptor>): string {
    const type = this.#type(field, maps)
    if (type.startsWith('map<')) return `${type} ${tail(field)};`
    const label = labels[field.label ?? ''] ?? (this.#isProto3 && !field.proto3Optional ? '' : 'optional ')
    return `${label}${type} ${tail(field)};`
  }

  #type(field: FieldDescriptor, maps: ReadonlyMap<string | undefined, MessageDescriptor>): string {
    const { type = '', typeName } = field
    const entry = maps.get(typeName?.slice(typeName.lastIndexOf('.') + 1))
    if (entry && field.label === 'LABEL_REPEATED') {
      const [key, value] = ['key', 'value'].map(part => entry.field?.find(one => one.name === part))
      if (!key || !value) throw invalid('has a map without keys or values')
      return `map<${scalar(key)}, ${scalar(value)}>`
    }
    if (type === 'TYPE_GROUP') throw invalid('has groups')
    return scalar(field)
  }

  #line(depth: number, text: string): void {
    this.#length += depth * 2 + text.length + 1
    if (this.#length > maxLength) throw invalid('is too long')
    this.#lines.push(`${'  '.repeat(depth)}${text}`)
  }
}

const isMap = (message: MessageDescriptor): boolean => message.options?.mapEntry === true
const isOneofMember = (field: FieldDescriptor): boolean =>
  field.oneofIndex !== undefined && field.proto3Optional !== true

function scalar({ type = '', typeName }: FieldDescriptor): string {
  if (typeName !== undefined && typeName !== '') return path(typeName)
  const word = /^TYPE_([A-Z0-9]+)$/.exec(type)?.[1]?.toLowerCase()
  if (word === undefined || ['message', 'enum', 'group'].includes(word))
    throw invalid('has a field without a type')
  return word
}

function tail(field: FieldDescriptor): string {
  const options: string[] = []
  if (field.jsonName !== undefined && field.jsonName !== camelCase(field.name ?? ''))
    options.push(`json_name = ${JSON.stringify(field.jsonName)}`)
  if (field.defaultValue !== undefined && field.defaultValue !== '')
    options.push(`default = ${defaultOf(field)}`)
  if (field.options?.packed !== undefined && field.options.packed !== null)
    options.push(`packed = ${field.options.packed}`)
  if (field.options?.deprecated) options.push('deprecated = true')
  const said = options.length > 0 ? ` [${options.join(', ')}]` : ''
  return `${name(field.name)} = ${whole(field.number)}${said}`
}

function defaultOf({ type, defaultValue = '' }: FieldDescriptor): string {
  if (type === 'TYPE_STRING' || type === 'TYPE_BYTES') return JSON.stringify(defaultValue)
  if (/^(-?[\w.+-]+)$/.test(defaultValue)) return defaultValue
  throw invalid('has a default that is no value')
}

const camelCase = (text: string): string =>
  text.replace(/_+([A-Za-z0-9])?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '')

function range({ start = 0, end = 0 }: NumberRange): string {
  return end - start === 1 ? whole(start) : `${whole(start)} to ${whole(end - 1)}`
}

function whole(number: number | undefined): string {
  if (Number.isSafeInteger(number)) return String(number)
  throw invalid('has a number that is none')
}

function name(text: string | undefined): string {
  if (text !== undefined && text.length <= 255 && namePattern.test(text)) return text
  throw invalid('has a name that is none')
}

function path(text: string): string {
  if (text.length <= 1_000 && pathPattern.test(text)) return text
  throw invalid('has a name that is none')
}

function invalid(what: string): KeelsonError {
  return new KeelsonError('schema_invalid', `The .proto file ${what}, which is not supported`)
}
