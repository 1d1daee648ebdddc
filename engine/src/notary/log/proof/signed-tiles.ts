import { KeelsonError } from '../../../core/index.ts'
import { hashText, MerkleTree, parseCheckpoint, parseNote, tilePath } from '../../../proof/index.ts'
import type { EventStore } from '../../../store/index.ts'
import type { TreeState } from '../tree/log-state.ts'
import { checkpointId, logCollections, readCheckpoint, readOr, readTile, tileId } from '../tree/log-state.ts'
import type { OpenTile } from './tile-readers.ts'
import { TileReaders } from './tile-readers.ts'

/** Trees that were held to their checkpoint last, up to 8 KiB a level each. */
const maxTrees = 64
const tileWidth = 256
/** 2^8 hashes of a tile come to one of the tile above. */
const tileHeight = 8

/** A tile that fits what was signed. */
export interface SignedTile extends OpenTile {
  /** base64. */
  readonly hashes: string
  /** Position of the first leaf, of a tile of leaves. */
  readonly first: number
}

/** Gives the tile of a tree; each is read once. @throws KeelsonError `log_damaged` for one that does not fit. */
export type OpenSignedTile = (level: number, index: number) => Promise<SignedTile>

/**
 * Tiles as they are kept, each held to the one above it, and the tree's right edge to the root that its checkpoint names:
 * what was changed in the store is told, never given out. Whether that checkpoint has the log's signature is for its
 * reader, and for the notary before it signs on.
 */
export class SignedTiles {
  readonly #store: EventStore
  readonly #readers = new TileReaders()
  /** By tenant, the one used last at the end. */
  readonly #held = new Map<string, string>()

  constructor(store: EventStore) {
    this.#store = store
  }

  of(tenantId: string, tree: TreeState): OpenSignedTile {
    const opened = new Map<string, Promise<SignedTile>>()
    let edge: Promise<void> | undefined
    const open: OpenSignedTile = (level, index) => {
      const id = tileId(level, index)
      const known = opened.get(id) ?? read(level, index)
      opened.set(id, known)
      return known
    }
    const read = async (level: number, index: number): Promise<SignedTile> => {
      if (index < Math.floor(tree.size / tileWidth ** (level + 1)))
        return this.#full(tenantId, level, index, open)
      edge ??= this.#holdEdge(tenantId, tree)
      await edge
      const hashes = tree.rows[level] ?? ''
      const tile = this.#readers.reader(`${tenantId} ${tileId(level, index)}`, hashes)
      return { ...tile, hashes, first: tree.first }
    }
    return open
  }

  async #full(tenantId: string, level: number, index: number, open: OpenSignedTile): Promise<SignedTile> {
    const [document, above] = await Promise.all([
      this.#store.document(tenantId, logCollections.tile, tileId(level, index)),
      open(level + 1, Math.floor(index / tileWidth)),
    ])
    if (!document) throw damagedTile(level, index, 'is gone')
    const { hashes, first } = readOr(nameOf(level, index), () => readTile(document.value))
    const tile = this.#readers.reader(`${tenantId} ${tileId(level, index)}`, hashes)
    const isWhole = tile.width === tileWidth && tile.read(tileHeight, 0) === above.read(0, index % tileWidth)
    if (!isWhole) throw damagedTile(level, index, 'is not what was signed')
    return { ...tile, hashes, first }
  }

  /** The hashes that no full tile has: with the tree's size they come to the root. */
  async #holdEdge(tenantId: string, tree: TreeState): Promise<void> {
    const { size, root, rows } = tree
    const held = [size, root, ...rows].join(' ')
    const known = this.#held.get(tenantId)
    this.#held.delete(tenantId)
    if (known !== held) {
      const document = await this.#store.document(tenantId, logCollections.checkpoint, checkpointId(size))
      if (!document) throw new KeelsonError('log_damaged', `The checkpoint of ${size} leaves is gone`)
      const head = readOr(`The checkpoint of ${size} leaves`, () =>
        parseCheckpoint(parseNote(readCheckpoint(document.value).text).text),
      )
      const found = readOr('The tree of the log', () => hashText(new MerkleTree(tree).root(), 'base64'))
      if (head.size !== size || found !== root || found !== hashText(head.root, 'base64'))
        throw new KeelsonError(
          'log_damaged',
          `The tree of the log is not the one that was signed at ${size} leaves`,
        )
    }
    this.#held.set(tenantId, held)
    const [oldest] = this.#held.keys()
    if (this.#held.size > maxTrees && oldest !== undefined) this.#held.delete(oldest)
  }
}

/** As the doctor, a check of the log and a bundle name it. */
const nameOf = (level: number, index: number): string => tilePath({ level, index, width: tileWidth })

export const damagedTile = (level: number, index: number, what: string): KeelsonError =>
  new KeelsonError('log_damaged', `${nameOf(level, index)} ${what}`)
