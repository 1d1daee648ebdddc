import { KeelsonError } from '../../core/index.ts'
import type { EventStore, RecordedEvent, Scope } from '../../store/index.ts'
import type { Sender, SendResult } from '../../transport/index.ts'

export interface RelayCounts {
  sent: number
  duplicates: number
  sentAgain: number
}

export interface RelaySenderOptions {
  readonly store: EventStore
  readonly scope: Scope
  readonly batchSize: number
}

/** What a relay has to send, and what of it the broker has lost meanwhile. */
export class RelaySender {
  readonly counts: RelayCounts = { sent: 0, duplicates: 0, sentAgain: 0 }
  readonly #sender: Sender
  readonly #options: RelaySenderOptions
  #isBegun = false

  constructor(sender: Sender, options: RelaySenderOptions) {
    this.#sender = sender
    this.#options = options
  }

  /** Whether it knows what the broker has. */
  get isBegun(): boolean {
    return this.#isBegun
  }

  /** To be asked anew: somebody else may have sent, or an answer was lost. */
  doubt(): void {
    this.#isBegun = false
  }

  /** Asks what the broker has, and sends again what it should have behind `floor` and up to `done`. */
  async begin(floor: number, done: number, signal: AbortSignal): Promise<void> {
    const newest = await this.#sender.begin()
    if (newest !== undefined && newest < done) await this.#sendAgain(Math.max(newest, floor), done, signal)
    this.#isBegun = true
  }

  async send(events: readonly RecordedEvent[], signal: AbortSignal): Promise<readonly SendResult[]> {
    if (events.length === 0) return []
    const results = await this.#sender.send(events, signal)
    for (const result of results)
      if ('duplicate' in result) this.counts[result.duplicate ? 'duplicates' : 'sent'] += 1
    return results
  }

  close(): Promise<void> {
    return this.#sender.close()
  }

  async #sendAgain(after: number, until: number, signal: AbortSignal): Promise<void> {
    const { store, scope, batchSize } = this.#options
    for (let at = after; at < until; ) {
      if (signal.aborted) throw new KeelsonError('subscription_closed')
      const page = await Array.fromAsync(store.readAll(scope, { after: at, limit: batchSize }))
      const own = page.filter(({ position }) => position <= until)
      // What cannot be sent was set aside when it came the first time.
      if (own.length > 0) await this.#sender.send(own.filter(isSendable), signal)
      this.counts.sentAgain += own.length
      at = page.length < batchSize ? until : (own.at(-1)?.position ?? until)
    }
  }
}

/** What has no content here is read from the log by whoever asks for it. */
export const isSendable = ({ bodyState }: RecordedEvent): boolean => bodyState === 'present'
