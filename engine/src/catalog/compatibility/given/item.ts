import type { SchemaNode } from '../schema/node.ts'
import type { Given } from './given.ts'
import type { Range } from './size.ts'
import { highest, lowest } from './size.ts'

/** What is known of the item at an index. */
export function itemGiven(nodes: readonly SchemaNode[], index: number): Given {
  return {
    nodes: nodes.flatMap(node => {
      const item = node.list.prefixItems?.[index] ?? node.one.items
      return item === undefined ? [] : [item]
    }),
    denied: [],
  }
}

/** How many places some node gives a schema of their own. */
export function prefixLength(nodes: readonly SchemaNode[]): number {
  return Math.max(0, ...nodes.map(node => node.list.prefixItems?.length ?? 0))
}

/** How many items an array can have; it ends before the first that nothing fits. */
export function itemRange(nodes: readonly SchemaNode[]): Range {
  const contained = nodes.map(({ one, limit }) => (one.contains === undefined ? 0 : (limit.minContains ?? 1)))
  const min = Math.max(highest(nodes, 'minItems', 0), ...contained)
  let max = lowest(nodes, 'maxItems', Infinity)
  const prefix = prefixLength(nodes)
  for (let index = 0; index <= prefix && index < max; index += 1)
    if (itemGiven(nodes, index).nodes.some(node => node.isNever)) max = index
  return { min, max }
}
