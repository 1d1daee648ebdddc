import type { EventFilter, RecordedEvent, Scope } from '../../store/index.ts'
import type { EventSource, SourceOptions } from '../receiver/event-source.ts'
import type { HubListener, LogHub } from './log-hub.ts'
import type { LogHubs } from './log-hubs.ts'

/**
 * A place in the log. As long as it lies behind what the hub keeps it reads by itself, in portions, the next one as soon
 * as the last event of a portion was taken; then it has from the hub what all have, and picks out what it is about.
 */
export class LogCursor implements EventSource, HubListener {
  readonly #scope: Scope
  readonly #filter: EventFilter | undefined
  readonly #wants: (event: RecordedEvent) => boolean
  readonly #onMore: () => void
  readonly #hub: LogHub
  readonly #release: () => Promise<void>
  #after: number
  /** Where it stands when the portion is used up: there may be nothing of its own up to there. */
  #end: number
  #page: readonly RecordedEvent[] = []
  #used = 0
  /** Whether there was more behind the portion when it was read. */
  #hasMore = false
  #reading: Promise<void> | undefined
  #fault: { readonly error: unknown } | undefined
  #isClosed = false

  constructor(hubs: LogHubs, { scope, partition, after, filter, onMore }: SourceOptions) {
    this.#scope = scope
    this.#filter = filter
    this.#wants = wantsOf(scope, filter)
    this.#onMore = onMore
    this.#after = after
    this.#end = after
    const { hub, release } = hubs.take(partition, filter?.topics)
    this.#hub = hub
    this.#release = release
  }

  get isOver(): boolean {
    return this.#hub.isOver
  }

  take(max: number): readonly RecordedEvent[] {
    if (this.#used === this.#page.length && this.#reading === undefined) this.#takeFromHub(max)
    const taken = this.#page.slice(this.#used, this.#used + max)
    this.#used += taken.length
    const isUp = this.#used === this.#page.length
    this.#after = isUp ? this.#end : (taken.at(-1)?.position ?? this.#after)
    if (isUp && this.#hasMore && !this.#hub.covers(this.#after)) this.#begin()
    if (taken.length > 0) return taken
    const fault = this.#fault
    this.#fault = undefined
    if (fault !== undefined) throw fault.error
    return []
  }

  fetch(): void {
    if (this.#used < this.#page.length || this.#fault !== undefined || this.isOver) this.#onMore()
    else if (this.#reading !== undefined) return
    else if (this.#hub.covers(this.#after)) {
      if (this.#hub.to > this.#after) this.#onMore()
      else this.#hub.wait(this)
    } else this.#begin()
  }

  onPage(page: readonly RecordedEvent[]): boolean {
    // What it has read by itself may be newer than what the hub comes with.
    if (page.some(event => event.position > this.#after && this.#wants(event))) {
      this.#onMore()
      return true
    }
    this.#after = Math.max(this.#after, this.#hub.to)
    this.#end = this.#after
    return false
  }

  onEnd(fault: { readonly error: unknown } | undefined): void {
    this.#fault = fault
    this.#onMore()
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#hub.leave(this)
    await this.#reading
    await this.#release()
  }

  /** Reads the next portion; whoever waits is told when it is there. */
  #begin(): void {
    this.#hasMore = false
    this.#reading ??= this.#read().then(() => {
      this.#reading = undefined
      this.#onMore()
    })
  }

  #takeFromHub(max: number): void {
    if (!this.#hub.covers(this.#after)) return
    const found: RecordedEvent[] = []
    let end = this.#after
    for (const event of this.#hub.after(this.#after)) {
      end = event.position
      if (!this.#wants(event)) continue
      found.push(event)
      if (found.length === max) break
    }
    this.#page = found
    this.#used = 0
    this.#end = end
    this.#hasMore = false
  }

  async #read(): Promise<void> {
    try {
      await this.#hub.ready()
      // What the hub had before is in the database now: where the answer is all there is, nothing is missing up to here.
      const from = { after: this.#after, filter: this.#filter, seen: this.#hub.to }
      const { events, isAll, seen } = await this.#hub.portions.read(this.#scope, from)
      const last = events.at(-1)?.position ?? this.#after
      this.#page = events
      this.#used = 0
      this.#end = isAll ? Math.max(last, seen) : last
      this.#hasMore = !isAll
      if (events.length === 0) this.#after = this.#end
    } catch (error) {
      this.#fault = { error }
    }
  }
}

/** What a cursor is about, of what the hub has; topics were picked out by the store. */
function wantsOf(scope: Scope, filter: EventFilter | undefined): (event: RecordedEvent) => boolean {
  const types = filter?.types === undefined ? undefined : new Set(filter.types)
  const { tenantId } = scope
  return event =>
    (types === undefined || types.has(event.eventType)) &&
    (tenantId === 'every tenant' || event.tenantId === tenantId)
}
