import type { Filter } from './filter.ts'
import type { Node } from './syntax/expression.ts'
import { childrenOf } from './syntax/expression.ts'
import type { PropertyReference } from './syntax/property-reference.ts'
import { isWithinContent } from './syntax/property-reference.ts'

export interface UsedProperties {
  /** Each property once, in the order of the text. */
  readonly properties: readonly PropertyReference[]
  /** Whether others can be asked for too, by names that are only known when a message comes: `property(name)`. */
  readonly isOpen: boolean
}

/** Which properties a filter asks for: what a transport that filters by itself has to send along. */
export function usedProperties(filter: Filter): UsedProperties {
  const found = new Map<string, PropertyReference>()
  let isOpen = false
  const visit = (node: Node): void => {
    if (node.kind === 'lookup') isOpen = true
    if (node.kind === 'property') {
      const key = keyOf(node.property)
      if (!found.has(key)) found.set(key, node.property)
    }
    for (const child of childrenOf(node)) visit(child)
  }
  visit(filter.predicate)
  return { properties: [...found.values()], isOpen }
}

function keyOf(property: PropertyReference): string {
  if (property.scope === 'sys') return `sys.${property.name}`
  return `user.${isWithinContent(property) ? property.path.join('.') : property.key}`
}
