import type { Worker } from 'node:worker_threads'
import type { RandomFill } from '../../core/index.ts'
import { KeelsonError, pooledRandom } from '../../core/index.ts'
import { blindLength } from '../../proof/index.ts'
import type { PreparedAppend } from '../prepare.ts'
import { commitBodies } from '../prepare.ts'
import type { Receipt, UnitOfWork } from '../types.ts'
import { fromFailure } from './database.ts'
import type {
  AppendBatch,
  AppendReply,
  ReceiptColumns,
  WriterOptions,
  WriterReply,
  WriterRequest,
} from './protocol.ts'
import { startWorker } from './worker-thread.ts'

export interface GroupCommitLimits {
  /** Events and bytes that may wait; beyond them `store_busy` is the answer. */
  readonly maxWaitingEvents: number
  readonly maxWaitingBytes: number
}

/** Events in a message to the writer: large enough to share an fsync, small enough that two are soon in flight. */
const maxBatchEvents = 500
const maxBatchBytes = 1024 * 1024
/** Two, so that the next batch is sealed here while the writer writes the last one. */
const maxInFlight = 2

interface WaitingAppend {
  readonly append: PreparedAppend
  resolve(receipts: readonly Receipt[]): void
  reject(error: unknown): void
}

interface WaitingCommit {
  resolve(): void
  reject(error: unknown): void
}

/** The event loop's side of the writer thread: gathers appends into batches, keeps two of them in flight. */
export class GroupCommit {
  readonly #worker: Worker
  readonly #limits: GroupCommitLimits
  readonly #fill: RandomFill
  readonly #onHead: (head: number) => void
  readonly #opened: Promise<number>
  readonly #inFlight = new Map<number, readonly WaitingAppend[]>()
  readonly #commits = new Map<number, WaitingCommit>()
  #queue: WaitingAppend[] = []
  #waitingEvents = 0
  #waitingBytes = 0
  #nextId = 1
  #isFlushScheduled = false
  #failure: KeelsonError | undefined
  #closing: Promise<void> | undefined

