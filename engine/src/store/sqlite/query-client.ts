import type { Worker } from 'node:worker_threads'
import { KeelsonError } from '../../core/index.ts'
import type { SqlValue } from '../types.ts'
import { fromFailure } from './database.ts'
import type { QueryReply, QueryRequest } from './protocol.ts'
import { startWorker } from './worker-thread.ts'

interface Waiting {
  resolve(rows: SqlValue[][]): void
  reject(error: unknown): void
}

/** The event loop's side of the reader thread. */
export class QueryClient {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 1
  #closed = false

  constructor(path: string) {
    this.#worker = startWorker('reader', { path })
    this.#worker.on('message', (reply: QueryReply) => {
      const waiting = this.#waiting.get(reply.id)
      this.#waiting.delete(reply.id)
      if (reply.failure) waiting?.reject(fromFailure(reply.failure))
      else waiting?.resolve(reply.rows ?? [])
    })
    this.#worker.on('error', error =>
      this.#fail(new KeelsonError('store_failed', 'The reader thread failed', {}, error)),
    )
    this.#worker.on('exit', () => this.#fail(new KeelsonError('store_closed')))
  }

  query(sql: string, params: readonly SqlValue[], maxBytes?: number): Promise<SqlValue[][]> {
    if (this.#closed) return Promise.reject(new KeelsonError('store_closed'))
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({
        kind: 'query',
        id,
        sql,
        params,
        ...(maxBytes === undefined ? {} : { maxBytes }),
      } satisfies QueryRequest)
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const exited = new Promise(resolve => this.#worker.once('exit', resolve))
    this.#worker.postMessage('close')
    await exited
  }

  #fail(error: KeelsonError): void {
    this.#closed = true
    for (const waiting of this.#waiting.values()) waiting.reject(error)
    this.#waiting.clear()
  }
}
