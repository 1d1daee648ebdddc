import type { NodeHash } from './node.ts'
import { createJoin, emptyRoot } from './node.ts'

/** The root of the perfect subtree over the leaves from `index · 2^level` up to `(index + 1) · 2^level`. */
export type ReadNode = (level: number, index: number) => NodeHash

/** A run of leaves, `from` to before `to`. */
export interface LeafRange {
  readonly from: number
  readonly to: number
}

/** A perfect subtree, as `ReadNode` asks for it. */
export interface NodePlace {
  readonly level: number
  readonly index: number
}

/** The largest power of two that is less than `size`; `size` from 2. */
export function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}

/** The perfect subtrees of a range that a tree of RFC 6962 has, from left to right; at most 53. */
export function placesOf({ from, to }: LeafRange): NodePlace[] {
  const places: NodePlace[] = []
  for (let at = from; at < to; ) {
    let [width, level] = [1, 0]
    while (at % (width * 2) === 0 && at + width * 2 <= to) {
      width *= 2
      level += 1
    }
    places.push({ level, index: at / width })
    at += width
  }
  return places
}

/** The root over a range that is a subtree of its tree, as those of proofs are. */
export function rangeRoot(read: ReadNode, range: LeafRange): NodeHash {
  const join = createJoin()
  const nodes = placesOf(range).map(({ level, index }) => read(level, index))
  const root = nodes.reduceRight<NodeHash | undefined>(
    (right, left) => (right === undefined ? left : join(left, right)),
    undefined,
  )
  return root ?? emptyRoot
}

export const treeRoot = (read: ReadNode, size: number): NodeHash => rangeRoot(read, { from: 0, to: size })
