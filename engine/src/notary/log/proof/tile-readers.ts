import type { ReadTileNode } from '../../../proof/index.ts'
import { createTileReader } from '../../../proof/index.ts'

const hashLength = 32
/** Tiles that are held, about 40 KB each. */
const maxTiles = 64

/** A tile that nodes are read from. */
export interface OpenTile {
  readonly read: ReadTileNode
  /** Hashes that it has. */
  readonly width: number
}

/**
 * The tiles that proofs were made from last, with the nodes that were computed over their hashes: proofs of one log
 * share most of its upper tiles. What is held counts only for the very hashes that it was made from.
 */
export class TileReaders {
  /** The one used last at the end. */
  readonly #held = new Map<string, OpenTile & { readonly hashes: string }>()

  /** `hashes` in base64. */
  reader(name: string, hashes: string): OpenTile {
    const known = this.#held.get(name)
    this.#held.delete(name)
    const tile = known?.hashes === hashes ? known : openTile(hashes)
    this.#held.set(name, tile)
    const [oldest] = this.#held.keys()
    if (this.#held.size > maxTiles && oldest !== undefined) this.#held.delete(oldest)
    return tile
  }
}

function openTile(hashes: string): OpenTile & { readonly hashes: string } {
  const bytes = Buffer.from(hashes, 'base64')
  return { hashes, read: createTileReader(bytes), width: Math.floor(bytes.length / hashLength) }
}
