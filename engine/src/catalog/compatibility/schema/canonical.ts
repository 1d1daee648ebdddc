import type { SchemaNode } from './node.ts'
import { isBareReference, referenceTarget } from './node.ts'

/** Gives every node that has the same form as an earlier one that earlier one; a mere reference gives its target. */
export type Canonical = (node: SchemaNode) => SchemaNode

/**
 * References count by the node they lead to, so that equal parts of recursive schemas become one and their proofs
 * are shared.
 */
export function createCanonical(): Canonical {
  const known = new Map<number, SchemaNode>()
  const byForm = new Map<string, SchemaNode>()
  const canonical: Canonical = node => {
    const before = known.get(node.id)
    if (before !== undefined) return before
    const target = referenceTarget(node)
    const found = target === node ? byShape(node) : canonical(target)
    known.set(node.id, found)
    return found
  }
  const byShape = (node: SchemaNode): SchemaNode => {
    // Where a dynamic reference leads depends on the way there, so a node with one stands for itself.
    if (node.other.has('$dynamicRef') || node.other.has('$recursiveRef')) return node
    const form = formOf(node, child =>
      // A reference may lead back to here, so it counts by its target as that stands.
      isBareReference(child) ? -referenceTarget(child).id : canonical(child).id,
    )
    const same = byForm.get(form)
    if (same === undefined) byForm.set(form, node)
    return same ?? node
  }
  return canonical
}

function formOf({ isNever, local, one, list, map }: SchemaNode, idOf: (child: SchemaNode) => number): string {
  const { ref, ...rest } = one
  return JSON.stringify([
    isNever,
    local,
    ref === undefined ? 0 : referenceTarget(ref).id,
    Object.entries(rest).map(([keyword, child]) => [keyword, idOf(child)]),
    Object.entries(list).map(([keyword, children]) => [keyword, children.map(idOf)]),
    Object.entries(map).map(([keyword, children]) => [
      keyword,
      [...children].map(([name, child]) => [name, idOf(child)]),
    ]),
  ])
}
