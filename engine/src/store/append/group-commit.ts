import type { RandomFill } from '../../core/index.ts'
import { KeelsonError, pooledRandom } from '../../core/index.ts'
import type { Receipt } from '../types.ts'
import type { QueueLimits, WaitingAppend } from './append-queue.ts'
import { AppendQueue } from './append-queue.ts'
import type { AppendBatch, AppendOutcome } from './batch.ts'
import { answers, toBatch } from './batch.ts'
import { HeadStart } from './head-start.ts'
import type { PreparedAppend } from './prepare.ts'
import { wipeKeys, wipeSecrets } from './seal-secrets.ts'

export interface GroupCommitOptions extends Partial<QueueLimits> {
  /** Events and bytes of a batch: enough to share an fsync, few enough that the first one is answered soon. */
  readonly maxBatchEvents?: number
  readonly maxBatchBytes?: number
  /** Batches on their way at a time; with two, one is sealed here while the other is written. */
  readonly maxInFlight?: number
}

export const groupCommitDefaults = {
  maxWaitingEvents: 40_000,
  maxWaitingBytes: 96 * 1024 * 1024,
  maxBatchEvents: 500,
  maxBatchBytes: 1024 * 1024,
  maxInFlight: 2,
} as const

/** Writes a batch durably; its appends are answered with what it resolves to, or all fail with what it rejects with. */
export type WriteBatch = (batch: AppendBatch) => Promise<AppendOutcome>

/**
 * Gathers appends into batches that share a transaction and an fsync. What waits is bounded: beyond the bounds the
 * answer is `store_busy`, at once.
 */
export class GroupCommit {
  readonly #write: WriteBatch
  readonly #options: Required<GroupCommitOptions>
  readonly #queue: AppendQueue
  readonly #fill: RandomFill = pooledRandom()
  readonly #onHead: (head: number) => void
  readonly #headStart = new HeadStart()
  #inFlight = 0
  #isFlushScheduled = false
  #isClosed = false
  #idle: (() => void)[] = []

  constructor(write: WriteBatch, options: GroupCommitOptions, onHead: (head: number) => void) {
    this.#write = write
    this.#options = { ...groupCommitDefaults, ...options }
    this.#queue = new AppendQueue(this.#options)
    this.#onHead = onHead
  }

  /** Events that wait for the disk. */
  get backlog(): number {
    return this.#queue.events
  }

  append(append: PreparedAppend): Promise<readonly Receipt[]> {
    if (this.#isClosed) return this.#refuse(append, new KeelsonError('store_closed'))
    return new Promise((resolve, reject) => {
      if (this.#queue.add({ append, resolve, reject })) this.#came(append)
      else resolve(this.#refuse(append, new KeelsonError('store_busy', undefined, { retryAfterSeconds: 1 })))
    })
  }

  #refuse(append: PreparedAppend, error: KeelsonError): Promise<never> {
    wipeSecrets([append])
    return Promise.reject(error)
  }

  /** Takes no more appends, and resolves when those taken are answered. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#flush()
    if (this.#inFlight === 0) return
    await new Promise<void>(resolve => this.#idle.push(resolve))
  }

  #came({ eventCount }: PreparedAppend): void {
    this.#headStart.came(eventCount)
    if (this.#inFlight === 0 && this.#headStart.isDue(this.#queue.events)) this.#flush()
    this.#schedule()
  }

  /** Flushes when the running turn is over, so that its appends share a batch. */
  #schedule(): void {
    if (this.#isFlushScheduled || this.#inFlight >= this.#options.maxInFlight) return
    this.#isFlushScheduled = true
    setImmediate(() => {
      this.#isFlushScheduled = false
      this.#headStart.endTurn(this.#queue.events)
      this.#flush()
    })
  }

  #flush(): void {
    while (!this.#queue.isEmpty && this.#inFlight < this.#options.maxInFlight) {
      const taken = this.#queue.take(this.#options.maxBatchEvents, this.#options.maxBatchBytes)
      this.#inFlight += 1
      void this.#send(taken)
    }
  }

  async #send(taken: readonly WaitingAppend[]): Promise<void> {
    const appends = taken.map(({ append }) => append)
    let batch: AppendBatch | undefined
    try {
      batch = toBatch(appends, this.#fill)
      const outcome = await this.#write(batch)
      if (outcome.commitMs !== undefined) this.#headStart.committed(outcome.commitMs)
      this.#settle(taken, answers(appends, outcome))
      this.#onHead(outcome.head)
    } catch (error) {
      this.#settle(taken, [], error)
    } finally {
      if (batch) wipeKeys(batch)
      wipeSecrets(appends)
    }
  }

  #settle(
    taken: readonly WaitingAppend[],
    results: readonly (readonly Receipt[] | KeelsonError)[],
    failure?: unknown,
  ): void {
    this.#inFlight -= 1
    for (const [index, { append, resolve, reject }] of taken.entries()) {
      this.#queue.release(append)
      const result = results[index]
      if (result === undefined || result instanceof KeelsonError) reject(result ?? failure)
      else resolve(result)
    }
    if (!this.#queue.isEmpty) {
      if (this.#isClosed) this.#flush()
      else this.#schedule()
    }
    if (this.#inFlight === 0 && this.#queue.isEmpty) for (const wake of this.#idle.splice(0)) wake()
  }
}
