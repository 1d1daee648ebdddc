import { KeelsonError } from '../../../core/index.ts'
import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import type { SourceOptions } from '../../receiver/event-source.ts'
import type { NatsClient, NatsLink } from '../connection/nats-link.ts'
import type { ReadMessage } from '../message/wire-event.ts'
import { placeOfMessage, readMessage } from '../message/wire-event.ts'
import type { StreamMark } from '../stream/stream-access.ts'
import { findMessage, findStream, newestDeleted } from '../stream/stream-access.ts'
import type { StreamSettings } from '../stream/stream-options.ts'
import { streamName, subjectRoot } from '../stream/stream-options.ts'
import { EventSieve } from './event-sieve.ts'
import { findPlace } from './stream-place.ts'
import type { StreamMessage } from './stream-reader.ts'
import { StreamReader } from './stream-reader.ts'
import { filterSubjects } from './subject-filter.ts'

/** What has come, all of it behind `position` before; where there is a gap the log is to be read up to it. */
export interface FollowStep {
  readonly events: readonly RecordedEvent[]
  readonly position: number
  readonly gap?: number | undefined
}

export interface FollowOptions {
  readonly link: NatsLink
  readonly settings: StreamSettings
  /** Whose events they are. */
  readonly mark: StreamMark
}

interface StreamPoint {
  readonly sequence: number
  readonly run: string | undefined
}

interface Open {
  readonly client: NatsClient
  readonly reader: StreamReader
  /** Whether the broker leaves out what the filter does not match. */
  readonly isFiltered: boolean
  readonly forget: () => void
}

/** Follows the stream of a partition, and notices where it has a gap. */
export class StreamFollower {
  readonly #store: EventStore
  readonly #source: SourceOptions
  readonly #options: FollowOptions
  readonly #stream: string
  readonly #root: string
  readonly #sieve: EventSieve
  #open: Open | undefined
  /** Messages that wait for a gap before them to be read. */
  #held: StreamMessage[] = []
  /** The newest message that was looked at. */
  #at: StreamPoint = { sequence: 0, run: undefined }
  /** The newest message of the stream, when the log is read up to it. */
  #ahead: (StreamPoint & { readonly position: number }) | undefined
  /** Everything up to here was given or is not wanted. */
  #position: number
  /** The newest gap of a stream that began at `first` and had so many. */
  #deleted: { readonly first: number; readonly count: number; readonly newest: number } | undefined

  constructor(store: EventStore, source: SourceOptions, options: FollowOptions) {
    this.#store = store
    this.#source = source
    this.#options = options
    this.#position = source.after
    this.#stream = streamName(options.settings, source.partition)
    this.#root = subjectRoot(options.settings, source.partition)
    this.#sieve = new EventSieve(store, source.scope, source.filter)
  }

  get position(): number {
    return this.#position
  }

  /** Whether there is more on its way: who is only catching up has no gap. */
  get isCatchingUp(): boolean {
    return this.#open !== undefined && this.#open.reader.pending > 0
  }

