import type { NodeHash } from './node.ts'
import { createJoin } from './node.ts'
import type { LeafRange, ReadNode } from './range.ts'
import { rangeRoot, splitOf } from './range.ts'

/** The subtrees whose roots prove leaf `index` in a tree of `size` leaves, the one beside the leaf first (RFC 6962 §2.1.1). */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!isIndex(index, size)) throw new RangeError(`A tree of ${size} leaves has no leaf ${index}`)
  const ranges: LeafRange[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + splitOf(to - from)
    if (index < middle) {
      ranges.push({ from: middle, to })
      to = middle
    } else {
      ranges.push({ from, to: middle })
      from = middle
    }
  }
  return ranges.reverse()
}

/** @throws RangeError where the tree has no such leaf. */
export const proveInclusion = (read: ReadNode, index: number, size: number): NodeHash[] =>
  inclusionRanges(index, size).map(range => rangeRoot(read, range))

/** The root that the path leads to from a leaf (RFC 9162 §2.1.3.2); undefined where it cannot be one of that tree. */
export function rootOfInclusion(
  leaf: NodeHash,
  index: number,
  size: number,
  path: readonly NodeHash[],
): NodeHash | undefined {
  if (!isIndex(index, size)) return undefined
  const join = createJoin()
  let [at, last, node] = [index, size - 1, leaf]
  for (const beside of path) {
    if (last === 0) return undefined
    if (at % 2 === 1 || at === last) {
      node = join(beside, node)
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, half(last)]
    } else node = join(node, beside)
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 ? node : undefined
}

export interface InclusionClaim {
  readonly leaf: NodeHash
  readonly index: number
  readonly size: number
  readonly root: NodeHash
}

export const verifyInclusion = (
  { leaf, index, size, root }: InclusionClaim,
  path: readonly NodeHash[],
): boolean => rootOfInclusion(leaf, index, size, path) === root

const half = (value: number): number => Math.floor(value / 2)

const isIndex = (index: number, size: number): boolean =>
  Number.isSafeInteger(size) && Number.isSafeInteger(index) && index >= 0 && index < size
