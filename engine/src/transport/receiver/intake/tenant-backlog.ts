import type { EventFilter, EventStore, RecordedEvent } from '../../../store/index.ts'
import { readPortion } from './read-portion.ts'

export interface BacklogOptions {
  readonly tenantId: string
  /** Its events behind this position. */
  readonly after: number
  readonly filter: EventFilter | undefined
  readonly onMore: () => void
}

/** The events of one tenant that were left lying in the log, while what lies behind them is read. */
export class TenantBacklog {
  readonly #store: EventStore
  readonly #options: BacklogOptions
  #page: readonly RecordedEvent[] = []
  #used = 0
  #after: number
  /** Everything of the tenant up to here has been read. */
  #known: number
  #isNearEnd = false
  #reading: Promise<void> | undefined
  #fault: { readonly error: unknown } | undefined

  constructor(store: EventStore, options: BacklogOptions) {
    this.#store = store
    this.#options = options
    this.#after = options.after
    this.#known = options.after
  }

  /** Whether it is about to come to the end: who reads on meanwhile would never be met. */
  get isJoining(): boolean {
    return this.#reading !== undefined && this.#isNearEnd
  }

  /** The next event up to a position, where it is at hand; stays the next until `take`. @throws what a read failed with. */
  next(until: number): RecordedEvent | undefined {
    const fault = this.#fault
    this.#fault = undefined
    if (fault !== undefined) throw fault.error
    const event = this.#page[this.#used]
    return event !== undefined && event.position <= until ? event : undefined
  }

  take(): void {
    const event = this.#page[this.#used]
    if (event === undefined) return
    this.#used += 1
    this.#after = event.position
  }

  /** Whether the tenant has nothing that is not taken up to a position. */
  isOverAt(position: number): boolean {
    const event = this.#page[this.#used]
    if (event !== undefined) return event.position > position
    return this.#reading === undefined && this.#known >= position
  }

  /** Looks for more where nothing is at hand; `position` is where the log was read up to. */
  fetch(position: number): void {
    if (this.#used < this.#page.length) return
    this.#reading ??= this.#read(position).then(() => {
      this.#reading = undefined
      this.#options.onMore()
    })
  }

  async close(): Promise<void> {
    await this.#reading
  }

  async #read(position: number): Promise<void> {
    try {
      const { tenantId, filter } = this.#options
      const { events, isAll } = await readPortion(this.#store, { tenantId }, { after: this.#after, filter })
      const last = events.at(-1)?.position ?? this.#after
      this.#page = events
      this.#used = 0
      this.#known = isAll ? Math.max(last, position) : last
      this.#isNearEnd = isAll
    } catch (error) {
      this.#fault = { error }
    }
  }
}
