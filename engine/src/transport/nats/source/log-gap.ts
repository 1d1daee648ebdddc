import type { EventFilter, EventStore, RecordedEvent, Scope } from '../../../store/index.ts'
import type { SourceOptions } from '../../receiver/event-source.ts'
import { readPortion } from '../../receiver/intake/read-portion.ts'

/** A range of the log that is read because the stream does not have it. */
export class LogGap {
  readonly #store: EventStore
  readonly #scope: Scope
  readonly #filter: EventFilter | undefined
  #after = 0
  #until: number | undefined

  constructor(store: EventStore, { scope, filter }: SourceOptions) {
    this.#store = store
    this.#scope = scope
    this.#filter = filter
  }

  /** Last position to be read; undefined where there is nothing to read. */
  get until(): number | undefined {
    return this.#until
  }

  /** Everything up to here was read. */
  get position(): number {
    return this.#after
  }

  open(after: number, until: number): void {
    this.#after = after
    this.#until = until > after ? until : undefined
  }

  /** The next of it that the filter matches; the gap is closed when it ends. */
  async read(): Promise<readonly RecordedEvent[]> {
    const until = this.#until ?? 0
    const from = { after: this.#after, filter: this.#filter }
    const { events, isAll } = await readPortion(this.#store, this.#scope, from)
    const own = events.filter(({ position }) => position <= until)
    const isEnd = isAll || own.length < events.length
    this.#after = isEnd ? until : (own.at(-1)?.position ?? until)
    if (isEnd || this.#after >= until) this.#until = undefined
    return own
  }
}
