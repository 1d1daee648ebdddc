import type { SchemaNode } from '../schema/node.ts'

/** What a schema evaluates in every value that it accepts. */
export interface Evaluated {
  readonly names: ReadonlySet<string>
  readonly patterns: ReadonlySet<string>
  readonly items: number
  readonly isEveryMember: boolean
  readonly isEveryItem: boolean
}

/** Follows what holds without condition: the schema itself, its reference and its `allOf`. */
export function surelyEvaluated(node: SchemaNode): Evaluated {
  const names = new Set<string>()
  const patterns = new Set<string>()
  let [items, isEveryMember, isEveryItem] = [0, false, false]
  const seen = new Set<SchemaNode>()
  const visit = (part: SchemaNode): void => {
    if (seen.has(part)) return
    seen.add(part)
    for (const name of part.map.properties?.keys() ?? []) names.add(name)
    for (const pattern of part.map.patternProperties?.keys() ?? []) patterns.add(pattern)
    items = Math.max(items, part.list.prefixItems?.length ?? 0)
    isEveryMember ||= part.one.additionalProperties !== undefined
    isEveryItem ||= part.one.items !== undefined
    if (part.one.ref !== undefined) visit(part.one.ref)
    for (const inner of part.list.allOf ?? []) visit(inner)
  }
  visit(node)
  return { names, patterns, items, isEveryMember, isEveryItem }
}
