import type { SchemaNode } from './node.ts'
import { refuse } from './read-keywords.ts'

const maxHeight = 200

/** The schemas that judge the same value as the node itself. */
export function inPlace(node: SchemaNode): SchemaNode[] {
  const { one, list, map } = node
  const found: SchemaNode[] = []
  for (const child of [one.ref, one.not, one.if, one.then, one.else])
    if (child !== undefined) found.push(child)
  for (const children of [list.allOf, list.anyOf, list.oneOf]) found.push(...(children ?? []))
  found.push(...(map.dependentSchemas?.values() ?? []))
  return found
}

/**
 * Refuses schemas that lead back to themselves for one and the same value: no validator ends on them, and every
 * proof by recursion here rests on the value growing smaller on the way round.
 */
export function checkInPlace(nodes: Iterable<SchemaNode>): void {
  const heights = new Map<SchemaNode, number>()
  const open = new Set<SchemaNode>()
  const measure = (node: SchemaNode): number => {
    const known = heights.get(node)
    if (known !== undefined) return known
    if (open.has(node)) refuse(node.pointer, 'refers to itself without end')
    if (open.size >= maxHeight) refuse(node.pointer, `is composed of more than ${maxHeight} layers`)
    open.add(node)
    const height = 1 + Math.max(0, ...inPlace(node).map(measure))
    open.delete(node)
    heights.set(node, height)
    if (height > maxHeight) refuse(node.pointer, `is composed of more than ${maxHeight} layers`)
    return height
  }
  for (const node of nodes) measure(node)
}
