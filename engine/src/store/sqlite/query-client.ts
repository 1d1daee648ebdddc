import type { Worker } from 'node:worker_threads'
import { KeelsonError } from '../../core/index.ts'
import { fromFailure } from '../append/batch.ts'
import type { QueryOptions, SqlValue } from '../types.ts'
import { asStoreError } from './database.ts'
import type { FlushedLog } from './log-flush.ts'
import type { QueryReply, QueryRequest } from './protocol.ts'
import type { Question } from './query-lanes.ts'
import { QueryLanes } from './query-lanes.ts'
import { startWorker } from './worker-thread.ts'

export interface ClientOptions extends QueryOptions {
  /** Whose question it is: tenants' questions take turns; undefined for the platform's own, which go first. */
  readonly tenantId?: string | undefined
  /** Ends the answer with the row that reaches this many bytes. */
  readonly maxBytes?: number
}

/** The event loop's side of the reader thread, which starts when it is first asked: who only writes goes without it. */
export class QueryClient {
  readonly #path: string
  /** Undefined where what was read may be lost in a power cut. */
  readonly #flushed: FlushedLog | undefined
  readonly #lanes = new QueryLanes()
  readonly #asked = new Map<number, Question>()
  #worker: Worker | undefined
  #nextId = 1
  #closed = false

  constructor(path: string, flushed?: FlushedLog) {
    this.#path = path
    this.#flushed = flushed
  }

  query(sql: string, params: readonly SqlValue[], options: ClientOptions = {}): Promise<SqlValue[][]> {
    const { maxBytes, tenantId, signal } = options
    if (this.#closed) return Promise.reject(new KeelsonError('store_closed'))
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const request = { kind: 'query', sql, params, ...(maxBytes === undefined ? {} : { maxBytes }) } as const
      const question: Question = { request, tenantId, resolve, reject }
      if (!this.#lanes.add(question)) {
        reject(
          new KeelsonError('store_busy', 'Too many searches of this tenant are waiting', {
            retryAfterSeconds: 1,
          }),
        )
        return
      }
      signal?.addEventListener('abort', () => this.#lanes.remove(question) && reject(signal.reason), {
        once: true,
      })
      this.#ask()
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const worker = this.#worker
    if (!worker) return
    const exited = new Promise(resolve => worker.once('exit', resolve))
    while (this.#asked.size > 0 || this.#lanes.size > 0) {
      this.#ask()
      await new Promise(resolve => setImmediate(resolve))
    }
    worker.postMessage('close')
    await exited
    await this.#flushed?.close()
  }

  #start(): Worker {
    const worker = startWorker('reader', { path: this.#path })
    worker.on('message', (reply: QueryReply) => {
      const question = this.#asked.get(reply.id)
      this.#asked.delete(reply.id)
      if (question) this.#lanes.done(question)
      this.#ask()
      if (question) this.#answer(question, reply)
    })
    worker.on('error', error =>
      this.#fail(new KeelsonError('store_failed', 'The reader thread failed', {}, error)),
    )
    worker.on('exit', () => this.#fail(new KeelsonError('store_closed')))
    return worker
  }

  /** As soon as what was read is on disk. */
  #answer(question: Question, { rows = [], mark, failure }: QueryReply): void {
    const flushed = mark && this.#flushed?.wait(mark)
    if (failure) question.reject(fromFailure(failure))
    else if (flushed === undefined) question.resolve(rows)
    else
      flushed.then(
        () => question.resolve(rows),
        error => question.reject(asStoreError(error)),
      )
  }

  #ask(): void {
    for (let question = this.#lanes.next(); question; question = this.#lanes.next()) {
      const id = this.#nextId++
      this.#asked.set(id, question)
      this.#worker ??= this.#start()
      this.#worker.postMessage({ ...question.request, id } satisfies QueryRequest)
    }
  }

  #fail(error: KeelsonError): void {
    this.#closed = true
    for (const question of [...this.#asked.values(), ...this.#lanes.drain()]) question.reject(error)
    this.#asked.clear()
  }
}
