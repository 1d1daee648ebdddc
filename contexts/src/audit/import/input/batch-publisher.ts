import type { EnvelopeInput } from 'keelson'
import { KeelsonError, toKeelsonError } from 'keelson'
import type { EventSink, PublishResult } from '../port.ts'

export interface BatchPublisherOptions<Item> {
  readonly sink: EventSink
  /** Told what became of each event, once that is certain. */
  readonly onSettled: (item: Item, result: PublishResult) => Promise<void> | void
  /** Milliseconds; rejects when the signal aborts. */
  readonly sleep: (delay: number, signal?: AbortSignal) => Promise<void>
  readonly signal?: AbortSignal | undefined
}

const batchLength = 100
const batchSize = 4 * 1024 ** 2
const maxInFlight = 2
const maxAttempts = 10
const firstDelay = 100
const longestDelay = 5000

interface Entry<Item> {
  readonly event: EnvelopeInput
  readonly item: Item
}

/**
 * Publishes events in batches, two at a time. An event that the sink could not take just now is sent again after a
 * delay that doubles; later events may then be stored before it. What fails for good, or ten times, is settled as
 * refused when the event is at fault; when the sink is, `add` or `finish` rejects.
 */
export class BatchPublisher<Item> {
  readonly #options: BatchPublisherOptions<Item>
  #batch: Entry<Item>[] = []
  #size = 0
  readonly #inFlight = new Set<Promise<void>>()
  #failure: { readonly error: unknown } | undefined

  constructor(options: BatchPublisherOptions<Item>) {
    this.#options = options
  }

  /** Resolves when there is room for the next one. `size` is about how many bytes this one takes. */
  async add(event: EnvelopeInput, item: Item, size: number): Promise<void> {
    this.#batch.push({ event, item })
    this.#size += size
    if (this.#batch.length >= batchLength || this.#size >= batchSize) await this.#flush()
  }

  /** Resolves when everything is settled. */
  async finish(): Promise<void> {
    if (this.#batch.length > 0) await this.#flush()
    await this.rest()
    this.#throwFailure()
  }

  /** Resolves when nothing is under way any more, whatever became of it. */
  async rest(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight)
  }

  async #flush(): Promise<void> {
    const batch = this.#batch
    this.#batch = []
    this.#size = 0
    while (this.#inFlight.size >= maxInFlight) await Promise.race(this.#inFlight)
    this.#throwFailure()
    const sending: Promise<void> = this.#send(batch)
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => this.#inFlight.delete(sending))
    this.#inFlight.add(sending)
  }

  /** A failed batch is met at the next step, because no one waits for the batch itself. */
  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  async #send(batch: readonly Entry<Item>[]): Promise<void> {
    const { onSettled, sleep, signal } = this.#options
    let waiting = batch
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted()
      const results = await this.#publish(waiting)
      const again: Entry<Item>[] = []
      for (const [at, entry] of waiting.entries()) {
        const result = results[at] ?? unanswered
        if (!result.ok && isWorthRetrying(result.error, attempt)) again.push(entry)
        else await onSettled(entry.item, result)
      }
      if (again.length === 0) return
      if (attempt >= maxAttempts) throw lastError(results)
      await sleep(Math.min(firstDelay * 2 ** (attempt - 1), longestDelay), signal)
      waiting = again
    }
  }

  async #publish(entries: readonly Entry<Item>[]): Promise<readonly PublishResult[]> {
    try {
      return await this.#options.sink.publish(entries.map(entry => entry.event))
    } catch (error) {
      const result: PublishResult = { ok: false, error: toKeelsonError(error) }
      return entries.map(() => result)
    }
  }
}

const unanswered: PublishResult = {
  ok: false,
  error: new KeelsonError('internal_error', 'The sink gave no result'),
}

/** An internal error that stays is the event's own; a store that stays busy, full or closed concerns all of them. */
function isWorthRetrying(error: KeelsonError, attempt: number): boolean {
  return error.retryable && (error.code !== 'internal_error' || attempt < maxAttempts)
}

function lastError(results: readonly PublishResult[]): KeelsonError {
  const failed = results.findLast(result => !result.ok && isWorthRetrying(result.error, maxAttempts))
  return failed !== undefined && !failed.ok ? failed.error : new KeelsonError('internal_error')
}
