/** Of a key, the position from which on none of its events was begun. */
export type Shelved = readonly [key: string, from: number]

/** Stands for every key, where it is not known which ones were shelved. */
export const everyKey = '*'

interface Shelf {
  /** In their order; those before `at` are not there any more. */
  positions: number[]
  at: number
  /** From here on nothing of the key was ever given out, by this owner or one before. */
  untouched: number
}

/** The events behind keys that wait: positions alone, those of each key in the order of the log. */
export class Shelves {
  readonly #byKey = new Map<string, Shelf>()
  #size = 0

  /** Positions altogether. */
  get size(): number {
    return this.#size
  }

  has(key: string): boolean {
    return this.#byKey.has(key)
  }

  /** Adds a position behind those of its key; `isUntouched` where no owner has given it out. */
  push(key: string, position: number, isUntouched: boolean): void {
    const shelf = this.#of(key)
    shelf.positions.push(position)
    this.#size += 1
    if (isUntouched && shelf.untouched === Number.POSITIVE_INFINITY) shelf.untouched = position
  }

  /** Puts positions that were given out before those of their key. */
  putBack(key: string, positions: readonly number[]): void {
    if (positions.length === 0) return
    const shelf = this.#of(key)
    shelf.positions = [...positions, ...shelf.positions.slice(shelf.at)]
    shelf.at = 0
    this.#size += positions.length
  }

  /** The first positions of a key, at most `max`. */
  first(key: string, max: number): readonly number[] {
    const shelf = this.#byKey.get(key)
    return shelf === undefined ? [] : shelf.positions.slice(shelf.at, shelf.at + max)
  }

  /** Gives out the first position of a key. */
  take(key: string): number | undefined {
    const shelf = this.#byKey.get(key)
    const position = shelf?.positions[shelf.at]
    if (shelf === undefined || position === undefined) return undefined
    shelf.at += 1
    this.#size -= 1
    if (position >= shelf.untouched) shelf.untouched = position + 1
    if (shelf.at === shelf.positions.length) this.#byKey.delete(key)
    else if (shelf.at >= compactAfter && shelf.at * 2 > shelf.positions.length) {
      shelf.positions = shelf.positions.slice(shelf.at)
      shelf.at = 0
    }
    return position
  }

  /** The lowest position of all; infinite where there is none. */
  get low(): number {
    let low = Number.POSITIVE_INFINITY
    for (const { positions, at } of this.#byKey.values())
      low = Math.min(low, positions[at] ?? Number.POSITIVE_INFINITY)
    return low
  }

  /** Where the untouched events of each key begin, and the positions of the others one by one. */
  get state(): { readonly untouched: readonly Shelved[]; readonly others: readonly number[] } {
    const untouched: Shelved[] = []
    const others: number[] = []
    for (const [key, shelf] of this.#byKey) {
      let at = shelf.at
      while ((shelf.positions[at] ?? Number.POSITIVE_INFINITY) < shelf.untouched) {
        others.push(shelf.positions[at] as number)
        at += 1
      }
      const from = shelf.positions[at]
      if (from !== undefined) untouched.push([key, from])
    }
    return { untouched, others }
  }

  #of(key: string): Shelf {
    let shelf = this.#byKey.get(key)
    if (shelf === undefined) {
      shelf = { positions: [], at: 0, untouched: Number.POSITIVE_INFINITY }
      this.#byKey.set(key, shelf)
    }
    return shelf
  }
}

const compactAfter = 1_024
