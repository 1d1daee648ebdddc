import type { HeadSignal } from '../../read/head-signal.ts'

/** How often it is looked for what other processes have written, while somebody waits, in milliseconds. */
const lookInterval = 40

/**
 * Looks at the heads of all shards while any tail is open, one look for all of them, and wakes the tails. Asked of
 * the table and not announced by the database: a notification takes a lock that commits of the whole cluster share.
 */
export class HeadWatch {
  readonly #signals: readonly HeadSignal[]
  readonly #look: () => Promise<readonly (readonly [shard: number, position: number])[]>
  #tails = 0
  #timer: NodeJS.Timeout | undefined

  constructor(
    signals: readonly HeadSignal[],
    look: () => Promise<readonly (readonly [shard: number, position: number])[]>,
  ) {
    this.#signals = signals
    this.#look = look
  }

  /** Watches for as long as the pages are read. */
  async *during<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
    this.#tails += 1
    this.#schedule()
    try {
      yield* pages
    } finally {
      this.#tails -= 1
    }
  }

  close(): void {
    this.#tails = Number.NEGATIVE_INFINITY
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (this.#timer || this.#tails <= 0) return
    this.#timer = setTimeout(() => void this.#advance(), lookInterval)
    this.#timer.unref()
  }

  async #advance(): Promise<void> {
    try {
      for (const [shard, position] of await this.#look()) this.#signals[shard]?.advance(position)
    } catch {
      // A tail that finds the database gone says so itself.
    } finally {
      this.#timer = undefined
      this.#schedule()
    }
  }
}
