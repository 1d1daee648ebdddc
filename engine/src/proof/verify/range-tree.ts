import { toByteText } from '#primitive'
import { MerkleTree } from '../tree/merkle-tree.ts'
import type { NodeHash } from '../tree/node.ts'
import { hashLength } from '../tree/node.ts'
import { placesOf, treeRoot } from '../tree/range.ts'
import type { TilePlace } from '../tree/tile.ts'
import { hashesAt, nodesFromTiles, parseTilePath, tileOfNode, tilePath, tileWidth } from '../tree/tile.ts'
import type { Findings } from './failure.ts'
import type { BundleSource } from './source.ts'
import { readWhole } from './source.ts'
import type { TreeCheck } from './whole-tree.ts'

export interface RangeTreeOptions {
  readonly source: BundleSource
  readonly names: ReadonlySet<string>
  readonly findings: Findings
  /** What is signed. */
  readonly head: { readonly size: number; readonly root: NodeHash }
  /** Index of the first leaf. */
  readonly from: number
}

/**
 * Compares leaves of a range with tiles. A tile counts only when it is proved: those at the right edge by the signed
 * root, which they come to all together; every other one is full, and its own root is in the tile above it.
 */
export class RangeTree implements TreeCheck {
  readonly #options: RangeTreeOptions
  #index: number
  #isProved = false
  /** The last proved tile of each level, as leaves and tiles come in their order. */
  readonly #last = new Map<number, { readonly index: number; readonly bytes: Uint8Array | undefined }>()
  readonly #missing = new Set<string>()

  constructor(options: RangeTreeOptions) {
    this.#options = options
    this.#index = options.from
  }

  /** Proves the right edge, and with it every tile there is. */
  async open(): Promise<void> {
    const { head, names, findings } = this.#options
    this.#isProved = true
    const root = await this.rootAt(head.size)
    if (root !== head.root) {
      this.#isProved = false
      if (root !== undefined)
        findings.fail(
          'root_mismatch',
          'checkpoint',
          'The tiles at the right edge do not come to the root that is signed',
        )
      return
    }
    const tiles = [...names].flatMap(name => parseTilePath(name) ?? [])
    for (const { level, index } of tiles.sort(
      (one, other) => one.level - other.level || one.index - other.index,
    ))
      await this.#tile(level, index)
  }

  async add(leaf: NodeHash): Promise<void> {
    const { findings } = this.#options
    const index = this.#index
    this.#index += 1
    const tile = this.#isProved ? await this.#tile(0, Math.floor(index / tileWidth)) : undefined
    const at = (index % tileWidth) * hashLength
    if (tile !== undefined && toByteText(tile.subarray(at, at + hashLength)) !== leaf)
      findings.fail('leaf_edited', index, 'Its hash is not the one that the tree has')
  }

  async rootAt(size: number): Promise<NodeHash | undefined> {
    const { head } = this.#options
    if (!this.#isProved || size > head.size) return undefined
    const tiles = new Map<string, Uint8Array>()
    for (const { level, index } of placesOf({ from: 0, to: size })) {
      const place = tileOfNode(level, index, head.size)
      const bytes = await this.#tile(place.level, place.index)
      if (bytes === undefined) return undefined
      tiles.set(tilePath(place), bytes)
    }
    return treeRoot(
      nodesFromTiles(head.size, place => tiles.get(tilePath(place)) as Uint8Array),
      size,
    )
  }

  async finish(): Promise<void> {}

  /** The bytes of a tile that is proved; undefined, and a failure, where it is not there or not of this tree. */
  async #tile(level: number, index: number): Promise<Uint8Array | undefined> {
    const last = this.#last.get(level)
    if (last?.index === index) return last.bytes
    const bytes = await this.#prove(level, index)
    this.#last.set(level, { index, bytes })
    return bytes
  }

  async #prove(level: number, index: number): Promise<Uint8Array | undefined> {
    const { source, head, findings, names } = this.#options
    const place = placeIn(head.size, level, index)
    const path = tilePath(place)
    const bytes = names.has(path) ? await readWhole(source, path, tileWidth * hashLength) : undefined
    if (bytes === undefined) {
      if (!this.#missing.has(path))
        findings.fail('bundle_incomplete', path, 'The tile is needed and not there')
      this.#missing.add(path)
      return undefined
    }
    if (bytes.length !== place.width * hashLength) {
      findings.fail('tile_forged', path, `It has not ${place.width} hashes`)
      return undefined
    }
    if (place.width < tileWidth) return bytes
    const above = await this.#tile(level + 1, Math.floor(index / tileWidth))
    if (above === undefined) return undefined
    const at = (index % tileWidth) * hashLength
    if (rootOf(bytes) === toByteText(above.subarray(at, at + hashLength))) return bytes
    findings.fail('tile_forged', path, 'It does not come to the hash that the tile above has for it')
    return undefined
  }
}

/** The tile as wide as a tree of that size has it. */
const placeIn = (size: number, level: number, index: number): TilePlace => ({
  level,
  index,
  width: Math.min(tileWidth, hashesAt(size, level) - index * tileWidth),
})

/** The root over the hashes of a tile. */
function rootOf(tile: Uint8Array): NodeHash {
  const tree = new MerkleTree()
  for (let at = 0; at < tile.length; at += hashLength)
    tree.append(toByteText(tile.subarray(at, at + hashLength)))
  return tree.root()
}

/** Whether a tree of that size has the tile, as wide as it is. */
export const isTileOf = (size: number, { level, index, width }: TilePlace): boolean =>
  width > 0 && width === placeIn(size, level, index).width
