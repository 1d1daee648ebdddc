import { hash } from 'node:crypto'

/** Bytes of a SHA-256 hash. */
const hashLength = 32

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
  // Hashes are strings of bytes here, which the runtime makes thrice as fast as buffers.
  const perfect: string[] = []
  const input = Buffer.alloc(1 + 2 * hashLength)
  input[0] = 0x01
  let size = 0
  const nodeOf = (left: string, right: string): string => {
    input.write(left, 1, 'latin1')
    input.write(right, 1 + hashLength, 'latin1')
    return hash('sha256', input, 'binary')
  }
  return {
    get size() {
      return size
    },
    add(leafHash) {
      let node = Buffer.from(leafHash, 'base64url').toString('latin1')
      if (node.length !== hashLength)
        throw new TypeError(`"${leafHash.slice(0, 100)}" is no leaf hash: it has not ${hashLength} bytes`)
      size += 1
      for (let rest = size; rest % 2 === 0; rest /= 2) node = nodeOf(perfect.pop() as string, node)
      perfect.push(node)
    },
    root() {
      const node = perfect.reduceRight<string | undefined>(
        (right, left) => (right === undefined ? left : nodeOf(left, right)),
        undefined,
      )
      return node === undefined
        ? hash('sha256', '', 'base64url')
        : Buffer.from(node, 'latin1').toString('base64url')
    },
  }
}

/** The RFC 6962 root over leaf hashes, both as base64url. */
export function merkleRoot(leafHashes: Iterable<string>): string {
  const tree = createMerkleRoot()
  for (const leafHash of leafHashes) tree.add(leafHash)
  return tree.root()
}
