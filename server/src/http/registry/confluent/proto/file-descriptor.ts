import { createRequire } from 'node:module'
import { KeelsonError } from 'keelson'
import type Protobufjs from 'protobufjs'
import type Descriptor from 'protobufjs/ext/descriptor.js'

const load = createRequire(import.meta.url)
/** Loaded when the first client sends a descriptor: most servers see none. */
const protobufjs = () => load('protobufjs') as typeof Protobufjs
const descriptor = () => load('protobufjs/ext/descriptor.js') as typeof Descriptor

/** What there is of `google/protobuf/descriptor.proto` in the files that are taken here. */
export interface FileDescriptor {
  readonly name?: string
  readonly package?: string
  readonly syntax?: string
  readonly edition?: unknown
  readonly dependency?: readonly string[]
  readonly messageType?: readonly MessageDescriptor[]
  readonly enumType?: readonly EnumDescriptor[]
  readonly extension?: readonly unknown[]
}

export interface MessageDescriptor {
  name?: string
  readonly field?: readonly FieldDescriptor[]
  readonly nestedType?: readonly MessageDescriptor[]
  readonly enumType?: readonly EnumDescriptor[]
  readonly oneofDecl?: readonly { readonly name?: string }[]
  readonly reservedRange?: readonly NumberRange[]
  readonly reservedName?: readonly string[]
  readonly extensionRange?: readonly unknown[]
  readonly options?: { readonly mapEntry?: boolean }
}

export interface FieldDescriptor {
  readonly name?: string
  readonly number?: number
  readonly label?: string
  readonly type?: string
  typeName?: string
  readonly defaultValue?: string
  readonly oneofIndex?: number
  readonly jsonName?: string
  readonly proto3Optional?: boolean
  readonly options?: { readonly packed?: boolean; readonly deprecated?: boolean }
}

export interface EnumDescriptor {
  readonly name?: string
  readonly value?: readonly { readonly name?: string; readonly number?: number }[]
  readonly options?: { readonly allowAlias?: boolean }
}

export interface NumberRange {
  readonly start?: number
  /** Exclusive. */
  readonly end?: number
}

/** A schema that is no text: clients send the descriptor of the file, in base64. */
export const isEncoded = (schema: string): boolean =>
  schema.length > 0 && schema.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(schema)

/** @throws KeelsonError `schema_invalid`. */
export function decodeFile(encoded: string): FileDescriptor {
  try {
    const message = descriptor().FileDescriptorProto.decode(Buffer.from(encoded, 'base64'))
    return descriptor().FileDescriptorProto.toObject(message, { enums: String }) as FileDescriptor
  } catch (error) {
    throw new KeelsonError('schema_invalid', 'The schema is no descriptor of a .proto file', {}, error)
  }
}

/** The descriptor of a .proto file, as base64. */
export function encodeFile(text: string): string {
  // Loaded before the text is parsed: it is what gives a root its `toDescriptor`.
  const { FileDescriptorProto, FileDescriptorSet } = descriptor()
  const { root } = protobufjs().parse(text, { keepCase: true })
  root.resolveAll()
  const syntax = /^\s*syntax\s*=\s*["'](proto[23])["']/m.exec(text)?.[1] ?? 'proto2'
  const set = root.toDescriptor(syntax)
  const { file = [] } = FileDescriptorSet.toObject(set, { enums: String }) as {
    file?: FileDescriptor[]
  }
  const found = file.find(one => (one.messageType ?? one.enumType ?? []).length > 0) ?? {
    name: 'empty.proto',
  }
  const qualified = qualifyFile({ ...found, name: 'default' })
  return Buffer.from(FileDescriptorProto.encode(FileDescriptorProto.fromObject(qualified)).finish()).toString(
    'base64',
  )
}

/** Names of types in full and with a leading dot, as other readers of descriptors want them. */
function qualifyFile(file: FileDescriptor): FileDescriptor {
  const scope = file.package ? `.${file.package}` : ''
  const known = new Set<string>()
  collect(file, scope, known)
  for (const message of file.messageType ?? []) qualify(message, scope, known)
  return file
}

type Holder = Pick<FileDescriptor, 'messageType' | 'enumType'>
const inner = ({ nestedType, enumType }: MessageDescriptor): Holder => ({
  ...(nestedType && { messageType: nestedType }),
  ...(enumType && { enumType }),
})

function collect({ messageType = [], enumType = [] }: Holder, scope: string, known: Set<string>): void {
  for (const { name } of enumType) known.add(`${scope}.${name}`)
  for (const message of messageType) {
    known.add(`${scope}.${message.name}`)
    collect(inner(message), `${scope}.${message.name}`, known)
  }
}

function qualify(message: MessageDescriptor, scope: string, known: ReadonlySet<string>): void {
  const own = `${scope}.${message.name}`
  for (const field of message.field ?? []) {
    if (field.typeName === undefined || field.typeName.startsWith('.')) continue
    for (let at = own; ; at = at.slice(0, at.lastIndexOf('.'))) {
      if (known.has(`${at}.${field.typeName}`)) {
        field.typeName = `${at}.${field.typeName}`
        break
      }
      if (at === '') break
    }
  }
  for (const nested of message.nestedType ?? []) qualify(nested, own, known)
}
