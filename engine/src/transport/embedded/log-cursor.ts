import type { EventFilter, EventStore, RecordedEvent, Scope } from '../../store/index.ts'

/** The log from a position on, in portions, without losing what comes while nobody waits. */
export class LogCursor {
  readonly #store: EventStore
  readonly #scope: Scope
  readonly #filter: EventFilter | undefined
  readonly #stop = new AbortController()
  #after: number
  #pages: AsyncIterator<readonly RecordedEvent[]> | undefined
  readonly #onMore: () => void
  #reading: Promise<void> | undefined
  #page: readonly RecordedEvent[] = []
  #used = 0
  #fault: { readonly error: unknown } | undefined
  #isOver = false

  /** `onMore` is told when there is something to take or to throw after `fetch` found nothing. */
  constructor(
    store: EventStore,
    scope: Scope,
    { after, filter, onMore }: { after: number; filter: EventFilter | undefined; onMore: () => void },
  ) {
    this.#store = store
    this.#onMore = onMore
    this.#scope = scope
    this.#after = after
    this.#filter = filter
  }

  /** Whether the log has ended: the store is closed. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** What is at hand, at most `max`. @throws what the store has thrown; the next call reads on behind what was given. */
  take(max: number): readonly RecordedEvent[] {
    const taken = this.#page.slice(this.#used, this.#used + max)
    this.#used += taken.length
    const last = taken.at(-1)
    if (last !== undefined) {
      this.#after = last.position
      return taken
    }
    const fault = this.#fault
    this.#fault = undefined
    if (fault !== undefined) throw fault.error
    return []
  }

  /** Reads on where nothing is at hand and nothing is being read. */
  fetch(): void {
    if (this.#used < this.#page.length || this.#fault !== undefined || this.#isOver) this.#onMore()
    else
      this.#reading ??= this.#read().then(() => {
        this.#reading = undefined
        this.#onMore()
      })
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#reading
    await this.#pages?.return?.()
  }

  async #read(): Promise<void> {
    try {
      this.#pages ??= this.#store
        .tail(this.#scope, {
          after: this.#after,
          signal: this.#stop.signal,
          ...(this.#filter === undefined ? {} : { filter: this.#filter }),
        })
        [Symbol.asyncIterator]()
      const page = await this.#pages.next()
      if (page.done === true) this.#isOver = true
      this.#page = page.done === true ? [] : page.value
      this.#used = 0
    } catch (error) {
      this.#pages = undefined
      this.#fault = { error }
    }
  }
}
