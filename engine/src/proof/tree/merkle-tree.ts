import { decode, encode, fromByteText, toByteText } from '#primitive'
import type { NodeHash } from './node.ts'
import { createJoin, emptyRoot, hashLength } from './node.ts'
import type { TilePlace } from './tile.ts'
import { tileWidth } from './tile.ts'

/** What has to be kept for a tree to grow on: under 8 KiB for each 256-fold of leaves. */
export interface TreeFrontier {
  readonly size: number
  /** Of each level of tiles the hashes of its last tile, where that is not full: base64 of up to 255 · 32 bytes. */
  readonly rows: readonly string[]
}

/** A tile and its bytes. */
export interface Tile extends TilePlace {
  readonly bytes: Uint8Array
}

/** A tree of RFC 6962 that grows, in memory only its right edge: the tiles that are not full. */
export class MerkleTree {
  readonly #join = createJoin()
  #size: number
  readonly #rows: NodeHash[][]
  #full: Tile[] = []

  /** @throws TypeError where the rows are not those of a tree of that size. */
  constructor(frontier: TreeFrontier = { size: 0, rows: [] }) {
    this.#size = frontier.size
    this.#rows = frontier.rows.map(readRow)
    const isWhole = this.#rows.every((row, level) => row.length === widthAt(frontier.size, level))
    if (!isWhole || widthAt(frontier.size, this.#rows.length) !== 0 || !Number.isSafeInteger(frontier.size))
      throw new TypeError(`The rows are not those of a tree of ${frontier.size} leaves`)
  }

  get size(): number {
    return this.#size
  }

  append(leaf: NodeHash): void {
    this.#size += 1
    this.#add(0, leaf)
  }

  root(): NodeHash {
    let root: NodeHash | undefined
    for (const row of this.#rows) root = this.#fold(row, root)
    return root ?? emptyRoot
  }

  /** The tiles that have become full since they were last taken: these never change. */
  takeFull(): readonly Tile[] {
    const full = this.#full
    this.#full = []
    return full
  }

  /** The tiles at the right edge, which are not full. */
  partial(): readonly Tile[] {
    return this.#rows.flatMap((row, level) =>
      row.length === 0 ? [] : tileOf(level, Math.floor(this.#size / tileWidth ** (level + 1)), row),
    )
  }

  frontier(): TreeFrontier {
    return { size: this.#size, rows: this.#rows.map(row => encode(bytesOf(row), 'base64')) }
  }

  #add(level: number, node: NodeHash): void {
    this.#rows[level] ??= []
    const row = this.#rows[level]
    row.push(node)
    if (row.length < tileWidth) return
    this.#full.push(tileOf(level, Math.floor(this.#size / tileWidth ** (level + 1)) - 1, row))
    this.#rows[level] = []
    this.#add(level + 1, this.#perfectRoot(row))
  }

  #perfectRoot(row: readonly NodeHash[]): NodeHash {
    let nodes = row
    while (nodes.length > 1) {
      const above: NodeHash[] = []
      for (let at = 0; at < nodes.length; at += 2)
        above.push(this.#join(nodes[at] as NodeHash, nodes[at + 1] as NodeHash))
      nodes = above
    }
    return nodes[0] as NodeHash
  }

  /** The root over a row and what stands to its right. */
  #fold(row: readonly NodeHash[], right: NodeHash | undefined): NodeHash | undefined {
    let [end, root] = [row.length, right]
    for (let width = 1; end > 0; width *= 2) {
      if (end % (width * 2) === 0) continue
      const left = this.#perfectRoot(row.slice(end - width, end))
      root = root === undefined ? left : this.#join(left, root)
      end -= width
    }
    return root
  }
}

/** Hashes in the last tile of a level, where that is not full. */
const widthAt = (size: number, level: number): number => Math.floor(size / tileWidth ** level) % tileWidth

const tileOf = (level: number, index: number, row: readonly NodeHash[]): Tile => ({
  level,
  index,
  width: row.length,
  bytes: bytesOf(row),
})

const bytesOf = (row: readonly NodeHash[]): Uint8Array => fromByteText(row.join(''))

function readRow(text: string): NodeHash[] {
  const bytes = toByteText(decode(text, 'base64') ?? new Uint8Array())
  return Array.from({ length: Math.floor(bytes.length / hashLength) }, (_, at) =>
    bytes.slice(at * hashLength, (at + 1) * hashLength),
  )
}
