import type { JsonValue } from '../../../core/index.ts'

export type AvroPrimitive = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'

/** An Avro schema (specification 1.12) with its names resolved: a graph, since a record may contain itself. */
export type AvroNode =
  | { readonly kind: AvroPrimitive; readonly isJson: boolean }
  | { readonly kind: 'array'; readonly items: AvroNode }
  | { readonly kind: 'map'; readonly values: AvroNode }
  | { readonly kind: 'union'; readonly branches: readonly AvroNode[] }
  | AvroRecord
  | AvroEnum
  | AvroFixed

export type AvroUnion = Extract<AvroNode, { kind: 'union' }>

interface AvroNamed {
  /** With the namespace. */
  readonly name: string
  readonly aliases: readonly string[]
}

export interface AvroRecord extends AvroNamed {
  readonly kind: 'record'
  readonly fields: AvroField[]
}

export interface AvroEnum extends AvroNamed {
  readonly kind: 'enum'
  readonly symbols: readonly string[]
  readonly fallback: string | undefined
  /** Stands for JSON's null where Avro's null stands for an absent member. */
  readonly isNull: boolean
}

export interface AvroFixed extends AvroNamed {
  readonly kind: 'fixed'
  readonly size: number
}

export interface AvroField {
  readonly name: string
  readonly aliases: readonly string[]
  readonly node: AvroNode
  /** In Avro's JSON encoding; `undefined` where there is none. */
  readonly fallback: JsonValue | undefined
  /** Name of the member in JSON. */
  readonly key: string
  /** Avro's null means that the member is absent. */
  readonly isOptional: boolean
  /** The field is a map of all members that have no field of their own. */
  readonly isRest: boolean
}

/** Properties of a schema by which Keelson says what Avro has no word for; other readers pass them over. */
export const marks = {
  /** Name of a member in JSON, where Avro cannot have it. */
  name: 'keelson.name',
  /** On a field: null means absent. */
  optional: 'keelson.optional',
  /** On a field: a map of the members that the schema does not name. */
  rest: 'keelson.rest',
  /** On a string: canonical JSON text of any value. */
  json: 'keelson.json',
  /** On a string: the values that it may have, where they are no names. */
  values: 'keelson.values',
  /** On an enum: stands for null. */
  null: 'keelson.null',
} as const

/** Name for messages: the full name of a named type, else the kind. */
export function nameOf(node: AvroNode): string {
  return node.kind === 'record' || node.kind === 'enum' || node.kind === 'fixed'
    ? `${node.kind} ${node.name}`
    : node.kind
}
