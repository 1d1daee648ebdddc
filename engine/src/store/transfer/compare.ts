import type { StoreReader } from './port.ts'
import type { StoreRows, TableName } from './rows.ts'
import { compareRows, isSameRow } from './table-order.ts'

/** Rows of a table in which two stores differ: what the second lacks or has otherwise, and what it has too much. */
export interface Difference<T extends TableName> {
  readonly missing: StoreRows[T][]
  readonly surplus: StoreRows[T][]
  /** Rows of the first store that were compared up to here. */
  readonly compared: number
}

/** Ends a part that has this many rows, so that what differs is held in bounded memory. */
const maxRows = 1_000

/** Compares a table of two stores row by row and column by column, both in order; a part for each page that was read. */
export async function* compareTable<T extends TableName>(
  table: T,
  shard: number,
  source: StoreReader,
  target: StoreReader,
  belongs: (row: StoreRows[T]) => boolean = () => true,
): AsyncGenerator<Difference<T>> {
  const there = new PageReader(target.scan(table, { shard }), belongs)
  let part: Difference<T> = { missing: [], surplus: [], compared: 0 }
  let compared = 0
  /** Collects what comes before the row; false where the part is full and there may be more. */
  const isPast = async (row: StoreRows[T] | undefined): Promise<boolean> => {
    while (part.surplus.length < maxRows) {
      const next = there.peek() ?? (await there.load())
      if (next === undefined || (row !== undefined && compareRows(table, next, row) >= 0)) return true
      part.surplus.push(next)
      there.skip()
    }
    return false
  }
  const cut = (): Difference<T> => {
    const full = { ...part, compared }
    part = { missing: [], surplus: [], compared }
    return full
  }
  try {
    for await (const page of source.scan(table, { shard })) {
      for (const row of page) {
        if (!belongs(row)) continue
        while (!(await isPast(row))) yield cut()
        compared += 1
        const next = there.peek()
        const isThere = next !== undefined && compareRows<T>(table, next, row) === 0
        if (isThere) there.skip()
        if (!isThere || !isSameRow<T>(next, row)) part.missing.push(row)
      }
      yield cut()
    }
    while (!(await isPast(undefined))) yield cut()
    yield cut()
  } finally {
    await there.close()
  }
}

/** Rows one by one out of pages; only the next page has to be waited for. */
class PageReader<R> {
  readonly #pages: AsyncIterator<readonly R[]>
  readonly #belongs: (row: R) => boolean
  #page: readonly R[] = []
  #at = 0
  #isOver = false

  constructor(pages: AsyncIterable<readonly R[]>, belongs: (row: R) => boolean) {
    this.#pages = pages[Symbol.asyncIterator]()
    this.#belongs = belongs
  }

  /** The next row, where its page is here. */
  peek(): R | undefined {
    for (; this.#at < this.#page.length; this.#at += 1) {
      const row = this.#page[this.#at] as R
      if (this.#belongs(row)) return row
    }
    return undefined
  }

  /** The next row; undefined where there are no more. */
  async load(): Promise<R | undefined> {
    while (!this.#isOver) {
      const row = this.peek()
      if (row !== undefined) return row
      const { value, done } = await this.#pages.next()
      this.#isOver = done === true
      this.#page = done ? [] : value
      this.#at = 0
    }
    return undefined
  }

  skip(): void {
    this.#at += 1
  }

  async close(): Promise<void> {
    if (!this.#isOver) await this.#pages.return?.()
  }
}
