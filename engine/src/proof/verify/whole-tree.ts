import type { Tile } from '../tree/merkle-tree.ts'
import { MerkleTree } from '../tree/merkle-tree.ts'
import type { NodeHash } from '../tree/node.ts'
import { hashLength } from '../tree/node.ts'
import { tilePath, tileWidth } from '../tree/tile.ts'
import type { Findings } from './failure.ts'
import type { BundleSource } from './source.ts'
import { readWhole } from './source.ts'

/** Differences that are kept until it is known which side of them is wrong. */
const mostDifferences = 1_000

interface Difference {
  readonly tile: string
  /** The leaf that differs; undefined for a tile above the leaves. */
  readonly leaf: number | undefined
}

/** What is asked of a tree that leaves are compared with, whether the bundle has all of them or a range. */
export interface TreeCheck {
  /** Takes the hash of the next leaf. */
  add(leaf: NodeHash): Promise<void>
  /** The root of the first `size` leaves; undefined where it cannot be told. */
  rootAt(size: number): Promise<NodeHash | undefined>
  /** Reports what did not fit; called once, behind the last leaf. Leaves that were out of order fit nothing. */
  finish(wereInOrder: boolean): Promise<void>
}

export interface WholeTreeOptions {
  readonly source: BundleSource
  readonly names: ReadonlySet<string>
  readonly findings: Findings
  /** What is signed. */
  readonly head: { readonly size: number; readonly root: NodeHash }
  /** Sizes whose roots are asked for in the end. */
  readonly sizes: ReadonlySet<number>
}

/** Makes the tree anew from all leaves, and believes no tile: each is compared with what it should be. */
export class WholeTree implements TreeCheck {
  readonly #options: WholeTreeOptions
  readonly #tree = new MerkleTree()
  readonly #roots = new Map<number, NodeHash>()
  readonly #differences: Difference[] = []

  constructor(options: WholeTreeOptions) {
    this.#options = options
    this.#keepRoot()
  }

  async add(leaf: NodeHash): Promise<void> {
    this.#tree.append(leaf)
    this.#keepRoot()
    if (this.#tree.size % tileWidth === 0) for (const tile of this.#tree.takeFull()) await this.#compare(tile)
  }

  async rootAt(size: number): Promise<NodeHash | undefined> {
    return this.#roots.get(size)
  }

  async finish(wereInOrder: boolean): Promise<void> {
    const { head, findings } = this.#options
    for (const tile of this.#tree.partial()) await this.#compare(tile)
    const root = this.#roots.get(head.size)
    if (root !== undefined && root !== head.root)
      findings.fail(
        'root_mismatch',
        'leaves.ndjson',
        `The root of ${head.size} leaves is another one than is signed`,
      )
    // Leaves whose root is signed are right, and a tile that differs from them is not. Else the tile may be what
    // tells which leaf was edited; what tiles above say then follows from that.
    for (const { tile, leaf } of this.#differences) {
      if (root === head.root) findings.fail('tile_forged', tile, 'It is not what the leaves come to')
      else if (leaf !== undefined && wereInOrder)
        findings.fail('leaf_edited', leaf, `Its hash is another one than ${tile} has for it`)
    }
  }

  #keepRoot(): void {
    const { size } = this.#tree
    const { head, sizes } = this.#options
    if (size === head.size || sizes.has(size)) this.#roots.set(size, this.#tree.root())
  }

  async #compare(tile: Tile): Promise<void> {
    const { source, names, findings } = this.#options
    const path = tilePath(tile)
    if (!names.has(path)) return
    const bytes = await readWhole(source, path, tileWidth * hashLength)
    if (bytes?.length !== tile.bytes.length)
      return findings.fail('tile_forged', path, `It has not ${tile.width} hashes`)
    const places = differingPlaces(bytes, tile.bytes)
    const isOther = places.length === tile.width && tile.width > 1
    if (tile.level > 0 || isOther)
      this.#keep(
        places.slice(0, 1).map(() => undefined),
        path,
      )
    else
      this.#keep(
        places.map(at => tile.index * tileWidth + at),
        path,
      )
  }

  #keep(leaves: readonly (number | undefined)[], tile: string): void {
    for (const leaf of leaves)
      if (this.#differences.length < mostDifferences) this.#differences.push({ tile, leaf })
  }
}

/** The places of the hashes that are not the same. */
function differingPlaces(given: Uint8Array, own: Uint8Array): number[] {
  const places = new Set<number>()
  for (const [at, byte] of own.entries()) if (given[at] !== byte) places.add(Math.floor(at / hashLength))
  return [...places]
}
