import type { JsonValue } from '../../../core/index.ts'

/** A JSON Schema as plain data: an object of keywords, or `true` or `false`. */
export type Schema = boolean | SchemaObject
export type SchemaObject = { readonly [keyword: string]: JsonValue }

/** The kinds of JSON value that a schema can tell apart; `integer` is a part of `number`. */
export const valueKinds = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const
export type ValueKind = (typeof valueKinds)[number]
export type TypeName = ValueKind | 'integer'

export const limitKeywords = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
] as const
export type LimitKeyword = (typeof limitKeywords)[number]

export const singleKeywords = [
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
  'ref',
] as const
export type SingleKeyword = (typeof singleKeywords)[number]
export const listKeywords = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const
export type ListKeyword = (typeof listKeywords)[number]
export const mapKeywords = ['properties', 'patternProperties', 'dependentSchemas'] as const
export type MapKeyword = (typeof mapKeywords)[number]

/**
 * One schema of a document, its keywords checked and its references resolved. What it does not have, it leaves out.
 * The draft-07 forms (`items` as a list, `additionalItems`, `dependencies`) come as their successors of 2020-12.
 */
export interface SchemaNode {
  /** Unique among the nodes that are compared with each other. */
  readonly id: number
  /** JSON Pointer within the document. */
  readonly pointer: string
  /** What it was read from; a node that a proof made has none. */
  readonly source?: SchemaObject
  /** Canonical text of every assertion that holds no schema: two nodes with other text differ. */
  readonly local: string
  /** The schema `false`. */
  readonly isNever: boolean
  readonly types?: readonly TypeName[]
  /** Of `enum`, `const`, or of both together. */
  readonly values?: readonly JsonValue[]
  /** The canonical texts of the values. */
  readonly valueTexts?: ReadonlySet<string>
  readonly limit: Readonly<Partial<Record<LimitKeyword, number>>>
  readonly pattern?: string
  readonly format?: string
  readonly isUnique?: boolean
  readonly required: readonly string[]
  readonly dependentRequired: ReadonlyMap<string, readonly string[]>
  readonly one: Readonly<Partial<Record<SingleKeyword, SchemaNode>>>
  readonly list: Readonly<Partial<Record<ListKeyword, readonly SchemaNode[]>>>
  readonly map: Readonly<Partial<Record<MapKeyword, ReadonlyMap<string, SchemaNode>>>>
  /** Assertions that cannot be reasoned about, by keyword, as canonical text. */
  readonly other: ReadonlyMap<string, string>
  /** Annotations that a reader of the schema may care for, as canonical text. */
  readonly notes: ReadonlyMap<string, string>
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** A node while it is read: its children come after it, since schemas may refer to themselves. */
export type DraftNode = Mutable<Omit<SchemaNode, 'limit' | 'one' | 'list' | 'map' | 'other' | 'notes'>> & {
  limit: Partial<Record<LimitKeyword, number>>
  one: Partial<Record<SingleKeyword, SchemaNode>>
  list: Partial<Record<ListKeyword, readonly SchemaNode[]>>
  map: Partial<Record<MapKeyword, ReadonlyMap<string, SchemaNode>>>
  other: Map<string, string>
  notes: Map<string, string>
}

/** Gives each node of a comparison its number. */
export type NodeIds = () => number

export function createNodeIds(): NodeIds {
  let last = 0
  return () => {
    last += 1
    return last
  }
}

const noRules: SchemaNode['dependentRequired'] = new Map()
const noNames: SchemaNode['required'] = []

export function emptyNode(id: number, pointer: string): DraftNode {
  return {
    id,
    pointer,
    local: '',
    isNever: false,
    limit: {},
    required: noNames,
    dependentRequired: noRules,
    one: {},
    list: {},
    map: {},
    other: new Map(),
    notes: new Map(),
  }
}

export function kindOf(value: JsonValue): ValueKind {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value as ValueKind
}

/** Whether a node asks for nothing at all. */
export function isAnything(node: SchemaNode): boolean {
  return node.local === '' && !hasChildren(node)
}

function hasChildren(node: SchemaNode): boolean {
  for (const _ in node.one) return true
  for (const _ in node.list) return true
  for (const _ in node.map) return true
  return false
}

/** Whether a node is a reference and nothing else. */
export function isBareReference({ local, one, list, map }: SchemaNode): boolean {
  return (
    one.ref !== undefined &&
    local === '' &&
    Object.keys(one).length === 1 &&
    Object.keys(list).length + Object.keys(map).length === 0
  )
}

/** Follows nodes that are references and nothing else. */
export function referenceTarget(node: SchemaNode): SchemaNode {
  let found = node
  while (isBareReference(found)) found = found.one.ref as SchemaNode
  return found
}
