import type { RandomFill } from '../../../core/index.ts'

/** Makes marks of a shard's head: 48 random bits, never 0, which is the mark of an empty log. */
export function randomMark(fill: RandomFill): () => number {
  const bytes = Buffer.alloc(6)
  return () => {
    fill(bytes)
    return bytes.readUIntBE(0, 6) || 1
  }
}
