import type { JsonSchema, Keywords } from '../../api/catalog-types.ts'
import type { JsonValue } from '../../api/types.ts'

const MAX_STEPS = 20
const MAX_DEPTH = 3
const MAX_ALTERNATIVES = 8

/** Where `$ref` points within the document; undefined for anything that is not there. */
function follow(ref: string, root: JsonSchema): JsonSchema | undefined {
  if (ref === '#') return root
  if (!ref.startsWith('#/')) return undefined
  let at: unknown = root
  for (const token of ref.slice(2).split('/')) {
    if (typeof at !== 'object' || at === null) return undefined
    const name = decoded(token).replaceAll('~1', '/').replaceAll('~0', '~')
    at = Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined
  }
  return at as JsonSchema | undefined
}

function decoded(token: string): string {
  try {
    return decodeURIComponent(token)
  } catch {
    return token
  }
}

/** The schema itself behind references within its document; undefined for `true`, `false` and what leads nowhere. */
export function resolveSchema(schema: JsonSchema, root: JsonSchema): Keywords | undefined {
  let at: JsonSchema | undefined = schema
  for (let step = 0; step < MAX_STEPS; step++) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) return undefined
    const ref = at['$ref']
    if (typeof ref !== 'string') return at
    at = follow(ref, root)
  }
  return undefined
}

const typeOf = (value: JsonValue): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return typeof value
}

const WORD: Readonly<Record<string, string>> = { array: 'list', integer: 'whole number' }

/** A type as one would say it: `string`, `list of string`, `string or null`. */
export function typeText(schema: JsonSchema, root: JsonSchema, depth = 0): string {
  if (schema === false) return 'nothing'
  const at = resolveSchema(schema, root)
  if (at === undefined || depth > MAX_DEPTH) return 'anything'
  const alternatives = [at['anyOf'], at['oneOf']].find(value => Array.isArray(value))
  if (at['type'] === undefined && Array.isArray(alternatives))
    return either(
      alternatives.slice(0, MAX_ALTERNATIVES).map(one => typeText(one as JsonSchema, root, depth + 1)),
    )
  const values = 'const' in at ? [at['const'] as JsonValue] : at['enum']
  if (at['type'] === undefined && Array.isArray(values)) return either(values.map(typeOf))
  const types = (Array.isArray(at['type']) ? at['type'] : [at['type']]).filter(
    type => typeof type === 'string',
  )
  if (types.length === 0) return at['properties'] === undefined ? 'anything' : 'object'
  return either(
    types.map(type => {
      if (type !== 'array' || at['items'] === undefined) return WORD[type] ?? type
      return `list of ${typeText(at['items'] as JsonSchema, root, depth + 1)}`
    }),
  )
}

const either = (types: readonly string[]): string => [...new Set(types)].join(' or ')
