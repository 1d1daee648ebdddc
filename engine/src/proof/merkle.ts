import type { NodeHash } from './tree/node.ts'
import { createJoin, emptyRoot, hashText, parseHash } from './tree/node.ts'

/** The root over leaf hashes that come one by one. */
export interface MerkleRoot {
  /** Leaves so far. */
  readonly size: number
  /** @throws TypeError where this is not the base64url of 32 bytes. */
  add(leafHash: string): void
  /** base64url of the root over the leaves so far; more can be added after it. */
  root(): string
}

/**
 * Makes the root of an RFC 6962 Merkle tree (`node = SHA-256(0x01 ‖ left ‖ right)`, `SHA-256("")` when empty) over leaf
 * hashes in order. Holds one hash for each level of the tree, whatever the number of leaves.
 */
export function createMerkleRoot(): MerkleRoot {
  // The roots of the perfect subtrees that the leaves make, largest first: one for each bit that is set in `size`.
  const perfect: NodeHash[] = []
  const join = createJoin()
  let size = 0
  return {
    get size() {
      return size
    },
    add(leafHash) {
      let node = parseHash(leafHash, 'base64url')
      size += 1
      for (let rest = size; rest % 2 === 0; rest /= 2) node = join(perfect.pop() as NodeHash, node)
      perfect.push(node)
    },
    root() {
      const node = perfect.reduceRight<NodeHash | undefined>(
        (right, left) => (right === undefined ? left : join(left, right)),
        undefined,
      )
      return hashText(node ?? emptyRoot, 'base64url')
    },
  }
}

/** The RFC 6962 root over leaf hashes, both as base64url. */
export function merkleRoot(leafHashes: Iterable<string>): string {
  const tree = createMerkleRoot()
  for (const leafHash of leafHashes) tree.add(leafHash)
  return tree.root()
}