  constructor(options: WriterOptions, limits: GroupCommitLimits, onHead: (head: number) => void) {
    this.#limits = limits
    this.#onHead = onHead
    this.#fill = pooledRandom()
    this.#worker = startWorker('writer', options)
    this.#opened = new Promise((resolve, reject) => {
      this.#worker.on('message', (reply: WriterReply) => {
        if (reply.kind !== 'opened') this.#onReply(reply)
        else if (reply.failure) reject(fromFailure(reply.failure))
        else resolve(reply.head)
      })
      this.#worker.on('error', error => {
        this.#fail(new KeelsonError('store_failed', 'The writer thread failed', {}, error))
        reject(this.#failure)
      })
      this.#worker.on('exit', () => this.#fail(new KeelsonError('store_closed')))
    })
  }

  /** Resolves with the newest position once the database is open. */
  get opened(): Promise<number> {
    return this.#opened
  }

  /** Events that wait for the disk. */
  get backlog(): number {
    return this.#waitingEvents
  }

  append(append: PreparedAppend): Promise<readonly Receipt[]> {
    if (this.#failure ?? this.#closing)
      return Promise.reject(this.#failure ?? new KeelsonError('store_closed'))
    // A single large append is taken when nothing waits, else it could never be.
    const isFull =
      this.#waitingEvents > 0 &&
      (this.#waitingEvents + append.eventCount > this.#limits.maxWaitingEvents ||
        this.#waitingBytes + append.bytes > this.#limits.maxWaitingBytes)
    if (isFull) return Promise.reject(new KeelsonError('store_busy', undefined, { retryAfterSeconds: 1 }))
    this.#waitingEvents += append.eventCount
    this.#waitingBytes += append.bytes
    return new Promise((resolve, reject) => {
      this.#queue.push({ append, resolve, reject })
      this.#schedule()
    })
  }

  commit(unit: UnitOfWork): Promise<void> {
    if (this.#failure ?? this.#closing)
      return Promise.reject(this.#failure ?? new KeelsonError('store_closed'))
    return this.#request(id => ({ kind: 'commit', id, unit }))
  }

  /** Writes what was taken, then closes the database. */
  close(): Promise<void> {
    this.#closing ??= this.#drain()
    return this.#closing
  }

  async #drain(): Promise<void> {
    await this.#opened.catch(() => undefined)
    while (!this.#failure && (this.#queue.length > 0 || this.#inFlight.size > 0)) {
      this.#flush()
      await new Promise(resolve => setImmediate(resolve))
    }
    if (this.#failure) return
    const exited = new Promise(resolve => this.#worker.once('exit', resolve))
    await this.#request(id => ({ kind: 'close', id }))
    await exited
  }

  #request(make: (id: number) => WriterRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      this.#commits.set(id, { resolve, reject })
      this.#worker.postMessage(make(id))
    })
  }

  /** Flushes when the running turn is over, so that all of its appends share a batch. */
  #schedule(): void {
    if (this.#isFlushScheduled || this.#inFlight.size >= maxInFlight) return
    this.#isFlushScheduled = true
    setImmediate(() => {
      this.#isFlushScheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    while (this.#queue.length > 0 && this.#inFlight.size < maxInFlight && !this.#failure) {
      let events = 0
      let bytes = 0
      let count = 0
      for (const { append } of this.#queue) {
        if (
          count > 0 &&
          (events + append.eventCount > maxBatchEvents || bytes + append.bytes > maxBatchBytes)
        )
          break
        events += append.eventCount
        bytes += append.bytes
        count += 1
      }
      const taken = this.#queue.splice(0, count)
      const id = this.#nextId++
      this.#inFlight.set(id, taken)
      this.#worker.postMessage(this.#toBatch(id, taken, events))
    }
  }

  #toBatch(id: number, taken: readonly WaitingAppend[], events: number): AppendBatch {
    const blinds = new Uint8Array(events * blindLength)
    for (let at = 0; at < blinds.length; at += 4096) this.#fill(blinds.subarray(at, at + 4096))
    const batch: AppendBatch = {
      kind: 'append',
      id,
      tenants: [],
      keys: [],
      writeCounts: [],
      streams: [],
      expected: [],
      eventCounts: [],
      ids: [],
      types: [],
      bodies: [],
      commitments: [],
      filled: [],
      blinds,
    }
    for (const { append } of taken) {
      batch.tenants.push(append.tenantId)
      batch.keys.push(append.idempotencyKey ?? null)
      batch.writeCounts.push(append.writes.length)
      for (const write of append.writes) {
        batch.streams.push(write.stream)
        batch.expected.push(write.expected)
        batch.eventCounts.push(write.events.length)
        for (const event of write.events) {
          batch.ids.push(event.id)
          batch.types.push(event.type)
          batch.bodies.push(event.body)
          batch.filled.push(event.filled)
        }
      }
    }
    batch.commitments.push(...commitBodies(batch.bodies, blinds))
    return batch
  }

  #onReply(reply: Exclude<WriterReply, { kind: 'opened' }>): void {
    if (reply.kind === 'done') {
      const commit = this.#commits.get(reply.id)
      this.#commits.delete(reply.id)
      if (reply.failure) commit?.reject(fromFailure(reply.failure))
      else commit?.resolve()
      return
    }
    this.#settle(reply)
    this.#schedule()
    this.#onHead(reply.head)
  }

  #settle(reply: AppendReply): void {
    const taken = this.#inFlight.get(reply.id) ?? []
    const timeText = createTimeText()
    this.#inFlight.delete(reply.id)
    let at = 0
    for (const [index, { append, resolve, reject }] of taken.entries()) {
      this.#waitingEvents -= append.eventCount
      this.#waitingBytes -= append.bytes
      const failure = reply.failures[index]
      if (failure) reject(fromFailure(failure))
      else {
        resolve(toReceipts(append, reply.receipts, at, timeText))
        at += append.eventCount
      }
    }
  }

  #fail(error: KeelsonError): void {
    this.#failure ??= error
    for (const waiting of [...this.#inFlight.values()].flat()) waiting.reject(this.#failure)
    for (const waiting of this.#queue) waiting.reject(this.#failure)
    for (const commit of this.#commits.values()) commit.reject(this.#failure)
    this.#inFlight.clear()
    this.#queue = []
    this.#commits.clear()
  }
}

/** Events of a batch share their time, so that its text is made once. */
function createTimeText(): (time: number) => string {
  let last = Number.NaN
  let text = ''
  return time => {
    if (time !== last) {
      last = time
      text = new Date(time).toISOString()
    }
    return text
  }
}

function toReceipts(
  append: PreparedAppend,
  columns: ReceiptColumns,
  start: number,
  timeText: (time: number) => string,
): Receipt[] {
  const receipts: Receipt[] = []
  let at = start
  for (const write of append.writes) {
    for (const event of write.events) {
      const storedId = columns.ids[at] ?? null
      receipts.push({
        eventId: storedId ?? event.id,
        position: columns.positions[at] as number,
        sequence: columns.sequences[at] as number,
        stream: columns.streams[at] ?? write.stream,
        version: columns.versions[at] as number,
        recordedAt: timeText(columns.times[at] as number),
        leafHash: columns.hashes[at] as string,
        previousHash: columns.previous[at] as string,
        duplicate: storedId !== null,
      })
      at += 1
    }
  }
  return receipts
}
