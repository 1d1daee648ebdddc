import type { JsonValue } from '../../../core/index.ts'
import { canonicalJson, isJsonObject } from '../../../core/index.ts'
import type { DraftNode, SchemaNode, SchemaObject } from './node.ts'
import { limitKeywords, listKeywords, mapKeywords, singleKeywords } from './node.ts'
import { pointerToken } from './pointer.ts'
import { isAnnotation, keepOwnNames, readPattern, refuse } from './read-keywords.ts'

/** Reads one subschema at its pointer. */
export type ReadChild = (schema: JsonValue, pointer: string) => SchemaNode

const known: ReadonlySet<string> = new Set([
  ...limitKeywords,
  ...singleKeywords,
  ...listKeywords,
  ...mapKeywords,
  'type',
  'enum',
  'const',
  'pattern',
  'format',
  'uniqueItems',
  'required',
  'dependentRequired',
  'dependencies',
  'additionalItems',
  '$ref',
])

/** Fills in the keywords that hold schemas, and keeps the unknown ones as they are. */
export function readChildren(schema: SchemaObject, node: DraftNode, read: ReadChild): void {
  for (const keyword of singleKeywords) {
    const child = schema[keyword]
    if (child !== undefined && keyword !== 'ref' && !(keyword === 'items' && Array.isArray(child)))
      node.one[keyword] = read(child, `${node.pointer}/${keyword}`)
  }
  for (const keyword of listKeywords) {
    if (schema[keyword] !== undefined)
      node.list[keyword] = readList(schema[keyword], `${node.pointer}/${keyword}`, read)
  }
  for (const keyword of mapKeywords) {
    if (schema[keyword] !== undefined)
      node.map[keyword] = readMap(schema[keyword], `${node.pointer}/${keyword}`, read)
  }
  for (const keyword of ['$defs', 'definitions'])
    if (isJsonObject(schema[keyword])) readMap(schema[keyword], `${node.pointer}/${keyword}`, read)
  readOlderForms(schema, node, read)
  settle(node)
  settleUnevaluated(schema, node)
  keepOther(schema, node)
}

function readList(value: JsonValue, pointer: string, read: ReadChild): SchemaNode[] {
  if (!Array.isArray(value)) refuse(pointer, 'is not a list of schemas')
  return value.map((child, index) => read(child, `${pointer}/${index}`))
}

function readMap(value: JsonValue, pointer: string, read: ReadChild): Map<string, SchemaNode> {
  if (!isJsonObject(value)) refuse(pointer, 'is not an object of schemas')
  return new Map(
    Object.entries(value).map(([name, child]) => [name, read(child, `${pointer}/${pointerToken(name)}`)]),
  )
}

/** The forms of draft-07 that 2020-12 gave other names. */
function readOlderForms(schema: SchemaObject, node: DraftNode, read: ReadChild): void {
  const { items, additionalItems, dependencies } = schema
  if (Array.isArray(items)) {
    if (node.list.prefixItems !== undefined) node.other.set('items', canonicalJson(items))
    node.list.prefixItems = readList(items, `${node.pointer}/items`, read)
    if (additionalItems !== undefined)
      node.one.items = read(additionalItems, `${node.pointer}/additionalItems`)
  }
  if (!isJsonObject(dependencies)) return
  const schemas = new Map(node.map.dependentSchemas)
  for (const [name, value] of Object.entries(dependencies)) {
    if (Array.isArray(value)) continue
    if (schemas.has(name)) node.other.set('dependencies', canonicalJson(dependencies))
    schemas.set(name, read(value, `${node.pointer}/dependencies/${pointerToken(name)}`))
  }
  if (schemas.size > 0) node.map.dependentSchemas = schemas
}

/** Leaves out what cannot matter, and turns `unevaluated…` without anything beside it into the plain keyword. */
function settle(node: DraftNode): void {
  const { one, list, map } = node
  if (one.if === undefined || (one.then === undefined && one.else === undefined)) {
    delete one.if
    delete one.then
    delete one.else
  }
  for (const pattern of map.patternProperties?.keys() ?? [])
    readPattern(pattern, `${node.pointer}/patternProperties`)
  keepOwnNames([...(map.properties?.keys() ?? []), ...(map.dependentSchemas?.keys() ?? [])], node)
  for (const keyword of ['allOf', 'prefixItems'] as const)
    if (list[keyword]?.length === 0) delete list[keyword]
  for (const keyword of mapKeywords) if (map[keyword]?.size === 0) delete map[keyword]
}

const besides = ['$ref', '$dynamicRef', '$recursiveRef', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'contains']

/** Where nothing else in place can evaluate members or items, `unevaluated…` is the same as the plain keyword. */
function settleUnevaluated(schema: SchemaObject, node: DraftNode): void {
  const { one, map } = node
  // The validator holds lists against it too, by their indices, so only where no list can come is it understood.
  if (one.unevaluatedProperties !== undefined && schema['unevaluatedProperties'] !== true)
    if (node.types === undefined || node.types.includes('array'))
      node.other.set('unevaluatedProperties', canonicalJson(schema['unevaluatedProperties']))
  const isAlone = map.dependentSchemas === undefined && !besides.some(keyword => keyword in schema)
  for (const [keyword, plain] of [
    ['unevaluatedProperties', 'additionalProperties'],
    ['unevaluatedItems', 'items'],
  ] as const) {
    const rest = one[keyword]
    if (rest === undefined || !(isAlone || one[plain] !== undefined || schema[keyword] === true)) continue
    if (one[plain] === undefined && schema[keyword] !== true) one[plain] = rest
    delete one[keyword]
  }
}

function keepOther(schema: SchemaObject, node: DraftNode): void {
  for (const [keyword, value] of Object.entries(schema)) {
    if (!known.has(keyword) && !isAnnotation(keyword)) node.other.set(keyword, canonicalJson(value))
  }
}
