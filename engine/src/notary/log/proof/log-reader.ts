import { KeelsonError } from '../../../core/index.ts'
import type { NodeHash, ReadNode, ReadTileNode, TilePlace } from '../../../proof/index.ts'
import {
  emptyRoot,
  hashText,
  nodesFromReaders,
  parseTilePath,
  proveConsistency,
  proveInclusion,
  tileOfNode,
} from '../../../proof/index.ts'
import type { EventStore } from '../../../store/index.ts'
import type { TreeState } from '../tree/log-state.ts'
import { logCollections, onlyId, readOr, readTile, readTree, tileId } from '../tree/log-state.ts'
import { TileReaders } from './tile-readers.ts'

const hashLength = 32
const tileWidth = 256

/** Reads tiles and makes proofs from what was published of a log. */
export class LogReader {
  readonly #store: EventStore
  readonly #tiles = new TileReaders()

  constructor(store: EventStore) {
    this.#store = store
  }

  /** The tree of the newest checkpoint; undefined where there is none. @throws KeelsonError `log_forked` for a damaged one. */
  async tree(tenantId: string): Promise<TreeState | undefined> {
    const document = await this.#store.document(tenantId, logCollections.tree, onlyId)
    return document && readOr('The tree of the log', () => readTree(document.value))
  }

  /** A tile of hashes, or of leaves, by its path; undefined where no published tree has it. */
  async tile(tenantId: string, path: string): Promise<Uint8Array | undefined> {
    const place = parseTilePath(path)
    const tree = place && (await this.tree(tenantId))
    if (!place || !tree || !isPublished(place, tree.size)) return undefined
    return place.isEntries ? this.#entries(tenantId, place, tree) : this.#hashes(tenantId, place, tree)
  }

  /** Hashes in base64, the one beside the leaf first. */
  async inclusion(tenantId: string, index: number, size: number): Promise<readonly string[]> {
    const path = await this.inclusionPath(tenantId, index, size)
    return path.map(node => hashText(node, 'base64'))
  }

  /** @throws KeelsonError `checkpoint_pending` where no checkpoint reaches to `size`. */
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
    const tree = await this.tree(tenantId)
    if (!tree || tree.size < size)
      throw new KeelsonError(
        'checkpoint_pending',
        `The newest checkpoint has ${tree?.size ?? 0} entries, not ${size}`,
      )
    // What the proof reads does not depend on the hashes: the first round finds out which tiles these are.
    const places = new Map<string, TilePlace>()
    prove((level, index) => {
      const place = tileOfNode(level, index, size)
      places.set(tileId(place.level, place.index), place)
      return emptyRoot
    })
    const readers = new Map<string, ReadTileNode>()
    await Promise.all(
      [...places].map(async ([id, place]) => {
        const { read, width } = this.#tiles.reader(
          `${tenantId} ${id}`,
          await this.#hashText(tenantId, place, tree),
        )
        if (width < place.width) throw damagedTile(place.level, place.index)
        readers.set(id, read)
      }),
    )
    return prove(
      nodesFromReaders(size, ({ level, index }) => readers.get(tileId(level, index)) as ReadTileNode),
    )
  }

  /** The first hashes of a tile. */
  async #hashes(tenantId: string, place: TilePlace, tree: TreeState): Promise<Uint8Array> {
    const length = place.width * hashLength
    const bytes = Buffer.from(await this.#hashText(tenantId, place, tree), 'base64').subarray(0, length)
    if (bytes.length < length) throw damagedTile(place.level, place.index)
    return bytes
  }

  /** base64 of the hashes of a full tile that is kept, or of the tree's right edge. */
  async #hashText(tenantId: string, { level, index }: TilePlace, tree: TreeState): Promise<string> {
    const isEdge = index === Math.floor(tree.size / tileWidth ** (level + 1))
    return isEdge ? (tree.rows[level] ?? '') : (await this.#tileOf(tenantId, level, index)).hashes
  }

  async #tileOf(tenantId: string, level: number, index: number) {
    const document = await this.#store.document(tenantId, logCollections.tile, tileId(level, index))
    if (!document) throw damagedTile(level, index)
    return readOr(`The tile ${index} of level ${level}`, () => readTile(document.value))
  }

  /** Each leaf with its length before it. */
  async #entries(tenantId: string, { index, width }: TilePlace, tree: TreeState): Promise<Uint8Array> {
    const isEdge = index === Math.floor(tree.size / tileWidth)
    const first = isEdge ? tree.first : (await this.#tileOf(tenantId, 0, index)).first
    const parts: Buffer[] = []
    const options = { after: first - 1, limit: width, removed: 'include' } as const
    let sequence = index * tileWidth
    for await (const event of this.#store.readAll({ tenantId }, options)) {
      if (event.sequence !== sequence) throw damagedTile(0, index)
      const leaf = Buffer.from(event.leaf)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(leaf.length)
      parts.push(length, leaf)
      sequence += 1
    }
    if (sequence !== index * tileWidth + width) throw damagedTile(0, index)
    return Buffer.concat(parts)
  }
}

/** Whether a tree of that size has as many hashes of the tile. */
const isPublished = ({ level, index, width }: TilePlace, size: number): boolean =>
  index * tileWidth + width <= Math.floor(size / tileWidth ** level)

const damagedTile = (level: number, index: number): KeelsonError =>
  new KeelsonError('log_forked', `The tile ${index} of level ${level} is not as it was signed`)
