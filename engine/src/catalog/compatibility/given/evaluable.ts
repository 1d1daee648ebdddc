import { inPlace } from '../schema/in-place.ts'
import type { SchemaNode } from '../schema/node.ts'

/** What the schemas in the place of one could count as evaluated, whether or not they are known to hold. */
export interface Evaluable {
  /** Every member may be. */
  readonly isEverything: boolean
  readonly names: ReadonlySet<string>
  readonly patterns: readonly string[]
  /** Every name that is listed in place, those under `not` included. */
  readonly listed: ReadonlySet<string>
}

/** Finds what is evaluable in the place of a node: one visit of all that stands there, remembered for the next time. */
export type FindEvaluable = (node: SchemaNode) => Evaluable

/** `visit` is called for every schema that is visited. */
export function createFindEvaluable(visit: () => void): FindEvaluable {
  const known = new Map<SchemaNode, Evaluable>()
  return node => {
    const before = known.get(node)
    if (before !== undefined) return before
    const found = collect(node, visit)
    known.set(node, found)
    return found
  }
}

function collect(node: SchemaNode, visit: () => void): Evaluable {
  const listed = new Set<string>()
  for (const part of reach(node, inPlace, visit)) for (const name of namesOf(part)) listed.add(name)
  const names = new Set<string>()
  const patterns = new Set<string>()
  let isEverything = false
  for (const part of reach(node, evaluating, visit)) {
    for (const name of namesOf(part)) names.add(name)
    for (const pattern of part.map.patternProperties?.keys() ?? []) patterns.add(pattern)
    isEverything ||= evaluatesAll(part) || (part !== node && part.one.unevaluatedProperties !== undefined)
  }
  return { isEverything, names, patterns: [...patterns], listed }
}

const namesOf = ({ map }: SchemaNode): Iterable<string> => map.properties?.keys() ?? []

function reach(
  node: SchemaNode,
  next: (node: SchemaNode) => readonly SchemaNode[],
  visit: () => void,
): ReadonlySet<SchemaNode> {
  // A set is walked in the order of its insertion, what is added on the way included.
  const seen = new Set([node])
  for (const part of seen) {
    visit()
    for (const inner of next(part)) seen.add(inner)
  }
  return seen
}

/** What is under `not` evaluates nothing. */
function evaluating(node: SchemaNode): readonly SchemaNode[] {
  const found = inPlace(node)
  return node.one.not === undefined ? found : found.toSpliced(found.indexOf(node.one.not), 1)
}

function evaluatesAll({ one, other }: SchemaNode): boolean {
  return one.additionalProperties !== undefined || other.has('$dynamicRef') || other.has('$recursiveRef')
}
