import type { TilePlace } from '../../proof/index.ts'
import { tilesOf } from '../../proof/index.ts'

/** Hashes in a full tile (C2SP tlog-tiles). */
const width = 256

/** Leaves `from` to before `to`. */
export interface BundleRange {
  readonly from: number
  readonly to: number
}

/**
 * The tiles that the root over `size` leaves follows from with the leaves of a range: at each level those over the
 * range and the last one. With `before` also those over the last leaf of an earlier size, so that consistency with it
 * can be computed.
 */
export function* bundleTiles(size: number, range: BundleRange, before = 0): Generator<TilePlace> {
  if (range.from === 0 && range.to === size) {
    yield* tilesOf(size)
    return
  }
  for (let level = 0; Math.floor(size / width ** level) > 0; level += 1) {
    const hashes = Math.floor(size / width ** level)
    const span = width ** (level + 1)
    for (const index of tilesAt(range, before, span, Math.ceil(hashes / width)))
      yield { level, index, width: Math.min(width, hashes - index * width) }
  }
}

/** Ascending, each once; a place whose subtree is not whole at this level is covered by the last tile below. */
function* tilesAt({ from, to }: BundleRange, before: number, span: number, count: number): Generator<number> {
  const first = Math.floor(from / span)
  const last = to > from ? Math.min(Math.floor((to - 1) / span), count - 1) : first - 1
  const others = [count - 1, ...(before > 0 ? [Math.floor((before - 1) / span)] : [])]
    .filter(index => index < count && (index < first || index > last))
    .sort((a, b) => a - b)
  const unique = [...new Set(others)]
  yield* unique.filter(index => index < first)
  for (let index = first; index <= last; index += 1) yield index
  yield* unique.filter(index => index > last)
}
