import type { ReadPage } from './paging.ts'

/**
 * The last cursor whose event was recorded up to a time, 0 where there is none: found by halving, for the times of a
 * stream or of a tenant's log never decrease. `read` must give removed events too, in pages of one; `end` is the
 * largest cursor.
 */
export async function cursorAsOf(read: ReadPage, end: number, asOf: string): Promise<number> {
  const time = Date.parse(asOf)
  let low = 0
  let high = end
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [next] = await read(middle, 1)
    if (next && Date.parse(next.recordedAt) <= time) low = middle + 1
    else high = middle
  }
  return low
}
