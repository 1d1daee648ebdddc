/** Rows that come by position, taken along with a log that is read by position too. */
export class RowsByPosition<T extends { readonly position: number }> {
  readonly #pages: AsyncIterator<readonly T[]>
  #page: readonly T[] = []
  #at = 0
  #isOver = false

  constructor(pages: AsyncIterable<readonly T[]>) {
    this.#pages = pages[Symbol.asyncIterator]()
  }

  /** The rows up to this position that were not taken before. */
  async through(position: number): Promise<T[]> {
    const rows: T[] = []
    while (true) {
      while (this.#at < this.#page.length) {
        const row = this.#page[this.#at] as T
        if (row.position > position) return rows
        rows.push(row)
        this.#at += 1
      }
      if (!(await this.#next())) return rows
    }
  }

  /** What is left, page by page. */
  async *rest(): AsyncGenerator<readonly T[]> {
    do {
      if (this.#at < this.#page.length) yield this.#page.slice(this.#at)
    } while (await this.#next())
  }

  async close(): Promise<void> {
    if (!this.#isOver) await this.#pages.return?.()
    this.#isOver = true
  }

  async #next(): Promise<boolean> {
    if (this.#isOver) return false
    const { value, done } = await this.#pages.next()
    this.#isOver = done === true
    this.#page = done ? [] : value
    this.#at = 0
    return !this.#isOver
  }
}

/** Takes the rows of one position after the other out of rows that come by position. */
export class PositionCursor<T extends { readonly position: number }> {
  readonly #rows: readonly T[]
  #at = 0

  constructor(rows: readonly T[]) {
    this.#rows = rows
  }

  /** Rows of this position; those of earlier ones that nobody took go to `onStray`. */
  take(position: number, onStray: (row: T) => void): readonly T[] {
    while (this.#at < this.#rows.length && (this.#rows[this.#at] as T).position < position) {
      onStray(this.#rows[this.#at] as T)
      this.#at += 1
    }
    const from = this.#at
    while (this.#rows[this.#at]?.position === position) this.#at += 1
    return this.#at === from ? none : this.#rows.slice(from, this.#at)
  }

  /** Those after the last position that was taken. */
  rest(onStray: (row: T) => void): void {
    for (; this.#at < this.#rows.length; this.#at += 1) onStray(this.#rows[this.#at] as T)
  }
}

const none: readonly never[] = []
