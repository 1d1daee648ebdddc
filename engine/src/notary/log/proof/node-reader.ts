import type { NodeHash, ReadNode } from '../../../proof/index.ts'
import { createMerkleRoot, hashText, parseHash } from '../../../proof/index.ts'

/** Reads the perfect subtrees over leaves in memory; each is computed when it is asked for. */
export function createNodeReader(leaves: readonly NodeHash[]): ReadNode {
  return (level, index) => {
    const root = createMerkleRoot()
    const width = 2 ** level
    for (const leaf of leaves.slice(index * width, (index + 1) * width)) root.add(hashText(leaf, 'base64url'))
    return parseHash(root.root(), 'base64url')
  }
}
