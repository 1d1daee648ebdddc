import { toByteText } from '#primitive'
import type { NodeHash } from './node.ts'
import { createJoin, hashLength } from './node.ts'
import type { ReadNode } from './range.ts'

/** Hashes in a full tile; a tile stands for this many of the level below. */
export const tileWidth = 256

/** Levels of the tree that a tile spans: 2^8 = 256. */
export const tileHeight = 8

/** Which tile, as C2SP tlog-tiles has them: `width` hashes, those that the level has behind `index · 256`. */
export interface TilePlace {
  readonly level: number
  readonly index: number
  /** 1 to 256; a tile with fewer than 256 will be followed by one with more. */
  readonly width: number
}

/** The path below the log's address: `tile/0/x001/067` or `tile/0/000.p/5`. */
export const tilePath = ({ level, index, width }: TilePlace): string =>
  `tile/${level}/${tileNumber(index)}${partOf(width)}`

/** The path of the leaves themselves. */
export const entriesPath = ({ index, width }: Omit<TilePlace, 'level'>): string =>
  `tile/entries/${tileNumber(index)}${partOf(width)}`

const partOf = (width: number): string => (width === tileWidth ? '' : `.p/${width}`)

/** Groups of three digits, all but the last one marked with an x. */
function tileNumber(index: number): string {
  const groups = [String(index % 1_000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1_000); rest > 0; rest = Math.floor(rest / 1_000))
    groups.unshift(`x${String(rest % 1_000).padStart(3, '0')}`)
  return groups.join('/')
}

/** The tile that a path names; undefined where it names none, or names one in another way than the usual. */
export function parseTilePath(path: string): (TilePlace & { readonly isEntries: boolean }) | undefined {
  const found = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path)
  if (found === null) return undefined
  const [, kind = '', number = '', part] = found
  const index = Number(number.replaceAll(/[x/]/g, ''))
  const place = { level: kind === 'entries' ? 0 : Number(kind), index, width: Number(part ?? tileWidth) }
  const isEntries = kind === 'entries'
  // Zeros in front, a full width given as a part and the like would be second names of one tile.
  const isUsual = (isEntries ? entriesPath(place) : tilePath(place)) === path
  return isUsual && place.width >= 1 && place.width <= tileWidth ? { ...place, isEntries } : undefined
}

/** Hashes at a level of tiles in a tree of `size` leaves. */
export const hashesAt = (size: number, level: number): number => Math.floor(size / tileWidth ** level)

/** The tiles of a tree that has grown to `size` from `before` (default from nothing), the lowest level first. */
export function* tilesOf(size: number, before = 0): Generator<TilePlace> {
  for (let level = 0; hashesAt(size, level) > 0; level += 1) {
    const count = hashesAt(size, level)
    if (count === hashesAt(before, level) && before > 0) continue
    for (let index = Math.floor(hashesAt(before, level) / tileWidth); index * tileWidth < count; index += 1)
      yield { level, index, width: Math.min(tileWidth, count - index * tileWidth) }
  }
}

/** The tile that has a node of a tree of `size` leaves, at the width that the tree has it. */
export function tileOfNode(level: number, index: number, size: number): TilePlace {
  const tileLevel = Math.floor(level / tileHeight)
  const first = index * 2 ** (level % tileHeight)
  const tile = Math.floor(first / tileWidth)
  return {
    level: tileLevel,
    index: tile,
    width: Math.min(tileWidth, hashesAt(size, tileLevel) - tile * tileWidth),
  }
}

/** The node over `2^height` hashes of a tile, the first of them the hash `index · 2^height`; height 0 to 7. */
export type ReadTileNode = (height: number, index: number) => NodeHash

/** Reads nodes from the bytes of a tile; each is computed once, when it is asked for. */
export function createTileReader(bytes: Uint8Array): ReadTileNode {
  const join = createJoin()
  const hashes = toByteText(bytes)
  // As in a heap: over the nodes of this height are those of the next, so that one row holds all heights.
  const known = new Array<NodeHash | undefined>(tileWidth)
  const read: ReadTileNode = (height, index) => {
    if (height === 0) return hashes.slice(index * hashLength, (index + 1) * hashLength)
    const place = tileWidth / 2 ** height + index
    known[place] ??= join(read(height - 1, index * 2), read(height - 1, index * 2 + 1))
    return known[place]
  }
  return read
}

/**
 * Reads nodes from tiles; `readTile` gives a tile's bytes, `width · 32`, and is asked once for each.
 * @throws TypeError for one that is shorter.
 */
export function nodesFromTiles(size: number, readTile: (place: TilePlace) => Uint8Array): ReadNode {
  const readers = new Map<string, ReadTileNode>()
  return nodesFromReaders(size, place => {
    const path = tilePath(place)
    const known = readers.get(path)
    if (known !== undefined) return known
    const bytes = readTile(place)
    if (bytes.length !== place.width * hashLength)
      throw new TypeError(`${path} has ${bytes.length} bytes, not ${place.width * hashLength}`)
    const reader = createTileReader(bytes)
    readers.set(path, reader)
    return reader
  })
}

/** As {@link nodesFromTiles}, from readers of tiles that have at least the hashes of the place. */
export function nodesFromReaders(size: number, readerOf: (place: TilePlace) => ReadTileNode): ReadNode {
  return (level, index) => {
    const place = tileOfNode(level, index, size)
    const height = level % tileHeight
    return readerOf(place)(height, index - (place.index * tileWidth) / 2 ** height)
  }
}
