/** A perfect subtree of the log's tree: `2^level` leaves. */
export interface Mountain {
  readonly level: number
  /** First leaf and the one behind the last. */
  readonly from: number
  readonly to: number
}

/** The perfect subtrees that a tree of RFC 6962 is made of, from the oldest leaves to the newest. */
export function mountainsOf(size: number): readonly Mountain[] {
  const found: Mountain[] = []
  let from = 0
  for (let level = Math.floor(Math.log2(Math.max(1, size))); level >= 0; level--) {
    const width = 2 ** level
    if (size - from < width) continue
    found.push({ level, from, to: from + width })
    from += width
  }
  return found
}
