import { KeelsonError } from '../../../core/index.ts'
import type { NodeHash, ReadNode, ReadTileNode, TilePlace } from '../../../proof/index.ts'
import {
  emptyRoot,
  hashText,
  leafNode,
  nodesFromReaders,
  parseTilePath,
  proveConsistency,
  proveInclusion,
  tileOfNode,
} from '../../../proof/index.ts'
import type { EventStore } from '../../../store/index.ts'
import type { TreeState } from '../tree/log-state.ts'
import { logCollections, onlyId, readOr, readTree, tileId } from '../tree/log-state.ts'
import type { SignedTile } from './signed-tiles.ts'
import { SignedTiles } from './signed-tiles.ts'

const hashLength = 32
const tileWidth = 256

/** Reads tiles and makes proofs from what was published of a log. */
export class LogReader {
  readonly #store: EventStore
  readonly #tiles: SignedTiles

  constructor(store: EventStore) {
    this.#store = store
    this.#tiles = new SignedTiles(store)
  }

  /** The tree of the newest checkpoint; undefined where there is none. @throws KeelsonError `log_damaged`. */
  async tree(tenantId: string): Promise<TreeState | undefined> {
    const document = await this.#store.document(tenantId, logCollections.tree, onlyId)
    return document && readOr('The tree of the log', () => readTree(document.value))
  }

  /**
   * A tile of hashes, or of leaves, by its path; undefined where no published tree has it.
   * @throws KeelsonError `log_damaged` for one that is not as it was signed.
   */
  async tile(tenantId: string, path: string): Promise<Uint8Array | undefined> {
    const place = parseTilePath(path)
    if (!place) return undefined
    return this.#ofTree(tenantId, async tree => {
      if (!tree || !isPublished(place, tree.size)) return undefined
      const tile = await this.#tiles.of(tenantId, tree)(place.level, place.index)
      if (place.isEntries) return this.#entries(tenantId, place, tile)
      return Buffer.from(tile.hashes, 'base64').subarray(0, place.width * hashLength)
    })
  }

  /** Hashes in base64, the one beside the leaf first. */
  async inclusion(tenantId: string, index: number, size: number): Promise<readonly string[]> {
    const path = await this.inclusionPath(tenantId, index, size)
    return path.map(node => hashText(node, 'base64'))
  }

  /** @throws KeelsonError `checkpoint_pending` where no checkpoint reaches to `size`, `log_damaged`. */
  inclusionPath(tenantId: string, index: number, size: number): Promise<NodeHash[]> {
    if (!(Number.isSafeInteger(index) && index >= 0 && index < size))
      throw new KeelsonError('read_invalid', `A log of ${size} entries has no entry ${index}`)
    return this.#prove(tenantId, size, read => proveInclusion(read, index, size))
  }

  async consistency(tenantId: string, from: number, to: number): Promise<readonly string[]> {
    if (!(Number.isSafeInteger(from) && from >= 0 && from <= to))
      throw new KeelsonError('read_invalid', `A log of ${to} entries does not go on from one of ${from}`)
    const path = await this.#prove(tenantId, to, read => proveConsistency(read, from, to))
    return path.map(node => hashText(node, 'base64'))
  }

  async #prove(tenantId: string, size: number, prove: (read: ReadNode) => NodeHash[]): Promise<NodeHash[]> {
    if (!Number.isSafeInteger(size) || size < 1)
      throw new KeelsonError('read_invalid', `"${size}" is no size of a log with entries`)
    // What the proof reads does not depend on the hashes: the first round finds out which tiles these are.
    const places = new Map<string, TilePlace>()
    prove((level, index) => {
      const place = tileOfNode(level, index, size)
      places.set(tileId(place.level, place.index), place)
      return emptyRoot
    })
    return this.#ofTree(tenantId, async tree => {
      if (!tree || tree.size < size)
        throw new KeelsonError(
          'checkpoint_pending',
          `The newest checkpoint has ${tree?.size ?? 0} entries, not ${size}`,
        )
      const open = this.#tiles.of(tenantId, tree)
      const readers = new Map<string, ReadTileNode>()
      await Promise.all(
        [...places].map(async ([id, { level, index }]) => readers.set(id, (await open(level, index)).read)),
      )
      return prove(
        nodesFromReaders(size, ({ level, index }) => readers.get(tileId(level, index)) as ReadTileNode),
      )
    })
  }

  /** A tenant may be deleted and made anew between two reads: what does not fit is read a second time. */
  async #ofTree<Result>(
    tenantId: string,
    read: (tree: TreeState | undefined) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await read(await this.tree(tenantId))
    } catch (error) {
      if (!(error instanceof KeelsonError && error.code === 'log_damaged')) throw error
      return read(await this.tree(tenantId))
    }
  }

  /** Each leaf with its length before it. */
  async #entries(tenantId: string, { index, width }: TilePlace, tile: SignedTile): Promise<Uint8Array> {
    const parts: Buffer[] = []
    const options = { after: tile.first - 1, limit: width, removed: 'include' } as const
    let at = 0
    for await (const { sequence, leaf } of this.#store.readAll({ tenantId }, options)) {
      if (sequence !== index * tileWidth + at || leafNode(leaf) !== tile.read(0, at)) break
      const bytes = Buffer.from(leaf)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(bytes.length)
      parts.push(length, bytes)
      at += 1
    }
    if (at === width) return Buffer.concat(parts)
    throw new KeelsonError('log_damaged', `The entry ${index * tileWidth + at} is not what was signed`)
  }
}

/** Whether a tree of that size has as many hashes of the tile. */
const isPublished = ({ level, index, width }: TilePlace, size: number): boolean =>
  index * tileWidth + width <= Math.floor(size / tileWidth ** level)
