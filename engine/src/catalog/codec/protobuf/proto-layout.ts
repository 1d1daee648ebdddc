import type { Shape } from '../shape/shape.ts'

/** How a shape is laid out in messages. Names of fields and their numbers come from `FieldNumbers`. */
export interface ProtoLayout {
  readonly root: ProtoMessage
  /** The root first, then what stands within it, in the order of first use. */
  readonly messages: readonly ProtoMessage[]
  readonly enums: readonly ProtoEnum[]
}

/**
 * `record` is an object. `box` holds one value where Protocol Buffers has no place for it: lists of lists, nullable
 * items. `choice` holds one of several, in a oneof.
 */
export interface ProtoMessage {
  /** Key in `FieldNumbers`: `$` for the root, `$.Name` for what stands within. */
  readonly path: string
  readonly kind: 'record' | 'box' | 'choice'
  readonly description: string | undefined
  /** Of a record, or the one of a box. */
  readonly members: ProtoMember[]
  /** Of a choice. */
  readonly branches: { readonly shape: Shape; readonly field: ProtoField }[]
  /** Map of the members that the schema does not name. */
  rest: ProtoField | undefined
}

/** A member of an object, in up to three fields: its value, and what a value alone cannot say. */
export interface ProtoMember {
  readonly name: string
  readonly isOptional: boolean
  readonly value: ProtoField | undefined
  /** Set where the member is null, which is not the same as absent. */
  readonly isNull: ProtoField | undefined
  /** Set where an optional list or map is there without entries, which is not the same as absent. */
  readonly isEmpty: ProtoField | undefined
}

export interface ProtoField {
  /** Key in `FieldNumbers`: the member's name, with `#null` or `#empty` for what goes with it. */
  readonly key: string
  /** Name of the member in JSON, where the field stands for it. */
  readonly jsonName: string | undefined
  readonly label: 'single' | 'repeated' | 'map'
  readonly type: ProtoType
  readonly description: string | undefined
}

export type ProtoType =
  | { readonly kind: 'string' | 'int64' | 'double' | 'bool' | 'json' }
  | { readonly kind: 'message'; readonly message: ProtoMessage }
  | { readonly kind: 'enum'; readonly values: ProtoEnum }

export interface ProtoEnum {
  readonly path: string
  readonly description: string | undefined
  readonly symbols: readonly string[]
}

/** All fields of a message, in the order in which they get their numbers. */
export function fieldsOf(message: ProtoMessage): ProtoField[] {
  const fields = message.members.flatMap(({ value, isNull, isEmpty }) => [value, isNull, isEmpty])
  return [...fields, ...message.branches.map(({ field }) => field), message.rest].filter(
    field => field !== undefined,
  )
}

/** What the bytes of a field depend on: a field whose tag changes needs another number. */
export function tagOf({ label, type }: ProtoField): string {
  const name = type.kind === 'message' ? `message ${type.message.path}` : nameOfScalar(type)
  return label === 'single' ? name : `${label} ${name}`
}

function nameOfScalar(type: Exclude<ProtoType, { kind: 'message' }>): string {
  return type.kind === 'enum' ? `enum ${type.values.path}` : type.kind
}
