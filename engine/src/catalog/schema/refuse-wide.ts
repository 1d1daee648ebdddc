import type { FaultList } from './fault-list.ts'
import { schemaLimits } from './limits.ts'
import type { Place } from './place-graph.ts'
import { PlaceGraph } from './place-graph.ts'
import { workToDecide } from './place-work.ts'
import type { SchemaNode } from './schema-node.ts'

/** Refuses a schema that has too much to say of one value: of its own, of one member's or of one item's. */
export function refuseWide(nodes: ReadonlyMap<string, SchemaNode>, faults: FaultList): void {
  const graph = new PlaceGraph(nodes, workToDecide)
  const places = [...nodes.keys()].map(pointer => ({ pointer, place: graph.at(pointer) }))
  const widest = (found: readonly Place[]) => found.reduce((most, { width }) => Math.max(most, width), 0)
  // What is too wide itself is not gone into. What it stands in has the same fault, which is told once.
  for (const widthOf of [({ width }: Place) => width, (place: Place) => widest(place.within())])
    for (const { pointer, place } of places) {
      const width = widthOf(place)
      if (width <= schemaLimits.placeSchemas) continue
      faults.add(
        pointer,
        `has ${width} schemas for one value; at most ${schemaLimits.placeSchemas} are taken`,
        'list values in one enum, and have fewer alternatives and conditions',
      )
      return
    }
}
