import type { JsonSchema, Keywords } from '../../api/catalog-types.ts'
import { resolveSchema } from './schema-type.ts'

/** A member of an object, as its schema names it. */
export interface Member {
  readonly name: string
  /** Its step in a path: the name as in a JSON Pointer, or `*` for any name. */
  readonly token: string
  readonly schema: JsonSchema
  readonly isRequired: boolean
}

const MAX_LISTS = 8

const isSchema = (value: unknown): value is Keywords =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const token = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')

const named = (value: unknown): [string, JsonSchema][] =>
  isSchema(value) ? (Object.entries(value) as [string, JsonSchema][]) : []

function own(schema: Keywords): Member[] {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : [])
  const members = named(schema['properties']).map(([name, inner]) => ({
    name,
    token: token(name),
    schema: inner,
    isRequired: required.has(name),
  }))
  const any = (name: string, inner: JsonSchema) => ({ name, token: '*', schema: inner, isRequired: false })
  const patterns = named(schema['patternProperties']).map(([, inner]) => any('each member', inner))
  const others = schema['additionalProperties']
  const isTold = isSchema(others) && Object.keys(others).length > 0
  return [...members, ...patterns.slice(0, 1), ...(isTold ? [any('each other member', others)] : [])]
}

/**
 * The members of an object and of what it is combined from, each name once. What stands in one alternative only is
 * not required. A schema is looked into once, so that one which refers to itself has an end.
 */
export function membersOf(schema: Keywords, root: JsonSchema): Member[] {
  const members = new Map<string, Member>()
  const seen = new Set<Keywords>()
  const visit = (at: Keywords, isOption: boolean) => {
    if (seen.has(at)) return
    seen.add(at)
    for (const member of own(at)) {
      const before = members.get(member.name)
      const isRequired = (before?.isRequired ?? false) || (member.isRequired && !isOption)
      members.set(member.name, { ...(before ?? member), isRequired })
    }
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
      const parts = at[keyword]
      if (!Array.isArray(parts) || seen.size > 1000) continue
      for (const part of parts) {
        const resolved = resolveSchema(part as JsonSchema, root)
        if (resolved) visit(resolved, isOption || keyword !== 'allOf')
      }
    }
  }
  visit(schema, false)
  return [...members.values()]
}

/** The members within a value; those of its items where it is a list, with the steps that lead to them. */
export function membersWithin(schema: Keywords, root: JsonSchema): { steps: string; members: Member[] } {
  let at: Keywords | undefined = schema
  let steps = ''
  for (let depth = 0; depth < MAX_LISTS && at !== undefined; depth++) {
    const members = membersOf(at, root)
    if (members.length > 0 || at['items'] === undefined) return { steps, members }
    steps += '/*'
    at = resolveSchema(at['items'] as JsonSchema, root)
  }
  return { steps, members: [] }
}
