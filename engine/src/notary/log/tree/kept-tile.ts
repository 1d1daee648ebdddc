import type { TilePlace } from '../../../proof/index.ts'
import type { EventStore } from '../../../store/index.ts'
import { logCollections, onlyId, readTile, readTree, tileId } from './log-state.ts'

const hashLength = 32
const tileWidth = 256

/**
 * The first hashes of a tile as they are kept, whatever they are: of a full tile, or of the tree's right edge. Undefined
 * for one that is gone, cannot be read, or has fewer.
 */
export async function keptTile(
  store: EventStore,
  tenantId: string,
  { level, index, width }: TilePlace,
): Promise<Uint8Array | undefined> {
  try {
    const full = await store.document(tenantId, logCollections.tile, tileId(level, index))
    const hashes = full ? readTile(full.value).hashes : await edgeAt(store, tenantId, level, index)
    const bytes = Buffer.from(hashes, 'base64').subarray(0, width * hashLength)
    return bytes.length === width * hashLength ? bytes : undefined
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return undefined
  }
}

async function edgeAt(store: EventStore, tenantId: string, level: number, index: number): Promise<string> {
  const document = await store.document(tenantId, logCollections.tree, onlyId)
  const tree = document && readTree(document.value)
  const isEdge = tree && index === Math.floor(tree.size / tileWidth ** (level + 1))
  return (isEdge && tree.rows[level]) || ''
}