  /** The log was read up to here. */
  passed(position: number): void {
    this.#position = Math.max(this.#position, position)
    if (this.#ahead === undefined || this.#position < this.#ahead.position) return
    this.#at = this.#ahead
    this.#ahead = undefined
  }

  /** Nothing where the signal aborts. @throws KeelsonError as the broker fails; the next call begins anew. */
  async next(signal: AbortSignal): Promise<FollowStep> {
    try {
      if (this.#open === undefined) {
        const gap = await this.#join()
        if (gap !== undefined) return { events: [], position: this.#position, gap }
      }
      if (this.#held.length === 0) this.#held = [...((await this.#open?.reader.next(signal)) ?? [])]
      return await this.#sift()
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /**
   * Up to where the log is to be read so that nothing up to a position is missing; undefined where the stream has brought
   * all of it: it has come past the position within the run of the newest message here, and nothing has gone from it.
   */
  async missing(position: number): Promise<number | undefined> {
    if (this.#open?.isFiltered !== true) return position
    try {
      const query = { last_by_subj: `${this.#root}.>` }
      const message = await findMessage(this.#open.client.manager, this.#stream, query)
      const place = message && placeOfMessage({ headers: message.header })
      if (message === undefined || place === undefined || place.position < position) return position
      if (place.run === this.#at.run && (await this.#isUntouched())) return undefined
      this.#ahead = { sequence: message.seq, ...place }
      return place.position
    } catch {
      return position
    }
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    this.#ahead = undefined
    this.#deleted = undefined
    this.#held = []
    open?.forget()
    await open?.reader.close()
  }

  /** Makes a reader; where the stream does not reach back so far, says up to where not. */
  async #join(): Promise<number | undefined> {
    const { link, settings, mark } = this.#options
    const { scope, filter, partition } = this.#source
    const client = await link.open()
    const { from, gap, run } = await findPlace(client, { settings, partition, mark }, this.#position)
    if (gap !== undefined) return gap
    const subjects = filterSubjects(this.#root, scope, filter ?? {}, client.version)
    const reader = await StreamReader.open(client, { stream: this.#stream, from, subjects })
    const forget = link.onChange(() => {
      if (!link.status().isConnected) reader.end(lost())
    })
    this.#at = { sequence: from - 1, run }
    this.#open = { client, reader, isFiltered: subjects !== undefined, forget }
    return undefined
  }

  /** Takes the messages that are at hand, up to a gap. */
  async #sift(): Promise<FollowStep> {
    const events: RecordedEvent[] = []
    const isWhole = this.#isGapless(this.#held) || (await this.#isUntouched())
    const reads = await this.#readHeld()
    for (const [index, { sequence }] of this.#held.entries()) {
      const read = reads[index]
      if (read === undefined) continue
      const { position } = read.event
      if (position > this.#position) {
        if (!this.#follows(read, isWhole)) {
          this.#held = this.#held.slice(index)
          return { events, position: this.#position, gap: position - 1 }
        }
        if (await this.#wants(read)) events.push(read.event)
        this.#position = position
      }
      // Where the log was read up to a newer one, this is one of those that were on their way.
      if (sequence > this.#at.sequence) this.#at = { sequence, run: read.run }
    }
    this.#held = []
    return { events, position: this.#position }
  }

  /** What is held, with sealed fields opened: filters look at them too. */
  async #readHeld(): Promise<readonly (ReadMessage | undefined)[]> {
    const reads = this.#held.map(({ message }) => readMessage(this.#root, message))
    if (reads.every(read => read === undefined || read.event.secrets === '')) return reads
    const events = await this.#store.reveal(reads.flatMap(read => (read ? [read.event] : [])))
    const byPosition = new Map(events.map(event => [event.position, event]))
    return reads.map(read => read && { ...read, event: byPosition.get(read.event.position) ?? read.event })
  }

  async #wants(read: ReadMessage): Promise<boolean> {
    const wants = this.#sieve.wants(read)
    return typeof wants === 'boolean' ? wants : await wants
  }

  /** Whether nothing of the log can be between this one and the last. */
  #follows({ event, run }: ReadMessage, isWhole: boolean): boolean {
    if (event.position === this.#position + 1) return true
    // Of one run all are there, so what did not come is what the broker leaves out by its filter.
    return isWhole && this.#open?.isFiltered === true && run === this.#at.run
  }

  #isGapless(messages: readonly StreamMessage[]): boolean {
    const { sequence } = this.#at
    const last = messages.at(-1)
    if (last === undefined || this.#open?.isFiltered !== true) return true
    // Where the log was read up to here some may come that were on their way.
    const behind = messages.filter(message => message.sequence > sequence)
    return behind.length === 0 || last.sequence - sequence === behind.length
  }

  /** Whether no message behind the last one has gone from the stream. */
  async #isUntouched(): Promise<boolean> {
    if (this.#open === undefined) return false
    const { manager } = this.#open.client
    const info = await findStream(manager, this.#stream)
    if (info === undefined) return false
    const { first_seq: first, num_deleted: deleted = 0 } = info.state
    if (first > this.#at.sequence + 1) return false
    return deleted === 0 || (await this.#newestDeleted(manager, first, deleted)) <= this.#at.sequence
  }

  /** Where a stream begins as it did and has as many gaps, they are the same ones. */
  async #newestDeleted(manager: NatsClient['manager'], first: number, count: number): Promise<number> {
    const known = this.#deleted
    if (known?.first === first && known.count === count) return known.newest
    const newest = await newestDeleted(manager, this.#stream)
    this.#deleted = { first, count, newest }
    return newest
  }
}

const lost = () => new KeelsonError('transport_unreachable', 'The connection to the broker is lost')
