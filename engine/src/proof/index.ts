export type { Leaf, LeafKind } from './leaf.ts'
export { blindLength, commitBody, leafHash, leafText, zeroHash } from './leaf.ts'
export type { MerkleRoot } from './merkle.ts'
export { createMerkleRoot, merkleRoot } from './merkle.ts'
