import type { FaultList } from './fault-list.ts'
import { schemaLimits } from './limits.ts'
import type { SchemaNode } from './schema-node.ts'

type Nodes = ReadonlyMap<string, SchemaNode>

/** Refuses a schema that leads to itself without a member or an item between: judging by it would never end. */
export function refuseEndless(nodes: Nodes, faults: FaultList): void {
  const done = new Set<string>()
  const open = new Set<string>()
  const visit = (pointer: string): void => {
    if (done.has(pointer)) return
    open.add(pointer)
    for (const { key, to } of (nodes.get(pointer) as SchemaNode).edges) {
      if (key !== undefined) continue
      if (open.has(to))
        faults.add(
          pointer,
          'leads back to itself without a member or an item between',
          'recurse through properties or items',
        )
      else visit(to)
    }
    open.delete(pointer)
    done.add(pointer)
  }
  for (const pointer of nodes.keys()) visit(pointer)
}

/** Schemas that judge one value together, at the place where they are the most; references stand for copies. */
export function widestPlace(nodes: Nodes): number {
  const sizes = new Map<string, number>()
  const sizeOf = (pointer: string): number => {
    const known = sizes.get(pointer)
    if (known !== undefined) return known
    let size = 1
    for (const { key, to } of (nodes.get(pointer) as SchemaNode).edges) {
      if (key === undefined) size += sizeOf(to)
      if (size > schemaLimits.expandedNodes) break
    }
    sizes.set(pointer, size)
    return size
  }
  let widest = 1
  for (const pointer of nodes.keys()) widest = Math.max(widest, sizeOf(pointer))
  return widest
}

/** Schemas that are evaluated from the root on, each reference standing for a copy, recursion for nothing more. */
export function expandedSize(nodes: Nodes): number {
  const sizes = new Map<string, number>()
  const open = new Set<string>()
  const sizeOf = (pointer: string): number => {
    const known = sizes.get(pointer)
    if (known !== undefined) return known
    open.add(pointer)
    let size = 1
    for (const { to } of (nodes.get(pointer) as SchemaNode).edges) {
      size += open.has(to) ? 1 : sizeOf(to)
      if (size > schemaLimits.expandedNodes) break
    }
    open.delete(pointer)
    sizes.set(pointer, size)
    return size
  }
  return sizeOf('')
}

/**
 * By how much the evaluations of a recursive schema can multiply with each level of a value: 1 where every member is
 * judged by one recursion at the most, 2 where two alternatives both recurse into the same member, and so on.
 */
export function recursionWidth(nodes: Nodes): number {
  const components = componentsOf(nodes)
  let widest = 1
  for (const node of nodes.values()) {
    const counts = new Map<string, number>()
    countRecursions(nodes, node, components, components.get(node.pointer), counts)
    for (const [key, count] of counts) {
      const any = key.slice(1) === ':*' ? 0 : (counts.get(`${key[0]}:*`) ?? 0)
      widest = Math.max(widest, count + any)
    }
  }
  return widest
}

/** Counts the ways on to other values within the component, through all that judges the same value. */
function countRecursions(
  nodes: Nodes,
  node: SchemaNode,
  components: ReadonlyMap<string, number>,
  component: number | undefined,
  counts: Map<string, number>,
): void {
  for (const { key, to } of node.edges) {
    if (components.get(to) !== component) continue
    if (key === undefined) countRecursions(nodes, nodes.get(to) as SchemaNode, components, component, counts)
    else counts.set(key, (counts.get(key) ?? 0) + 1)
  }
}

/** Numbers the strongly connected components (Tarjan 1972): schemas that lead to each other share one. */
function componentsOf(nodes: Nodes): Map<string, number> {
  const order = new Map<string, number>()
  const components = new Map<string, number>()
  const stack: string[] = []
  const visit = (pointer: string): number => {
    order.set(pointer, order.size)
    let lowest = order.get(pointer) as number
    stack.push(pointer)
    for (const { to } of (nodes.get(pointer) as SchemaNode).edges) {
      if (!order.has(to)) lowest = Math.min(lowest, visit(to))
      else if (!components.has(to)) lowest = Math.min(lowest, order.get(to) as number)
    }
    if (lowest === order.get(pointer)) {
      let last: string | undefined
      do {
        last = stack.pop() as string
        components.set(last, lowest)
      } while (last !== pointer)
    }
    return lowest
  }
  for (const pointer of nodes.keys()) if (!order.has(pointer)) visit(pointer)
  return components
}
