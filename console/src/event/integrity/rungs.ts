import { hashText, leafNode, parseCheckpoint, parseTlogProof, rootOfInclusion } from 'keelson/proof'

/** One step of the way up: what was computed below, what the proof gives beside it, and on which side that is. */
export interface Rung {
  /** base64, as the next. */
  readonly node: string
  readonly beside: string
  readonly side: 'left' | 'right'
}

export interface Ladder {
  readonly index: number
  readonly size: number
  readonly rungs: readonly Rung[]
  /** base64 of where the last rung leads to. */
  readonly top: string
  /** Whether that is the root of the checkpoint. */
  readonly isRoot: boolean
}

/** The way from a leaf to the root, node by node; undefined where the proof cannot be read or does not fit. */
export function ladderOf(leaf: string, proof: string): Ladder | undefined {
  try {
    const { index, path, checkpoint } = parseTlogProof(proof)
    const { size, root } = parseCheckpoint(checkpoint.text)
    const rungs: Rung[] = []
    let node = leafNode(leaf)
    let [at, last] = [index, size - 1]
    for (const beside of path) {
      // Where the tree is not full, a node goes up without a pair until there is one on its left.
      while (at % 2 === 0 && at === last && last > 0) [at, last] = [at / 2, Math.floor(last / 2)]
      const isRight = at % 2 === 1
      const below = node
      // A tree of two leaves is what joins two nodes.
      node = rootOfInclusion(below, isRight ? 1 : 0, 2, [beside]) as string
      rungs.push({
        node: hashText(below, 'base64'),
        beside: hashText(beside, 'base64'),
        side: isRight ? 'left' : 'right',
      })
      ;[at, last] = [Math.floor(at / 2), Math.floor(last / 2)]
    }
    return { index, size, rungs, top: hashText(node, 'base64'), isRoot: node === root }
  } catch {
    return undefined
  }
}
