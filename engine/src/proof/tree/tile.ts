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

/** Reads nodes from tiles; `readTile` gives a tile's bytes, `width · 32`. @throws TypeError for one that is shorter. */
export function nodesFromTiles(size: number, readTile: (place: TilePlace) => Uint8Array): ReadNode {
  const join = createJoin()
  return (level, index) => {
    const place = tileOfNode(level, index, size)
    const bytes = readTile(place)
    if (bytes.length !== place.width * hashLength)
      throw new TypeError(`${tilePath(place)} has ${bytes.length} bytes, not ${place.width * hashLength}`)
    const count = 2 ** (level % tileHeight)
    const first = index * count - place.index * tileWidth
    let row = Array.from({ length: count }, (_, at) => hashAt(bytes, first + at))
    while (row.length > 1)
      row = Array.from({ length: row.length / 2 }, (_, at) =>
        join(row[at * 2] as NodeHash, row[at * 2 + 1] as NodeHash),
      )
    return row[0] as NodeHash
  }
}

const hashAt = (bytes: Uint8Array, at: number): NodeHash =>
  toByteText(bytes.subarray(at * hashLength, (at + 1) * hashLength))
