import { randomUUID } from 'node:crypto'
import { closeSync, fdatasync, fdatasyncSync, openSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { promisify } from 'node:util'

/** A transaction that is flushed after its commit: which process's, and its number from 1. */
export type CommitMark = readonly [writer: string, number: number]

/** SQLite keeps it beside the file itself, not beside a link to it. */
const openLog = (path: string): number => openSync(`${realpathSync(path)}-wal`, 'r+')

/**
 * Flushes the write-ahead log after each commit. SQLite itself would flush it with `fsync`, which on most file systems
 * also waits for the file's times to be written; this waits for the data and the size alone. As others see a commit
 * before it is flushed, each leaves a mark.
 */
export class LogFlush {
  readonly writer = randomUUID()
  readonly #file: number
  readonly #mark: StatementSync
  #number = 0

  /** The database is one that keeps a write-ahead log, and is as it was opened. */
  constructor(database: DatabaseSync, path: string) {
    // From here on SQLite flushes at a checkpoint alone: the log before its pages go to the file, and the file after.
    database.exec('PRAGMA synchronous = NORMAL')
    this.#mark = database.prepare('INSERT OR REPLACE INTO commit_mark (one, writer, number) VALUES (1, ?, ?)')
    this.#file = openLog(path)
  }

  /** Marks the open transaction; returns its number. */
  mark(): number {
    this.#number += 1
    this.#mark.run(this.writer, this.#number)
    return this.#number
  }

  /** All that is committed is on disk when it returns. @throws what the file system says. */
  flush(): void {
    fdatasyncSync(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }
}

const flushLater = promisify(fdatasync)

interface Waiting {
  readonly number: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** What of the log is known to be on disk, so that nothing is given out that a power cut could take back. */
export class FlushedLog {
  readonly #path: string
  #writer: string | undefined
  #flushed = 0
  #waiting: Waiting[] = []
  #failure: { readonly error: unknown } | undefined
  /** The newest mark of another process, or of an earlier run, that was seen, and its flush. */
  #other: { readonly mark: CommitMark; readonly flushed: Promise<void> } | undefined
  #file: number | undefined

  constructor(path: string) {
    // What a relative path means may have changed by the time that the log is opened.
    this.#path = resolve(path)
  }

  /** Who writes in this process. */
  begin(writer: string): void {
    this.#writer = writer
  }

  /** The writer has flushed up to this transaction. */
  advance(number: number): void {
    if (number <= this.#flushed) return
    this.#flushed = number
    const waiting = this.#waiting
    this.#waiting = waiting.filter(one => one.number > number)
    for (const one of waiting) if (one.number <= number) one.resolve()
  }

  /** Nothing will be flushed any more. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  /** Undefined where what was seen with this mark is on disk; else resolves when it is. */
  wait([writer, number]: CommitMark): Promise<void> | undefined {
    if (writer === this.#writer) {
      if (number <= this.#flushed) return undefined
      if (this.#failure) return Promise.reject(this.#failure.error)
      return new Promise((resolve, reject) => this.#waiting.push({ number, resolve, reject }))
    }
    const known = this.#other
    if (known?.mark[0] === writer && known.mark[1] === number) return known.flushed
    const flushed = this.#flush()
    this.#other = { mark: [writer, number], flushed }
    flushed.catch(() => {
      this.#other = undefined
    })
    return flushed
  }

  async close(): Promise<void> {
    await this.#other?.flushed.catch(() => undefined)
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  async #flush(): Promise<void> {
    this.#file ??= openLog(this.#path)
    await flushLater(this.#file)
  }
}
