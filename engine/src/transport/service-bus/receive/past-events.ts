import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import type { EventSource, SourceOptions } from '../../receiver/event-source.ts'

const pageSize = 500

/** The log up to a position, page by page: what was there before the broker's subscription. */
export class PastEvents implements EventSource {
  readonly isOver = false
  readonly #store: EventStore
  readonly #options: SourceOptions
  readonly #until: number
  readonly #onEnd: () => void
  #after: number
  #page: readonly RecordedEvent[] = []
  #fault: { readonly error: unknown } | undefined
  #reading: Promise<void> | undefined
  #hasAll = false

  /** `onEnd` is told whenever more is asked for than there is. */
  constructor(store: EventStore, options: SourceOptions, until: number, onEnd: () => void) {
    this.#store = store
    this.#options = options
    this.#until = until
    this.#onEnd = onEnd
    this.#after = options.after
  }

  /** Whether all of it was taken, and the position of the last that was. */
  get isExhausted(): boolean {
    return this.#hasAll && this.#page.length === 0
  }

  get last(): number {
    return this.#after
  }

  take(max: number): readonly RecordedEvent[] {
    const taken = this.#page.slice(0, max)
    this.#page = this.#page.slice(taken.length)
    this.#after = taken.at(-1)?.position ?? this.#after
    const fault = this.#fault
    this.#fault = undefined
    if (taken.length === 0 && fault !== undefined) throw fault.error
    return taken
  }

  fetch(): void {
    if (this.#page.length > 0 || this.#fault !== undefined) this.#options.onMore()
    else if (this.#hasAll) this.#onEnd()
    else
      this.#reading ??= this.#read().then(() => {
        this.#reading = undefined
        if (this.isExhausted) this.#onEnd()
        this.#options.onMore()
      })
  }

  async close(): Promise<void> {
    await this.#reading
  }

  async #read(): Promise<void> {
    const { scope, filter } = this.#options
    try {
      const query = { after: this.#after, limit: pageSize, ...(filter === undefined ? {} : { filter }) }
      const page = await Array.fromAsync(this.#store.readAll(scope, query))
      this.#page = page.filter(({ position }) => position <= this.#until)
      this.#hasAll = page.length < pageSize || this.#page.length < page.length
    } catch (error) {
      this.#fault = { error }
    }
  }
}
