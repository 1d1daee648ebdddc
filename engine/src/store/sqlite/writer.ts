import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { MessagePort } from 'node:worker_threads'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { KeelsonError, systemClock } from '../../core/index.ts'
import type { AppendBatch, AppendOutcome, Failure } from '../append/batch.ts'
import { LogAppender } from '../append/log-appender.ts'
import { wipeKeys } from '../append/seal-secrets.ts'
import { openForWriting, toFailure } from './database.ts'
import { LogFlush } from './log-flush.ts'
import { optimizeTexts } from './optimize-texts.ts'
import type { Done, WriterOptions, WriterReply, WriterRequest, WriterUnit, WriterWork } from './protocol.ts'
import { SqliteLog } from './sqlite-log.ts'
import { deleteStep } from './tenant-deletion.ts'
import { UnitWriter } from './unit-writer.ts'

/** Requests that may share a transaction: enough to share an fsync, few enough to answer the first one soon. */
const maxGroup = 8

/**
 * The only thread of this process that writes to the database. It takes what waits at its port into one
 * transaction, and answers when that is on disk.
 */
class Writer {
  readonly #port: MessagePort
  readonly #database: DatabaseSync
  readonly #log: SqliteLog
  readonly #appender: LogAppender
  readonly #units: UnitWriter
  readonly #dataVersion: StatementSync
  /** Undefined where a power cut may take the last transactions. */
  readonly #flush: LogFlush | undefined
  /** Number of the newest transaction that is on disk. */
  #flushed = 0
  /** The log could not be flushed: what is in it that is not on disk cannot be known any more. */
  #fault: Failure | undefined
  #lastDataVersion = -1

  constructor(port: MessagePort, options: WriterOptions) {
    this.#port = port
    this.#database = openForWriting(options)
    this.#log = new SqliteLog(this.#database)
    this.#appender = new LogAppender(this.#log, systemClock)
    this.#units = new UnitWriter(this.#database, this.#appender)
    this.#dataVersion = this.#database.prepare('PRAGMA data_version')
    const { journal_mode: mode } = this.#database.prepare('PRAGMA journal_mode').get() as {
      journal_mode: string
    }
    // Where a file system cannot have a write-ahead log SQLite flushes by itself, within the commit.
    const isOurs = options.durability === 'fsync' && mode === 'wal'
    this.#flush = isOurs ? new LogFlush(this.#database, options.path) : undefined
    const { writer } = this.#flush ?? {}
    this.#post({ kind: 'opened', head: this.#log.position, ...(writer === undefined ? {} : { writer }) })
    port.on('message', (request: WriterRequest) => this.#receive(request))
  }

  #receive(first: WriterRequest): void {
    const group = [first]
    while (group.length < maxGroup) {
      const next = receiveMessageOnPort(this.#port) as { message: WriterRequest } | undefined
      if (!next) break
      group.push(next.message)
    }
    const work = group.filter(isWork)
    if (work.length > 0) this.#transaction(work)
    for (const { kind, id } of group) if (kind === 'purge') this.#purge(id)
    const close = group.find(request => request.kind === 'close')
    if (close) this.#close(close.id)
  }

  #transaction(group: readonly WriterWork[]): void {
    if (this.#fault === undefined) for (const reply of this.#carryOut(group)) this.#post(reply)
    else for (const { id } of group) this.#post({ kind: 'done', id, failure: this.#fault })
  }

