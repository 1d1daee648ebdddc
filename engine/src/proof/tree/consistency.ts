import type { NodeHash } from './node.ts'
import { createJoin } from './node.ts'
import type { LeafRange, ReadNode } from './range.ts'
import { rangeRoot, splitOf } from './range.ts'

/** The subtrees whose roots prove that a tree of `newer` leaves goes on from one of `older` (RFC 6962 §2.1.2). */
export function consistencyRanges(older: number, newer: number): LeafRange[] {
  if (!isPair(older, newer))
    throw new RangeError(`A tree of ${newer} leaves cannot go on from one of ${older}`)
  if (older === 0 || older === newer) return []
  const ranges: LeafRange[] = []
  let [from, to, isWhole] = [0, newer, true]
  while (older !== to) {
    const middle = from + splitOf(to - from)
    if (older <= middle) {
      ranges.push({ from: middle, to })
      to = middle
    } else {
      ranges.push({ from, to: middle })
      from = middle
      isWhole = false
    }
  }
  // Whoever asks has the root of the older tree: where that is this subtree, it is left out.
  if (!isWhole) ranges.push({ from, to })
  return ranges.reverse()
}

/** @throws RangeError where `older` is more than `newer`. */
export const proveConsistency = (read: ReadNode, older: number, newer: number): NodeHash[] =>
  consistencyRanges(older, newer).map(range => rangeRoot(read, range))

export interface TreeHead {
  readonly size: number
  readonly root: NodeHash
}

/** Whether the newer tree has the older one as its beginning (RFC 9162 §2.1.4.2). */
export function verifyConsistency(older: TreeHead, newer: TreeHead, proof: readonly NodeHash[]): boolean {
  if (!isPair(older.size, newer.size)) return false
  if (older.size === newer.size) return proof.length === 0 && older.root === newer.root
  if (older.size === 0) return proof.length === 0
  let [at, last] = [older.size - 1, newer.size - 1]
  while (at % 2 === 1) [at, last] = [half(at), half(last)]
  // Of a perfect tree the root is the first node of the proof, and is not sent.
  const nodes = at === 0 ? [older.root, ...proof] : proof
  const [first, ...rest] = nodes
  if (first === undefined) return false
  const join = createJoin()
  let [before, after] = [first, first]
  for (const node of rest) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      before = join(node, before)
      after = join(node, after)
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, half(last)]
    } else after = join(after, node)
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && before === older.root && after === newer.root
}

const half = (value: number): number => Math.floor(value / 2)

const isPair = (older: number, newer: number): boolean =>
  Number.isSafeInteger(older) && Number.isSafeInteger(newer) && older >= 0 && older <= newer
