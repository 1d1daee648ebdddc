import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { MessagePort } from 'node:worker_threads'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { KeelsonError, systemClock } from '../../core/index.ts'
import type { UnitOfWork } from '../types.ts'
import { Appender } from './appender.ts'
import { openForWriting, toFailure } from './database.ts'
import type { AppendReply, WriterOptions, WriterReply, WriterRequest } from './protocol.ts'
import { emptyReceipts } from './protocol.ts'

/** Requests that may share a transaction: enough to share an fsync, few enough to answer the first one soon. */
const maxGroup = 8

/**
 * The only thread of this process that writes to the database. It takes what waits at its port into one
 * transaction, and answers when that is on disk.
 */
class Writer {
  readonly #port: MessagePort
  readonly #database: DatabaseSync
  readonly #appender: Appender
  readonly #statements = new Map<string, StatementSync>()
  readonly #dataVersion: StatementSync
  #lastDataVersion = -1

  constructor(port: MessagePort, options: WriterOptions) {
    this.#port = port
    this.#database = openForWriting(options)
    this.#appender = new Appender(this.#database, systemClock)
    this.#dataVersion = this.#database.prepare('PRAGMA data_version')
    this.#post({ kind: 'opened', head: this.#appender.head })
    port.on('message', (request: WriterRequest) => this.#work(request))
  }

  #work(first: WriterRequest): void {
    const group = [first]
    while (group.length < maxGroup) {
      const next = receiveMessageOnPort(this.#port) as { message: WriterRequest } | undefined
      if (!next) break
      group.push(next.message)
    }
    const work = group.filter(request => request.kind !== 'close')
    if (work.length > 0) this.#transaction(work)
    const close = group.find(request => request.kind === 'close')
    if (close) this.#close(close.id)
  }

  #transaction(group: readonly Exclude<WriterRequest, { kind: 'close' }>[]): void {
    let replies: WriterReply[]
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      this.#noticeOthers()
      replies = group.map(request =>
        request.kind === 'append' ? this.#append(request) : this.#commit(request.id, request.unit),
      )
      this.#appender.finish()
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#rollBack()
      const failure = toFailure(error)
      replies = group.map(request =>
        request.kind === 'append'
          ? { ...emptyReply(request.id, this.#headOrZero()), failures: request.tenants.map(() => failure) }
          : { kind: 'done', id: request.id, failure },
      )
    }
    for (const reply of replies) this.#post(reply)
  }

  #append(batch: Extract<WriterRequest, { kind: 'append' }>): AppendReply {
    const { failures, receipts } = this.#appender.append(batch)
    return { kind: 'append', id: batch.id, failures, receipts, head: this.#appender.head }
  }

  /** A unit of work stands in a savepoint: if it fails, the appends beside it do not. */
  #commit(id: number, unit: UnitOfWork): WriterReply {
    this.#database.exec('SAVEPOINT unit')
    try {
      if (unit.checkpoint) this.#moveCheckpoint(unit.checkpoint)
      for (const { sql, params } of unit.statements) this.#statement(sql).run(...params)
      this.#database.exec('RELEASE unit')
      return { kind: 'done', id }
    } catch (error) {
      // A full disk may have ended the whole transaction already; then everything fails, for that reason.
      if (!this.#database.isTransaction) throw error
      this.#database.exec('ROLLBACK TO unit')
      this.#database.exec('RELEASE unit')
      return { kind: 'done', id, failure: toFailure(error) }
    }
  }

  #moveCheckpoint({ name, from, to }: NonNullable<UnitOfWork['checkpoint']>): void {
    const moved =
      from === 0
        ? this.#statement(
            'INSERT INTO checkpoint (name, position) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET position = ?2 WHERE position = 0',
          ).run(name, to)
        : this.#statement('UPDATE checkpoint SET position = ?2 WHERE name = ?1 AND position = ?3').run(
            name,
            to,
            from,
          )
    if (Number(moved.changes) === 1) return
    throw new KeelsonError('checkpoint_conflict', `The checkpoint "${name}" does not stand at ${from}`, {
      name,
      from,
    })
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      if (this.#statements.size >= 200) this.#statements.clear()
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  /** Another process may have written to the file; what is remembered of it is then out of date. */
  #noticeOthers(): void {
    const { data_version: version } = this.#dataVersion.get() as { data_version: number }
    if (version !== this.#lastDataVersion) this.#appender.forget()
    this.#lastDataVersion = version
  }

  #rollBack(): void {
    this.#appender.forget()
    try {
      this.#database.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
  }

  #headOrZero(): number {
    try {
      return this.#appender.head
    } catch {
      return 0
    }
  }

  #close(id: number): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      this.#database.close()
      this.#post({ kind: 'done', id })
    } catch (error) {
      this.#post({ kind: 'done', id, failure: toFailure(error) })
    }
    this.#port.close()
  }

  #post(reply: WriterReply): void {
    this.#port.postMessage(reply)
  }
}

function emptyReply(id: number, head: number): AppendReply {
  return { kind: 'append', id, failures: [], receipts: emptyReceipts(), head }
}

if (parentPort) {
  try {
    new Writer(parentPort, workerData as WriterOptions)
  } catch (error) {
    parentPort.postMessage({ kind: 'opened', head: 0, failure: toFailure(error) } satisfies WriterReply)
    parentPort.close()
  }
}
