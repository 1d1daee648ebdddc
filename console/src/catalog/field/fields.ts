import type { JsonSchema, Keywords, PersonalField } from '../../api/catalog-types.ts'
import type { JsonValue } from '../../api/types.ts'
import { boundsOf } from './bounds.ts'
import { exampleAt } from './example-at.ts'
import { type Member, membersWithin } from './members.ts'
import { resolveSchema, typeText } from './schema-type.ts'

/** One row of the table of fields. */
export interface FieldRow {
  /** Where the value stands in the payload; `*` for every item or member. */
  readonly path: string
  readonly name: string
  /** 0 for the payload's own members. */
  readonly depth: number
  readonly type: string
  readonly isRequired: boolean
  readonly bounds: readonly string[]
  readonly description?: string
  readonly example?: JsonValue
  readonly personal?: PersonalField
  readonly isParent: boolean
}

export interface FieldSource {
  readonly schema: JsonSchema
  readonly personal?: readonly PersonalField[]
  readonly examples?: readonly JsonValue[]
}

export interface FieldTable {
  readonly rows: readonly FieldRow[]
  /** Whether the schema has more than is listed. */
  readonly isCut: boolean
}

const MAX_ROWS = 1000
const MAX_DEPTH = 12

/** The fields that a schema describes, each before what is in it. Recursion, depth and number are bounded. */
export function fieldTable(source: FieldSource): FieldTable {
  const { schema } = source
  const rows: FieldRow[] = []
  let isCut = false
  // Many fields may refer to one schema: what is within it is found once.
  const known = new Map<Keywords, ReturnType<typeof membersWithin>>()
  const within = (at: Keywords) => {
    const members = known.get(at) ?? membersWithin(at, schema)
    known.set(at, members)
    return members
  }
  const walk = (at: Keywords, path: string, above: readonly Keywords[]) => {
    const { steps, members } = within(at)
    for (const member of members) {
      if (rows.length >= MAX_ROWS || above.length > MAX_DEPTH) {
        isCut = true
        return
      }
      const inner = resolveSchema(member.schema, schema)
      // What stands within itself is shown once: its members are those above it.
      const isAgain = inner !== undefined && above.includes(inner)
      const isParent = inner !== undefined && !isAgain && within(inner).members.length > 0
      const place = { path: `${path}${steps}/${member.token}`, depth: above.length - 1, isParent }
      rows.push(toRow(member, inner, place, source))
      if (isParent) walk(inner, place.path, [...above, inner])
    }
  }
  const root = resolveSchema(schema, schema)
  if (root) walk(root, '', [root])
  return { rows, isCut }
}

type Place = Pick<FieldRow, 'path' | 'depth' | 'isParent'>

function toRow(
  { name, schema, isRequired }: Member,
  inner: Keywords | undefined,
  place: Place,
  source: FieldSource,
): FieldRow {
  const personal = source.personal?.find(field => field.pointer === place.path)
  const example = exampleAt(source.examples ?? [], place.path, inner)
  const description = inner?.['description']
  return {
    ...place,
    name,
    isRequired,
    type: typeText(schema, source.schema),
    bounds: inner ? [...boundsOf(inner), ...boundsOfItems(inner, source.schema)] : [],
    ...(typeof description === 'string' && { description }),
    ...(example !== undefined && { example }),
    ...(personal && { personal }),
  }
}

function boundsOfItems(schema: Keywords, root: JsonSchema): string[] {
  const items = schema['items'] === undefined ? undefined : resolveSchema(schema['items'] as JsonSchema, root)
  return items ? boundsOf(items).map(bound => `each ${bound}`) : []
}
