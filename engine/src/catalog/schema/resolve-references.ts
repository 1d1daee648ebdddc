import { nearestNames } from '../nearest-names.ts'
import type { FaultList } from './fault-list.ts'
import type { SchemaWalk } from './walk-schema.ts'

/** Makes each reference an edge to the schema that it leads to; whatever leads elsewhere is a fault. */
export function resolveReferences(walk: SchemaWalk, faults: FaultList): void {
  for (const reference of walk.references) {
    const to = targetOf(reference.target, walk)
    if (to === undefined && faults.isFull) return
    if (to === undefined) faults.add(reference.pointer, ...unresolved(reference.target, walk))
    else reference.from.edges.push({ key: undefined, to })
  }
}

/** Place of the schema that a reference leads to; undefined where it leads to none of this document. */
export function targetOf(target: string, walk: SchemaWalk): string | undefined {
  if (!target.startsWith('#')) return undefined
  const fragment = decodeFragment(target.slice(1))
  if (fragment === undefined) return undefined
  if (fragment !== '' && !fragment.startsWith('/')) return walk.anchors.get(fragment)
  return walk.nodes.has(fragment) ? fragment : undefined
}

function unresolved(target: string, walk: SchemaWalk): [message: string, hint: string] {
  if (!target.startsWith('#'))
    return [
      'leads out of the document; nothing is fetched',
      'refer to #, #/$defs/… or #anchor, or declare a reference of this name',
    ]
  const [nearest] = nearestNames(target.slice(1), [...walk.anchors.keys(), ...definitionsOf(walk)])
  const hint = nearest === undefined ? 'refer to #, #/$defs/… or #anchor' : `did you mean #${nearest}?`
  return ['does not lead to a schema of this document', hint]
}

function definitionsOf(walk: SchemaWalk): string[] {
  return [...walk.nodes.keys()].filter(pointer => /^\/(\$defs|definitions)\/[^/]+$/.test(pointer))
}

function decodeFragment(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return undefined
  }
}
