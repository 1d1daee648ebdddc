import type { AvroNode } from '../avro-node.ts'

/** Whether a record contains itself, so that the schema sets no bound to the depth of values. */
export function isRecursive(root: AvroNode): boolean {
  const open = new Set<AvroNode>()
  const done = new Set<AvroNode>()
  const visit = (node: AvroNode): boolean => {
    if (open.has(node)) return true
    if (done.has(node)) return false
    open.add(node)
    const found = partsOf(node).some(visit)
    open.delete(node)
    done.add(node)
    return found
  }
  return visit(root)
}

function partsOf(node: AvroNode): readonly AvroNode[] {
  switch (node.kind) {
    case 'array':
      return [node.items]
    case 'map':
      return [node.values]
    case 'union':
      return node.branches
    case 'record':
      return node.fields.map(field => field.node)
    default:
      return []
  }
}
