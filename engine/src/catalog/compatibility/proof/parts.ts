import type { DraftNode, LimitKeyword, SchemaNode, ValueKind } from '../schema/node.ts'
import { limitKeywords } from '../schema/node.ts'
import { setValues } from '../schema/read-keywords.ts'
import type { MadeNodes } from './made-nodes.ts'
import { surelyEvaluated } from './surely-evaluated.ts'

/** A part of a schema that can be proved for itself: a schema is the conjunction of its parts. */
export type PartName =
  | LimitKeyword
  | 'never'
  | 'types'
  | 'values'
  | 'pattern'
  | 'format'
  | 'isUnique'
  | 'required'
  | 'dependentRequired'
  | 'elements'
  | 'contains'
  | 'members'
  | 'propertyNames'
  | 'dependentSchemas'
  | 'unevaluatedItems'
  | 'unevaluatedProperties'
  | 'anyOf'
  | 'oneOf'
  | 'not'
  | 'if'
  | 'other'

/** The kind of value that a part is about; the others pass it. */
export const kindOfPart: Readonly<Partial<Record<PartName, ValueKind>>> = {
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
  multipleOf: 'number',
  minLength: 'string',
  maxLength: 'string',
  pattern: 'string',
  format: 'string',
  minItems: 'array',
  maxItems: 'array',
  isUnique: 'array',
  elements: 'array',
  contains: 'array',
  unevaluatedItems: 'array',
  required: 'object',
  dependentRequired: 'object',
  members: 'object',
  propertyNames: 'object',
  dependentSchemas: 'object',
  minProperties: 'object',
  maxProperties: 'object',
  unevaluatedProperties: 'object',
}

export function partNames(node: SchemaNode): PartName[] {
  if (node.isNever) return ['never']
  const { one, list, map, limit } = node
  const has: readonly (readonly [PartName, unknown])[] = [
    ['types', node.types],
    ['values', node.values],
    ...limitKeywords
      .filter(keyword => !keyword.endsWith('Contains'))
      .map(keyword => [keyword, limit[keyword]] as const),
    ['pattern', node.pattern],
    ['format', node.format],
    ['isUnique', node.isUnique],
    ['required', node.required.length > 0 || undefined],
    ['dependentRequired', node.dependentRequired.size > 0 || undefined],
    ['elements', one.items ?? list.prefixItems],
    ['contains', one.contains],
    ['members', map.properties ?? map.patternProperties ?? one.additionalProperties],
    ['propertyNames', one.propertyNames],
    ['dependentSchemas', map.dependentSchemas],
    ['unevaluatedItems', one.unevaluatedItems],
    ['unevaluatedProperties', one.unevaluatedProperties],
    ['anyOf', list.anyOf],
    ['oneOf', list.oneOf],
    ['not', one.not],
    ['if', one.if],
    ['other', node.other.size > 0 || undefined],
  ]
  return has.filter(([, value]) => value !== undefined).map(([name]) => name)
}

/** The schema that has only this part of a node. */
export function partOf(made: MadeNodes, node: SchemaNode, part: PartName): SchemaNode {
  return made.make(`part ${node.id} ${part}`, node.pointer, fresh => {
    fill(fresh, node, part)
    if (part === 'unevaluatedItems' || part === 'unevaluatedProperties')
      fillUnevaluated(fresh, node, part, made.anything)
  })
}

function fill(fresh: DraftNode, node: SchemaNode, part: PartName): void {
  if (part === 'never') fresh.isNever = true
  else if (part === 'types' && node.types) fresh.types = node.types
  else if (part === 'values' && node.values) setValues(fresh, node.values)
  else if (part === 'pattern' && node.pattern !== undefined) fresh.pattern = node.pattern
  else if (part === 'format' && node.format !== undefined) fresh.format = node.format
  else if (part === 'isUnique') fresh.isUnique = true
  else if (part === 'required') fresh.required = node.required
  else if (part === 'dependentRequired') fresh.dependentRequired = node.dependentRequired
  else if (part === 'other') fresh.other = new Map(node.other)
  else if (part in node.limit) fresh.limit[part as LimitKeyword] = node.limit[part as LimitKeyword] as number
  else fillChildren(fresh, node, part)
}

const singles = {
  elements: ['items'],
  contains: ['contains'],
  members: ['additionalProperties'],
  propertyNames: ['propertyNames'],
  not: ['not'],
  if: ['if', 'then', 'else'],
} as const
const lists = { elements: ['prefixItems'], anyOf: ['anyOf'], oneOf: ['oneOf'] } as const
const maps = { members: ['properties', 'patternProperties'], dependentSchemas: ['dependentSchemas'] } as const

function fillChildren(fresh: DraftNode, node: SchemaNode, part: PartName): void {
  for (const name of singles[part as keyof typeof singles] ?? [])
    if (node.one[name] !== undefined) fresh.one[name] = node.one[name]
  for (const name of lists[part as keyof typeof lists] ?? [])
    if (node.list[name] !== undefined) fresh.list[name] = node.list[name]
  for (const name of maps[part as keyof typeof maps] ?? [])
    if (node.map[name] !== undefined) fresh.map[name] = node.map[name]
  if (part === 'contains')
    for (const name of ['minContains', 'maxContains'] as const)
      if (node.limit[name] !== undefined) fresh.limit[name] = node.limit[name]
}

/**
 * `unevaluated…` asks no more than the plain keyword does that spares only what is evaluated in every case, so to
 * prove that one is enough.
 */
function fillUnevaluated(
  fresh: DraftNode,
  node: SchemaNode,
  part: 'unevaluatedItems' | 'unevaluatedProperties',
  anything: SchemaNode,
): void {
  const rest = node.one[part] as SchemaNode
  const sure = surelyEvaluated(node)
  if (part === 'unevaluatedProperties') {
    fresh.map.properties = new Map([...sure.names].map(name => [name, anything]))
    fresh.map.patternProperties = new Map([...sure.patterns].map(name => [name, anything]))
    if (!sure.isEveryMember) fresh.one.additionalProperties = rest
    return
  }
  fresh.list.prefixItems = Array.from({ length: sure.items }, () => anything)
  if (!sure.isEveryItem) fresh.one.items = rest
}