  #carryOut(group: readonly WriterWork[]): readonly Done[] {
    let replies: Done[]
    let number: number | undefined
    let begun = 0
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      this.#noticeOthers()
      replies = group.map(work => this.#work(work))
      this.#log.finish()
      if (group.some(isDurable)) number = this.#flush?.mark()
      begun = performance.now()
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#rollBack()
      const failure = toFailure(error)
      return group.map(({ id }) => ({ kind: 'done', id, failure }))
    }
    try {
      if (number !== undefined) this.#flush?.flush()
    } catch (error) {
      return this.#break(group, error)
    }
    this.#flushed = number ?? this.#flushed
    const commitMs = performance.now() - begun
    return replies.map(reply => ({ ...reply, commitMs, flushed: this.#flushed }))
  }

  /** It is committed, and nobody can tell whether it is on disk: after that nothing is written to the file any more. */
  #break(group: readonly WriterWork[], error: unknown): readonly Done[] {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `The disk did not take the database's log (${reason}): what was written last may be lost. Look after the disk, and start again`
    this.#fault = toFailure(new KeelsonError('store_failed', message))
    const failure = this.#fault
    return group.map(({ id }) => ({ kind: 'done', id, failure, isBroken: true }))
  }

  #work(work: WriterWork): Done {
    const { id } = work
    switch (work.kind) {
      case 'append':
        return { kind: 'done', id, outcome: this.#append(work.batch) }
      case 'commit':
        return this.#inSavepoint(id, () => this.#commit(id, work.unit))
      case 'define':
        return this.#inSavepoint(id, () => {
          for (const sql of work.statements) this.#database.exec(sql)
          return { kind: 'done', id }
        })
      case 'delete':
        return this.#inSavepoint(id, () => this.#delete(id, work.tenantId))
    }
  }

  #append(batch: AppendBatch): AppendOutcome {
    const outcome = this.#appender.append(batch)
    wipeKeys(batch)
    return outcome
  }

  #commit(id: number, unit: WriterUnit): Done {
    const outcome = this.#units.run(unit)
    return { kind: 'done', id, ...(outcome === undefined ? {} : { outcome }) }
  }

  #delete(id: number, tenantId: string): Done {
    const { changes, events } = deleteStep(this.#database, tenantId, systemClock.now())
    this.#log.forget()
    return { kind: 'done', id, deleted: { events, isAll: changes === 0 } }
  }

  /** If it fails, the appends beside it do not: their heads are saved before, and read again after. */
  #inSavepoint(id: number, work: () => Done): Done {
    this.#log.finish()
    this.#database.exec('SAVEPOINT unit')
    try {
      const reply = work()
      this.#log.finish()
      this.#database.exec('RELEASE unit')
      return reply
    } catch (error) {
      // A full disk may have ended the whole transaction already; then everything fails, for that reason.
      if (!this.#database.isTransaction) throw error
      this.#database.exec('ROLLBACK TO unit')
      this.#database.exec('RELEASE unit')
      this.#log.forget()
      return { kind: 'done', id, failure: toFailure(error) }
    }
  }

  /** Another process may have written to the file; what is remembered of it is then out of date. */
  #noticeOthers(): void {
    const { data_version: version } = this.#dataVersion.get() as { data_version: number }
    if (version !== this.#lastDataVersion) this.#log.forget()
    this.#lastDataVersion = version
  }

  #rollBack(): void {
    this.#log.forget()
    try {
      this.#database.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
  }

  /**
   * Words of deleted rows go with the merging of full text indexes, freed pages and what lies between rows go with the file's rewriting, the log that still has them with a checkpoint,
   * which no reader may stand in the way of.
   */
  #purge(id: number): void {
    if (this.#fault !== undefined) {
      this.#post({ kind: 'done', id, failure: this.#fault })
      return
    }
    try {
      optimizeTexts(this.#database)
      this.#database.exec('VACUUM')
      const row = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }
      if (row.busy !== 0)
        throw new KeelsonError(
          'store_locked',
          'Somebody reads the database, so that its log cannot be emptied: try again',
        )
      this.#post({ kind: 'done', id })
    } catch (error) {
      this.#post({ kind: 'done', id, failure: toFailure(error) })
    }
  }

  #close(id: number): void {
    try {
      // A log that the disk did not take is not copied into the file: the next start reads it by its checksums.
      if (this.#fault === undefined) this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      this.#database.close()
      this.#flush?.close()
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

/** Whether somebody is to be told that it is on disk. */
const isDurable = (work: WriterWork): boolean => work.kind !== 'commit' || work.unit.durability !== 'relaxed'

const isWork = (request: WriterRequest): request is WriterWork =>
  request.kind !== 'close' && request.kind !== 'purge'

if (parentPort) {
  try {
    new Writer(parentPort, workerData as WriterOptions)
  } catch (error) {
    parentPort.postMessage({ kind: 'opened', head: 0, failure: toFailure(error) } satisfies WriterReply)
    parentPort.close()
  }
}
