import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import { badSchema } from '../fault.ts'

export interface Reference {
  readonly schema: JsonValue
  /** Name of the definition; absent for the root. */
  readonly name: string | undefined
}

/**
 * Finds what a `$ref` names within its document: `#`, a JSON Pointer (`#/$defs/Node`), or the `$id` or key of a
 * definition (`Node`, as TypeBox writes). `$defs` of the root and of what it holds are known. Nothing is fetched.
 */
export function createReferences(root: JsonValue): (ref: string) => Reference {
  const byId = new Map<string, Reference>()
  collect(root, byId, 0)
  return ref => {
    if (ref === '#') return { schema: root, name: undefined }
    if (ref.startsWith('#/')) return follow(root, ref)
    const found = byId.get(ref)
    if (found === undefined) throw badSchema(`The reference ${JSON.stringify(ref)} leads out of the schema`)
    return found
  }
}

function follow(root: JsonValue, ref: string): Reference {
  const steps = ref.slice(2).split('/').map(unescapeStep)
  let schema: JsonValue | undefined = root
  for (const step of steps) {
    const isMember: boolean = isJsonObject(schema) ? Object.hasOwn(schema, step) : Array.isArray(schema)
    schema = isMember ? (schema as JsonObject)[step] : undefined
    if (schema === undefined) throw badSchema(`The reference ${JSON.stringify(ref)} leads nowhere`)
  }
  return { schema: schema as JsonValue, name: steps.at(-1) }
}

function unescapeStep(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    throw badSchema(`The reference step ${JSON.stringify(step)} is not well formed`)
  }
}

const maxDefinitionDepth = 64

function collect(schema: JsonValue, byId: Map<string, Reference>, depth: number): void {
  if (depth > maxDefinitionDepth || typeof schema !== 'object' || schema === null) return
  if (!Array.isArray(schema) && isJsonObject(schema['$defs'])) {
    for (const [name, definition] of Object.entries(schema['$defs'])) {
      const id = isJsonObject(definition) ? definition['$id'] : undefined
      for (const key of [name, id, `#${name}`])
        if (typeof key === 'string' && !byId.has(key)) byId.set(key, { schema: definition, name })
    }
  }
  for (const member of Object.values(schema)) collect(member, byId, depth + 1)
}
