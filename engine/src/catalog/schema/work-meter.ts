import type { JsonObject, JsonValue } from '../../core/index.ts'
import { FaultList, pointerPart } from './fault-list.ts'
import type { Place } from './place-graph.ts'
import { PlaceGraph } from './place-graph.ts'
import type { WorkOf } from './place-work.ts'
import { resolveReferences } from './resolve-references.ts'
import type { SchemaNode } from './schema-node.ts'
import { SchemaWalk } from './walk-schema.ts'

/** Steps of about ten nanoseconds: a tenth of a second. */
export const maxWork = 10_000_000

/**
 * Measures beforehand what it takes to judge values by a schema: never less than it does take, for every alternative
 * counts, and so does every item that a list has. Measuring takes about as long as reading the value.
 */
export class WorkMeter {
  readonly #nodes: ReadonlyMap<string, SchemaNode>
  readonly #workOf: WorkOf
  #graph: PlaceGraph
  #root: Place

  constructor(schema: JsonObject | boolean, workOf: WorkOf) {
    const faults = new FaultList()
    const walk = new SchemaWalk(schema, faults, false, Number.POSITIVE_INFINITY)
    resolveReferences(walk, faults)
    this.#nodes = walk.nodes
    this.#workOf = workOf
    this.#graph = new PlaceGraph(walk.nodes, workOf)
    this.#root = this.#graph.at('')
  }

  /** Where the value is within which the bound is exceeded, as a JSON Pointer; undefined where it is kept. */
  excess(value: JsonValue): string | undefined {
    if (this.#graph.isFull) {
      this.#graph = new PlaceGraph(this.#nodes, this.#workOf)
      this.#root = this.#graph.at('')
    }
    let left = maxWork
    const take = (steps: number): boolean => {
      left -= steps
      return left < 0
    }
    const visit = (one: JsonValue, place: Place | undefined): string | undefined => {
      if (place === undefined) return undefined
      if (take(ownWork(one, place))) return ''
      if (typeof one !== 'object' || one === null) return undefined
      if (Array.isArray(one)) return visitItems(one, place)
      return visitMembers(one, place)
    }
    // What is too much for one item would be for another: the list is where it is said.
    const visitItems = (items: readonly JsonValue[], place: Place): string | undefined => {
      for (const [at, item] of items.entries()) if (visit(item, place.item(at)) !== undefined) return ''
      return undefined
    }
    const visitMembers = (object: JsonObject, place: Place): string | undefined => {
      const names = place.name
      for (const name of Object.keys(object)) {
        if (names !== undefined && visit(name, names) !== undefined) return ''
        const pointer = visit(object[name] as JsonValue, place.member(name))
        if (pointer !== undefined) return pointerPart(name) + pointer
      }
      return undefined
    }
    return visit(value, this.#root)
  }
}

function ownWork(value: JsonValue, { work }: Place): number {
  if (typeof value === 'string') return work.value + value.length * work.character
  if (typeof value !== 'object' || value === null) return work.value
  const within = work.within === 0 ? 0 : work.within * sizeOf(value)
  if (Array.isArray(value)) return work.value + work.object + value.length * work.member + within
  const own = work.value + work.object + within
  if (work.member === 0 && work.nameCharacter === 0) return own
  const names = Object.keys(value)
  const characters = work.nameCharacter === 0 ? 0 : names.reduce((sum, name) => sum + name.length, 0)
  return own + names.length * work.member + characters * work.nameCharacter
}

/** Values at any depth; long texts count for more. */
function sizeOf(value: JsonValue): number {
  if (typeof value === 'string') return 1 + value.length / 50
  if (typeof value !== 'object' || value === null) return 1
  let size = 1
  for (const [name, member] of Object.entries(value)) size += 1 + name.length / 50 + sizeOf(member)
  return size
}
