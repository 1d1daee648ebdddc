import { KeelsonError } from '../../../core/index.ts'
import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import type { Alarm } from '../../alarm.ts'
import { systemAlarm } from '../../alarm.ts'
import type { EventSource, SourceOptions } from '../../receiver/event-source.ts'
import type { NatsLink } from '../connection/nats-link.ts'
import type { StreamMark } from '../stream/stream-access.ts'
import type { StreamSettings } from '../stream/stream-options.ts'
import { LogGap } from './log-gap.ts'
import type { SourceCounts } from './source-counts.ts'
import { StreamFollower } from './stream-follower.ts'

/** Milliseconds of the machine's clock before a broker is asked again that was away. */
const pause = 500

export interface NatsSourceOptions {
  readonly link: NatsLink
  readonly settings: StreamSettings
  /** Whose events they are. */
  readonly mark: StreamMark
  readonly alarm: Alarm
  /** Milliseconds between looks whether the stream is behind the log. */
  readonly lookEvery: number
  readonly counts: SourceCounts
}

/**
 * The events of a partition as its stream brings them; what the stream does not have, be it gone, too large or not there
 * yet because nobody sends, comes from the log. So it gives what the log would give, whatever becomes of the broker.
 */
export class NatsSource implements EventSource {
  readonly #store: EventStore
  readonly #source: SourceOptions
  readonly #options: NatsSourceOptions
  readonly #stop = new AbortController()
  readonly #follower: StreamFollower
  readonly #gap: LogGap
  #reading: Promise<void> | undefined
  #page: readonly RecordedEvent[] = []
  #used = 0
  #fault: { readonly error: unknown } | undefined
  #isOver = false
  /** The log's newest position when it was last looked at. */
  #seenHead = 0
  /** Where the stream had come to then. */
  #seenPosition = -1
  #lookedAt: number
  /** Aborts when it is time to look at the log. */
  #turn: AbortSignal | undefined

  constructor(store: EventStore, source: SourceOptions, options: NatsSourceOptions) {
    this.#store = store
    this.#source = source
    this.#options = options
    this.#lookedAt = options.alarm.now()
    this.#gap = new LogGap(store, source)
    this.#follower = new StreamFollower(store, source, options)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  take(max: number): readonly RecordedEvent[] {
    const taken = this.#page.slice(this.#used, this.#used + max)
    this.#used += taken.length
    if (taken.length > 0) return taken
    const fault = this.#fault
    this.#fault = undefined
    if (fault !== undefined) throw fault.error
    return []
  }

  fetch(): void {
    if (this.#used < this.#page.length || this.#fault !== undefined || this.#isOver) this.#source.onMore()
    else
      this.#reading ??= this.#read().then(() => {
        this.#reading = undefined
        this.#source.onMore()
      })
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#reading
    await this.#follower.close()
  }

  async #read(): Promise<void> {
    try {
      this.#page = []
      this.#used = 0
      while (this.#page.length === 0 && !this.#stop.signal.aborted) this.#page = await this.#nextPage()
    } catch (error) {
      if (error instanceof KeelsonError && error.code === 'store_closed') this.#isOver = true
      else this.#fault = { error }
    }
  }

  async #nextPage(): Promise<readonly RecordedEvent[]> {
    const { counts } = this.#options
    if (this.#gap.until !== undefined) {
      const page = await this.#gap.read()
      this.#follower.passed(this.#gap.position)
      counts.fromLog += page.length
      return page
    }
    const look = await this.#follow()
    if (look.gap !== undefined) this.#gap.open(look.position, look.gap)
    counts.fromStream += look.events.length
    return look.events
  }

  /** What the stream brings until it is time to look at the log. */
  async #follow(): Promise<{ events: readonly RecordedEvent[]; position: number; gap?: number | undefined }> {
    const turn = this.#turnOf()
    try {
      const step = await this.#follower.next(turn)
      if (step.events.length > 0 || step.gap !== undefined || !turn.aborted) return step
    } catch (error) {
      if (!(error instanceof KeelsonError && error.code === 'transport_unreachable')) throw error
      await systemAlarm.wait(pause, turn)
      if (!turn.aborted) return { events: [], position: this.#follower.position }
    }
    return this.#stop.signal.aborted ? { events: [], position: this.#follower.position } : this.#look()
  }

  /** The same for all pages up to the next look: a timer of its own for each would cost more than the page. */
  #turnOf(): AbortSignal {
    if (this.#turn?.aborted !== false) {
      const { alarm, lookEvery } = this.#options
      const over = new AbortController()
      this.#turn = AbortSignal.any([this.#stop.signal, over.signal])
      const left = Math.max(0, this.#lookedAt + lookEvery - alarm.now())
      void alarm.wait(left, this.#stop.signal).then(() => over.abort('it is time to look'))
    }
    return this.#turn
  }

  /** Whether the log has had something for a while that the stream did not bring. */
  async #look(): Promise<{ events: readonly RecordedEvent[]; position: number; gap?: number | undefined }> {
    this.#lookedAt = this.#options.alarm.now()
    const { position, isCatchingUp } = this.#follower
    const before = this.#seenHead
    // What the broker had still to deliver may have gone from the stream: then nothing comes.
    const isMoving = isCatchingUp && position !== this.#seenPosition
    this.#seenPosition = position
    this.#seenHead = await this.#store.head(this.#source.scope)
    if (before <= position || isMoving) return { events: [], position }
    return { events: [], position, gap: await this.#follower.missing(before) }
  }
}
