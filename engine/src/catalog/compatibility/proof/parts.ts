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

type ReadPart = (node: SchemaNode) => unknown

/** What a node says with a part; undefined where it lacks the part. */
const readPart: ReadonlyMap<PartName, ReadPart> = new Map<PartName, ReadPart>([
  ['types', node => node.types],
  ['values', node => node.values],
  ...limitKeywords
    .filter(keyword => !keyword.endsWith('Contains'))
    .map((keyword): [PartName, ReadPart] => [keyword, node => node.limit[keyword]]),
  ['pattern', node => node.pattern],
  ['format', node => node.format],
  ['isUnique', node => node.isUnique],
  ['required', node => node.required.length > 0 || undefined],
  ['dependentRequired', node => node.dependentRequired.size > 0 || undefined],
  ['elements', ({ one, list }) => one.items ?? list.prefixItems],
  ['contains', ({ one }) => one.contains],
  ['members', ({ one, map }) => map.properties ?? map.patternProperties ?? one.additionalProperties],
  ['propertyNames', ({ one }) => one.propertyNames],
  ['dependentSchemas', ({ map }) => map.dependentSchemas],
  ['unevaluatedItems', ({ one }) => one.unevaluatedItems],
  ['unevaluatedProperties', ({ one }) => one.unevaluatedProperties],
  ['anyOf', ({ list }) => list.anyOf],
  ['oneOf', ({ list }) => list.oneOf],
  ['not', ({ one }) => one.not],
  ['if', ({ one }) => one.if],
  ['other', node => node.other.size > 0 || undefined],
])

export function hasPart(node: SchemaNode, part: PartName): boolean {
  if (node.isNever || part === 'never') return node.isNever && part === 'never'
  return readPart.get(part)?.(node) !== undefined
}

export function partNames(node: SchemaNode): PartName[] {
  if (node.isNever) return ['never']
  const found: PartName[] = []
  for (const [part, read] of readPart) if (read(node) !== undefined) found.push(part)
  return found
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
