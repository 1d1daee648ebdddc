import type { Worker } from 'node:worker_threads'
import { KeelsonError } from '../../core/index.ts'
import type { AppendBatch, AppendOutcome } from '../append/batch.ts'
import { fromFailure } from '../append/batch.ts'
import type { FlushedLog } from './log-flush.ts'
import type { Done, WriterOptions, WriterReply, WriterRequest, WriterUnit } from './protocol.ts'
import { startWorker } from './worker-thread.ts'

interface Waiting {
  resolve(reply: Done): void
  reject(error: unknown): void
}

/** The event loop's side of the writer thread. */
export class WriterClient {
  readonly #worker: Worker
  readonly #opened: Promise<number>
  readonly #waiting = new Map<number, Waiting>()
  readonly #flushed: FlushedLog
  #nextId = 1
  #failure: KeelsonError | undefined
  #closing: Promise<void> | undefined

  constructor(options: WriterOptions, flushed: FlushedLog) {
    this.#flushed = flushed
    this.#worker = startWorker('writer', options)
    this.#opened = new Promise((resolve, reject) => {
      this.#worker.on('message', (reply: WriterReply) => {
        if (reply.kind === 'done') this.#onDone(reply)
        else if (reply.failure) reject(fromFailure(reply.failure))
        else {
          if (reply.writer !== undefined) this.#flushed.begin(reply.writer)
          resolve(reply.head)
        }
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

  async append(batch: AppendBatch): Promise<AppendOutcome> {
    const { outcome, commitMs } = await this.#request(id => ({ kind: 'append', id, batch }))
    return { ...(outcome as AppendOutcome), ...(commitMs === undefined ? {} : { commitMs }) }
  }

  /** Undefined where the unit appends nothing. */
  async commit(unit: WriterUnit): Promise<AppendOutcome | undefined> {
    return (await this.#request(id => ({ kind: 'commit', id, unit }))).outcome
  }

  async define(statements: readonly string[]): Promise<void> {
    await this.#request(id => ({ kind: 'define', id, statements }))
  }

  /** One step of the deletion. */
  async delete(tenantId: string): Promise<NonNullable<Done['deleted']>> {
    const { deleted } = await this.#request(id => ({ kind: 'delete', id, tenantId }))
    return deleted as NonNullable<Done['deleted']>
  }

  /** Rewrites the file without what was deleted. */
  async purge(): Promise<void> {
    await this.#request(id => ({ kind: 'purge', id }))
  }

  /** Ends after what was asked before, and closes the database. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    await this.#opened.catch(() => undefined)
    if (this.#failure) return
    const exited = new Promise(resolve => this.#worker.once('exit', resolve))
    await this.#send(id => ({ kind: 'close', id }))
    await exited
  }

  #request(make: (id: number) => WriterRequest): Promise<Done> {
    return this.#closing ? Promise.reject(new KeelsonError('store_closed')) : this.#send(make)
  }

  #send(make: (id: number) => WriterRequest): Promise<Done> {
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage(make(id))
    })
  }

  #onDone(reply: Done): void {
    if (reply.flushed !== undefined) this.#flushed.advance(reply.flushed)
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (reply.failure && reply.isBroken) this.#flushed.fail(fromFailure(reply.failure))
    if (reply.failure) waiting?.reject(fromFailure(reply.failure))
    else waiting?.resolve(reply)
  }

  #fail(error: KeelsonError): void {
    this.#failure ??= error
    this.#flushed.fail(this.#failure)
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure)
    this.#waiting.clear()
  }
}
