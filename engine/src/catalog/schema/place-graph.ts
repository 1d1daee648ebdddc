import type { JsonObject } from '../../core/index.ts'
import type { Work, WorkOf } from './place-work.ts'
import type { SchemaNode } from './schema-node.ts'

/** How often each schema judges one value; references stand for copies. */
type Counts = ReadonlyMap<SchemaNode, number>

/** For each key, the schemas that its edges lead to, and how often each is evaluated. */
type Ways = ReadonlyMap<string, readonly (readonly [string, number])[]>

/** All that judges one value together. */
export interface Place {
  /** Schemas, each as often as it is evaluated. */
  readonly width: number
  readonly work: Work
  member(name: string): Place | undefined
  item(at: number): Place | undefined
  /** What judges the names of members. */
  readonly name: Place | undefined
  /** Everything that judges a value within this one, for each way there that the schemas name. */
  within(): readonly Place[]
}

/** Places are many only where values recurse along ways that differ. */
const keptPlaces = 500

/** What judges a value, as far as the value is known by the way to it. Made along the ways that values take. */
export class PlaceGraph {
  readonly #nodes: ReadonlyMap<string, SchemaNode>
  readonly #workOf: WorkOf
  /** What is evaluated is taken down where anything asks what is not. */
  readonly #factor: number
  readonly #counts = new Map<SchemaNode, Counts>()
  readonly #numbers = new Map<SchemaNode, number>()
  readonly #places = new Map<string, Place>()

  constructor(nodes: ReadonlyMap<string, SchemaNode>, workOf: WorkOf) {
    this.#nodes = nodes
    this.#workOf = workOf
    const isUnevaluated = [...nodes.values()].some(
      ({ schema }) =>
        typeof schema !== 'boolean' && ('unevaluatedItems' in schema || 'unevaluatedProperties' in schema),
    )
    this.#factor = isUnevaluated ? 4 : 1
  }

  /** Where values are that the schema of this pointer judges. */
  at(pointer: string): Place {
    return this.#placeOf(this.#closure(this.#nodes.get(pointer) as SchemaNode))
  }

  /** Whether it is time to begin anew: places hold what they lead to. */
  get isFull(): boolean {
    return this.#places.size > keptPlaces
  }

  #placeOf(counts: Counts): Place {
    const signature = [...counts].map(([node, count]) => `${this.#numberOf(node)}*${count}`).join()
    const known = this.#places.get(signature)
    if (known) return known
    const place = this.#create(counts)
    this.#places.set(signature, place)
    return place
  }

  #create(counts: Counts): Place {
    const ways = waysOf(counts)
    const name = this.#way(ways, 'n')
    const members = this.#ways(ways, 'p:')
    const items = this.#ways(ways, 'i:')
    return {
      width: [...counts.values()].reduce((sum, count) => sum + count, 0),
      work: this.#workAt(counts),
      member: members.to,
      item: items.to,
      get name() {
        return name()
      },
      within: () => [name(), ...members.all(), ...items.all()].filter(place => place !== undefined),
    }
  }

  /** The places of all members, or of all items: those that are named, and one for the others. */
  #ways(ways: Ways, kind: 'p:' | 'i:') {
    const others = this.#way(ways, `${kind}*`)
    const named = new Map<string | number, () => Place | undefined>()
    for (const key of ways.keys()) {
      if (!key.startsWith(kind) || key === `${kind}*`) continue
      const step = key.slice(2)
      named.set(kind === 'i:' ? Number(step) : step, this.#way(ways, key, `${kind}*`))
    }
    return {
      to: (step: string | number): Place | undefined => (named.get(step) ?? others)(),
      all: () => [others(), ...[...named.values()].map(way => way())],
    }
  }

  /** The place where these edges lead; made when a value goes there. */
  #way(ways: Ways, ...keys: readonly string[]): () => Place | undefined {
    let place: Place | undefined
    let isMade = false
    return () => {
      if (isMade) return place
      isMade = true
      const sum = new Map<SchemaNode, number>()
      for (const key of keys)
        for (const [to, times] of ways.get(key) ?? [])
          addTo(sum, this.#closure(this.#nodes.get(to) as SchemaNode), times)
      place = sum.size === 0 ? undefined : this.#placeOf(sum)
      return place
    }
  }

  #workAt(counts: Counts): Work {
    const sum = { value: 0, character: 0, object: 0, member: 0, nameCharacter: 0, within: 0 }
    for (const [{ schema }, count] of counts) {
      const work = this.#workOf(schema)
      for (const part of Object.keys(sum) as (keyof Work)[]) sum[part] += work[part] * count * this.#factor
    }
    return sum
  }

  /** The schema, and all that judges the same value because of it. */
  #closure(node: SchemaNode): Counts {
    const known = this.#counts.get(node)
    if (known) return known
    const counts = new Map([[node, 1]])
    // What leads back to itself is refused where schemas are checked; here it counts once.
    this.#counts.set(node, counts)
    for (const { key, to } of node.edges)
      if (key === undefined) addTo(counts, this.#closure(this.#nodes.get(to) as SchemaNode), 1)
    return counts
  }

  #numberOf(node: SchemaNode): number {
    const known = this.#numbers.get(node)
    if (known !== undefined) return known
    this.#numbers.set(node, this.#numbers.size)
    return this.#numbers.size - 1
  }
}

function addTo(sum: Map<SchemaNode, number>, counts: Counts, times: number): void {
  // Counted before they are added: the two may be the same.
  for (const [node, count] of [...counts]) sum.set(node, (sum.get(node) ?? 0) + count * times)
}

/** What each key leads to, and how often it is evaluated there. */
function waysOf(counts: Counts): Ways {
  const ways = new Map<string, (readonly [string, number])[]>()
  for (const [node, count] of counts)
    for (const { key, to } of node.edges) {
      if (key === undefined) continue
      const way = ways.get(key)
      const edge = [to, count * timesOf(node.schema as JsonObject, to, node.pointer)] as const
      if (way) way.push(edge)
      else ways.set(key, [edge])
    }
  return ways
}

/** Items are gone through once more for each bound on how many fit. */
function timesOf(schema: JsonObject, to: string, pointer: string): number {
  if (to !== `${pointer}/contains`) return 1
  return 1 + ('minContains' in schema ? 1 : 0) + ('maxContains' in schema ? 1 : 0)
}
