import type { FaultList } from './fault-list.ts'
import { schemaLimits } from './limits.ts'
import { PlaceGraph } from './place-graph.ts'
import { workToDecide } from './place-work.ts'
import type { SchemaNode } from './schema-node.ts'

/** Refuses a schema that has too much to say of one value: of its own, of one member's or of one item's. */
export function refuseWide(nodes: ReadonlyMap<string, SchemaNode>, faults: FaultList): void {
  const graph = new PlaceGraph(nodes, workToDecide)
  for (const { pointer } of nodes.values()) {
    const place = graph.at(pointer)
    // Too wide itself, it is not gone into.
    const width =
      place.width > schemaLimits.placeSchemas
        ? place.width
        : place.within().reduce((widest, within) => Math.max(widest, within.width), 0)
    if (width <= schemaLimits.placeSchemas) continue
    faults.add(
      pointer,
      `has ${width} schemas for one value; at most ${schemaLimits.placeSchemas} are taken`,
      'list values in one enum, and have fewer alternatives and conditions',
    )
    // The same is true of all that it stands in.
    return
  }
}
