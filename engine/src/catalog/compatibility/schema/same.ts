import type { SchemaNode } from './node.ts'

/** Says whether two nodes mean the same by their form: equal keyword for keyword, references followed. */
export type SameNode = (a: SchemaNode, b: SchemaNode) => boolean

/** Pairs of nodes that are compared at all; to take equal ones for different only costs a proof. */
const maxPairs = 500_000

/** Remembers what it found; schemas may be recursive, so a pair counts as equal until a difference turns up. */
export function createSameNode(): SameNode {
  const equal = new Set<string>()
  const different = new Set<string>()
  let pairs = 0
  return (a, b) => {
    if (a === b) return true
    if (a.local !== b.local) return false
    const seen = new Set<string>()
    const work: (readonly [SchemaNode, SchemaNode])[] = [[a, b]]
    for (let pair = work.pop(); pair !== undefined; pair = work.pop()) {
      const [left, right] = pair
      const key = `${left.id} ${right.id}`
      if (left === right || equal.has(key) || seen.has(key)) continue
      pairs += 1
      if (pairs > maxPairs) return false
      if (different.has(key) || !addChildren(left, right, work)) {
        different.add(key)
        different.add(`${a.id} ${b.id}`)
        return false
      }
      seen.add(key)
    }
    for (const key of seen) equal.add(key)
    return true
  }
}

type Pairs = (readonly [SchemaNode, SchemaNode])[]

/** Compares the nodes themselves and adds the pairs of their children; false where they differ in form. */
function addChildren(a: SchemaNode, b: SchemaNode, work: Pairs): boolean {
  // Where a dynamic reference leads depends on the way there, so its form says too little.
  if (a.local !== b.local || a.other.has('$dynamicRef') || a.other.has('$recursiveRef')) return false
  return addSingles(a, b, work) && addLists(a, b, work) && addMaps(a, b, work)
}

function addSingles(a: SchemaNode, b: SchemaNode, work: Pairs): boolean {
  if (Object.keys(a.one).length !== Object.keys(b.one).length) return false
  for (const keyword of Object.keys(a.one) as (keyof SchemaNode['one'])[]) {
    const [left, right] = [a.one[keyword], b.one[keyword]]
    if (left === undefined || right === undefined) return false
    work.push([left, right])
  }
  return true
}

function addLists(a: SchemaNode, b: SchemaNode, work: Pairs): boolean {
  if (Object.keys(a.list).length !== Object.keys(b.list).length) return false
  for (const keyword of Object.keys(a.list) as (keyof SchemaNode['list'])[]) {
    const [left, right] = [a.list[keyword], b.list[keyword]]
    if (left === undefined || right === undefined || left.length !== right.length) return false
    left.forEach((node, index) => {
      work.push([node, right[index] as SchemaNode])
    })
  }
  return true
}

function addMaps(a: SchemaNode, b: SchemaNode, work: Pairs): boolean {
  if (Object.keys(a.map).length !== Object.keys(b.map).length) return false
  for (const keyword of Object.keys(a.map) as (keyof SchemaNode['map'])[]) {
    const [left, right] = [a.map[keyword], b.map[keyword]]
    if (left === undefined || right === undefined || left.size !== right.size) return false
    for (const [name, node] of left) {
      const other = right.get(name)
      if (other === undefined) return false
      work.push([node, other])
    }
  }
  return true
}
