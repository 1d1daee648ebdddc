import type { Keywords } from '../../api/catalog-types.ts'
import type { JsonValue } from '../../api/types.ts'

const unescaped = (token: string) => token.replaceAll('~1', '/').replaceAll('~0', '~')

/** The first value at a path in which `*` stands for any item or member. */
function valueAt(value: JsonValue, tokens: readonly string[]): JsonValue | undefined {
  const [token, ...rest] = tokens
  if (token === undefined) return value
  if (typeof value !== 'object' || value === null) return undefined
  if (token !== '*') {
    const name = unescaped(token)
    return Object.hasOwn(value, name) ? valueAt(Reflect.get(value, name) as JsonValue, rest) : undefined
  }
  for (const inner of Object.values(value)) {
    const found = valueAt(inner as JsonValue, rest)
    if (found !== undefined) return found
  }
  return undefined
}

/** A value for a field: what the first example that has one says, else what its schema says. */
export function exampleAt(
  examples: readonly JsonValue[],
  path: string,
  schema: Keywords | undefined,
): JsonValue | undefined {
  const tokens = path.split('/').slice(1)
  for (const example of examples) {
    const found = valueAt(example, tokens)
    if (found !== undefined) return found
  }
  const own = schema?.['examples']
  return Array.isArray(own) ? own[0] : undefined
}
