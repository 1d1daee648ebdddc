import type { EventFilter, EventStore, RecordedEvent, Scope } from '../../store/index.ts'
import { freshFor, Portions } from './portions.ts'

/** Who waits for what comes; `onPage` says whether anything of it is wanted, and then waits no more. */
export interface HubListener {
  onPage(page: readonly RecordedEvent[]): boolean
  onEnd(fault: { readonly error: unknown } | undefined): void
}

export interface HubBounds {
  readonly events: number
  readonly bytes: number
}

export interface HubOptions {
  readonly bounds?: HubBounds | undefined
  readonly now?: (() => number) | undefined
}

/** Enough for cursors that were busy for a moment; who is slower reads by itself. */
const defaultBounds: HubBounds = { events: 2_048, bytes: 4 * 1024 * 1024 }

interface Page {
  readonly events: readonly RecordedEvent[]
  readonly bytes: number
  readonly readAt: number
}

/**
 * The newest part of the log in memory, read once for all cursors that have come as far. It begins at the head that it
 * finds and keeps a bounded number of pages, for a second: what was redacted since is not given from here. It holds
 * everything behind `from`, up to `to`.
 */
export class LogHub {
  /** What lies before it in the log. */
  readonly portions: Portions
  readonly #store: EventStore
  readonly #scope: Scope
  readonly #filter: EventFilter | undefined
  readonly #bounds: HubBounds
  readonly #now: () => number
  readonly #stop = new AbortController()
  readonly #waiting = new Set<HubListener>()
  #pages: Page[] = []
  #events = 0
  #bytes = 0
  #from: number | undefined
  #to = 0
  #starting: Promise<void> | undefined
  #following: Promise<void> | undefined
  #isOver = false

  /** `now` gives milliseconds of the machine's clock. */
  constructor(
    store: EventStore,
    scope: Scope,
    filter: EventFilter | undefined,
    { bounds = defaultBounds, now = () => performance.now() }: HubOptions = {},
  ) {
    this.portions = new Portions(store, now)
    this.#store = store
    this.#scope = scope
    this.#filter = filter
    this.#bounds = bounds
    this.#now = now
  }

  /** Up to here all was in the log before it was asked; 0 before the hub is ready. */
  get to(): number {
    return this.#to
  }

  /** Whether the log has ended: the store is closed. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Resolves when it knows where it begins. */
  ready(): Promise<void> {
    this.#starting ??= this.#begin()
    return this.#starting
  }

  /** Whether it has all that follows a position. */
  covers(position: number): boolean {
    this.#prune()
    return this.#from !== undefined && position >= this.#from
  }

  /** What follows a position that it covers, at most so many pages' worth as it holds. */
  *after(position: number): Generator<RecordedEvent> {
    for (let at = this.#pageBehind(position); at < this.#pages.length; at += 1)
      for (const event of this.#pages[at]?.events ?? []) if (event.position > position) yield event
  }

  /** Tells the listener of the next page, until one has something for it. */
  wait(listener: HubListener): void {
    this.#waiting.add(listener)
    this.#following ??= this.#follow()
  }

  leave(listener: HubListener): void {
    this.#waiting.delete(listener)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#following
  }

  async #begin(): Promise<void> {
    try {
      this.#to = await this.#store.head(this.#scope)
      this.#from = this.#to
    } catch (error) {
      this.#starting = undefined
      throw error
    }
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop
    let fault: { readonly error: unknown } | undefined
    try {
      const filter = this.#filter === undefined ? {} : { filter: this.#filter }
      for await (const page of this.#store.tail(this.#scope, { after: this.#to, signal, ...filter }))
        this.#add(page)
      this.#isOver = true
    } catch (error) {
      // It goes on behind what it has, as soon as somebody waits again.
      fault = { error }
    }
    this.#following = undefined
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const listener of waiting) listener.onEnd(fault)
  }

  #add(events: readonly RecordedEvent[]): void {
    const bytes = events.reduce((sum, { body, leaf }) => sum + body.length + leaf.length, 0)
    this.#pages.push({ events, bytes, readAt: this.#now() })
    this.#events += events.length
    this.#bytes += bytes
    this.#to = lastOf(events)
    while (this.#pages.length > 1 && (this.#events > this.#bounds.events || this.#bytes > this.#bounds.bytes))
      this.#drop()
    this.portions.prune()
    for (const listener of this.#waiting) if (listener.onPage(events)) this.#waiting.delete(listener)
  }

  /** The first page that has anything behind a position; by halves, as there may be a page for each event. */
  #pageBehind(position: number): number {
    let [low, high] = [0, this.#pages.length]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (lastOf(this.#pages[middle]?.events ?? []) > position) high = middle
      else low = middle + 1
    }
    return low
  }

  /** Lets go of what is too old to be given. */
  #prune(): void {
    const oldest = this.#now() - freshFor
    while ((this.#pages[0]?.readAt ?? oldest) < oldest) this.#drop()
  }

  #drop(): void {
    const { events, bytes } = this.#pages.shift() as Page
    this.#events -= events.length
    this.#bytes -= bytes
    this.#from = lastOf(events)
  }
}

const lastOf = (events: readonly RecordedEvent[]): number => events.at(-1)?.position ?? 0
