interface Dated<Item> {
  readonly item: Item
  readonly dueAt: number
  /** Those due at the same time come in the order in which they were added. */
  readonly order: number
}

const isBefore = (a: Dated<unknown>, b: Dated<unknown>): boolean =>
  a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order)

/** What waits for its time, the earliest first; a binary heap. */
export class DueHeap<Item> {
  readonly #heap: Dated<Item>[] = []
  #order = 0

  /** When the first is due, in the unit of what was added; undefined where nothing waits. */
  get dueAt(): number | undefined {
    return this.#heap[0]?.dueAt
  }

  add(item: Item, dueAt: number): void {
    const heap = this.#heap
    const added = { item, dueAt, order: this.#order++ }
    let at = heap.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent] as Dated<Item>
      if (isBefore(above, added)) break
      heap[at] = above
      at = parent
    }
    heap[at] = added
  }

  /** The first one if it is due. */
  takeDue(now: number): Item | undefined {
    const first = this.#heap[0]
    if (first === undefined || first.dueAt > now) return undefined
    const last = this.#heap.pop() as Dated<Item>
    if (last !== first) this.#sink(last)
    return first.item
  }

  /** Puts an entry where the first one was, and lets it go down to its place. */
  #sink(moved: Dated<Item>): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      const right = heap[child + 1]
      if (right !== undefined && isBefore(right, heap[child] as Dated<Item>)) child += 1
      const below = heap[child] as Dated<Item>
      if (isBefore(moved, below)) break
      heap[at] = below
      at = child
    }
    heap[at] = moved
  }
}
