import type { Tile } from '../../../../proof/index.ts'
import { tilePath } from '../../../../proof/index.ts'
import type { EventStore } from '../../../../store/index.ts'
import { keptTile } from '../../tree/kept-tile.ts'
import type { LogFault } from '../entry/log-fault.ts'

const tileWidth = 256
/** Tiles that are named; nothing is compared after as many. */
const mostNamed = 100

/** Holds the full tiles that are kept, which proofs are made from, to those that the leaves come to. */
export class TileCheck {
  readonly #store: EventStore
  readonly #tenantId: string
  /** Those that are another, which is a fault where the leaves are those that were signed. */
  readonly altered: LogFault[] = []
  /** Those that are gone or cannot be read, which is a fault whatever the leaves are. */
  readonly gone: LogFault[] = []

  constructor(store: EventStore, tenantId: string) {
    this.#store = store
    this.#tenantId = tenantId
  }

  get isSound(): boolean {
    return this.altered.length + this.gone.length === 0
  }

  async compare(tiles: readonly Tile[]): Promise<void> {
    for (const tile of tiles) {
      if (this.altered.length + this.gone.length >= mostNamed) return
      const kept = await keptTile(this.#store, this.#tenantId, tile)
      if (kept === undefined) this.gone.push(faultOf(tile, 'is gone or cannot be read'))
      else if (Buffer.compare(kept, tile.bytes) !== 0)
        this.altered.push(faultOf(tile, 'is not what the entries come to'))
    }
  }
}

function faultOf(tile: Tile, what: string): LogFault {
  const span = tileWidth ** tile.level
  const index = tile.index * tileWidth * span
  const last = index + tile.width * span - 1
  const reason = `What is kept as ${tilePath(tile)}, over the entries ${index} to ${last}, ${what}`
  return { kind: 'log-rewritten', reason, index }
}
