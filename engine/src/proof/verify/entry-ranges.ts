import type { JsonValue } from '../../core/index.ts'

/** From the first index up to the second, which is not part of it. */
export type EntryRange = readonly [number, number]

/** Indexes of entries as ascending ranges, each with a value. */
export class EntryRanges<Value = true> {
  readonly #ranges: readonly { readonly range: EntryRange; readonly value: Value }[]

  private constructor(ranges: readonly { readonly range: EntryRange; readonly value: Value }[]) {
    this.#ranges = ranges
  }

  /** Undefined where two of them overlap. */
  static of<Value>(
    ranges: Iterable<{ readonly range: EntryRange; readonly value: Value }>,
  ): EntryRanges<Value> | undefined {
    const sorted = [...ranges].sort((one, other) => one.range[0] - other.range[0])
    const areApart = sorted.every(({ range }, at) => range[0] >= (sorted[at - 1]?.range[1] ?? 0))
    return areApart ? new EntryRanges(sorted) : undefined
  }

  /** Undefined for an entry that is in none. */
  at(n: number): Value | undefined {
    let [low, high] = [0, this.#ranges.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const { range, value } = this.#ranges[middle] as { range: EntryRange; value: Value }
      if (n < range[0]) high = middle
      else if (n >= range[1]) low = middle + 1
      else return value
    }
    return undefined
  }
}

/** The ranges as a record has them; undefined where the value is none. */
export function parseRanges(value: JsonValue | undefined): readonly EntryRange[] | undefined {
  if (!Array.isArray(value)) return undefined
  const isRange = (one: JsonValue): boolean =>
    Array.isArray(one) &&
    one.length === 2 &&
    one.every(end => Number.isSafeInteger(end)) &&
    (one[0] as number) >= 0 &&
    (one[0] as number) < (one[1] as number)
  return value.every(isRange) ? (value as unknown as readonly EntryRange[]) : undefined
}

/** Ranges of ascending indexes, neighbours together. */
export function rangesOf(indexes: Iterable<number>): [number, number][] {
  const ranges: [number, number][] = []
  for (const n of indexes) {
    const last = ranges.at(-1)
    if (last && last[1] === n) last[1] = n + 1
    else ranges.push([n, n + 1])
  }
  return ranges
}
