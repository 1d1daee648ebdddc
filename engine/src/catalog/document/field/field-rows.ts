import type { JsonObject, JsonValue, PersonalField } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import { describeType, mapValue } from './describe-type.ts'

/** One member of a payload, as a table shows it. */
export interface FieldRow {
  /** JSON Pointer into the payload; `*` stands for every item of a list and every member of a map. */
  readonly pointer: string
  /** The same for people: `resource.tags[].name`. */
  readonly path: string
  readonly name: string
  /** Members above it: 0 for those of the payload itself. */
  readonly depth: number
  readonly type: string
  /** Whether it is there whenever its parent is. */
  readonly isRequired: boolean
  readonly description: string
  readonly example?: JsonValue
  readonly personal?: PersonalField
}

const maxRows = 2_000
const maxDepth = 64

/** A row for each member of a schema's objects, parents before children; references are named, not followed. */
export function fieldRows(schema: JsonObject, personal: readonly PersonalField[] = []): readonly FieldRow[] {
  const walk = { rows: new Map(), personal: new Map(personal.map(field => [field.pointer, field])) }
  collect(schema, { pointer: '', path: '', depth: 0 }, walk)
  return [...walk.rows.values()]
}

interface Walk {
  readonly rows: Map<string, FieldRow>
  readonly personal: ReadonlyMap<string, PersonalField>
}

interface Place {
  readonly pointer: string
  readonly path: string
  readonly depth: number
}

function collect(schema: JsonValue | undefined, place: Place, walk: Walk): void {
  if (!isJsonObject(schema) || place.depth > maxDepth) return
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
  for (const [name, member] of Object.entries(properties)) {
    if (walk.rows.size >= maxRows) return
    const row = toRow(name, member, required.includes(name), place, walk.personal)
    // Branches of a union may name a member again.
    if (!walk.rows.has(row.pointer)) walk.rows.set(row.pointer, row)
    collect(member, below(place, row.pointer, row.path), walk)
  }
  const { pointer, path } = place
  collect(schema['items'], below(place, `${pointer}/*`, `${path}[]`), walk)
  collect(mapValue(schema), below(place, `${pointer}/*`, `${path}{}`), walk)
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
    const branches = schema[keyword]
    if (Array.isArray(branches)) for (const branch of branches) collect(branch, place, walk)
  }
}

const below = ({ depth }: Place, pointer: string, path: string): Place => ({
  pointer,
  path,
  depth: depth + 1,
})

function toRow(
  name: string,
  schema: JsonValue,
  isRequired: boolean,
  place: Place,
  personal: ReadonlyMap<string, PersonalField>,
): FieldRow {
  const pointer = `${place.pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  const { description, examples, const: only } = isJsonObject(schema) ? schema : ({} as JsonObject)
  const example = Array.isArray(examples) ? examples[0] : only
  const field = personal.get(pointer)
  return {
    pointer,
    path: place.path === '' ? name : `${place.path}.${name}`,
    name,
    depth: place.pointer.split('/').filter(part => part !== '' && part !== '*').length,
    type: describeType(schema),
    isRequired,
    description: typeof description === 'string' ? description : '',
    ...(example === undefined ? {} : { example }),
    ...(field === undefined ? {} : { personal: field }),
  }
}
