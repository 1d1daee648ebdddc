import type { Tile } from '../../../proof/index.ts'
import { tilePath } from '../../../proof/index.ts'
import type { Notary } from '../port.ts'

/** Holds the full tiles that are kept, which proofs are made from, to those that the leaves come to. */
export class TileCheck {
  readonly #notary: Pick<Notary, 'tile'>
  readonly #tenantId: string
  /** Path of the first one that is another, or gone. */
  forged: string | undefined

  constructor(notary: Pick<Notary, 'tile'>, tenantId: string) {
    this.#notary = notary
    this.#tenantId = tenantId
  }

  async compare(tiles: readonly Tile[]): Promise<void> {
    for (const tile of tiles) {
      if (this.forged !== undefined) return
      const path = tilePath(tile)
      const kept = await this.#notary.tile(this.#tenantId, path)
      if (kept === undefined || Buffer.compare(kept, tile.bytes) !== 0) this.forged = path
    }
  }
}
