import type { EventStore } from '../../../../store/index.ts'
import { keptTile } from '../../tree/kept-tile.ts'

const tileWidth = 256
const hashLength = 32

/**
 * Index of the first leaf that is another one than when its tile was signed; undefined where the tiles were changed
 * with the leaves, or are gone.
 */
export async function firstDifference(
  store: EventStore,
  tenantId: string,
  size: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  let after = 0
  for (let index = 0; index * tileWidth < size; index += 1) {
    signal.throwIfAborted()
    const first = index * tileWidth
    const width = Math.min(tileWidth, size - first)
    const [tile, leaves] = await Promise.all([
      keptTile(store, tenantId, { level: 0, index, width }),
      store.leaves({ tenantId }, { after, limit: width }),
    ])
    if (tile === undefined) return undefined
    for (let at = 0; at < width; at += 1) {
      const signed = Buffer.from(tile.subarray(at * hashLength, (at + 1) * hashLength)).toString('base64url')
      if (leaves[at]?.leafHash !== signed) return first + at
    }
    after = leaves.at(-1)?.position ?? after
  }
  return undefined
}
