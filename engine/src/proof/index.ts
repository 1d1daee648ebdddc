export type { Leaf, LeafKind } from './leaf.ts'
export { blindLength, commitBody, leafHash, leafText, zeroHash } from './leaf.ts'
