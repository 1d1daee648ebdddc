import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import type { ErrorCode } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { Failure } from '../append/batch.ts'
import { createPrivateFile, makePrivate } from './private-file.ts'
import type { WriterOptions } from './protocol.ts'

/** "KEEL" in ASCII: marks the file as ours. */
const applicationId = 0x4b45454c

/** How long a lock of another process is waited for. */
const lockTimeoutMs = 5000

/**
 * Opens the database for writing, sets what durability means, and brings its schema up to date. Its files are for their
 * owner alone.
 */
export function openForWriting(options: WriterOptions): DatabaseSync {
  createPrivateFile(options.path)
  const database = new DatabaseSync(options.path, { timeout: lockTimeoutMs })
  try {
    checkOwner(database, options.path)
    makePrivate(options.path)
    // A checkpoint writes each page once, however often the log has it: in a large store an event dirties pages of its
    // own, and only with this many in the log (64 MB) are its appends as fast as a small store's.
    keepWriteAheadLog(database)
    database.exec(`
      PRAGMA synchronous = ${options.durability === 'fsync' ? 'FULL' : 'NORMAL'};
      PRAGMA wal_autocheckpoint = 16000;
      PRAGMA journal_size_limit = 67108864;
      PRAGMA cache_size = -8000;
      PRAGMA secure_delete = ON;
      PRAGMA foreign_keys = OFF;
      PRAGMA temp_store = MEMORY;
    `)
    migrate(database, options.path)
    if (options.maxBytes !== undefined) limitSize(database, options.maxBytes)
  } catch (error) {
    database.close()
    throw asStoreError(error)
  }
  return database
}

/** Opens the database for reading only. */
export function openForReading(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: lockTimeoutMs, readOnly: true })
  try {
    database.exec('PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;')
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/** Refuses a connection to what is no store of this version. */
export function checkCurrent(database: DatabaseSync): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  const { application_id: owner } = database.prepare('PRAGMA application_id').get() as {
    application_id: number
  }
  if (owner !== applicationId) throw new KeelsonError('store_foreign')
  if (version > loadMigrations().length) throw new KeelsonError('store_too_new')
  if (version < loadMigrations().length)
    throw new KeelsonError(
      'store_foreign',
      'The store has an older schema: open it with openSqliteStore first',
    )
}

/** SQLite waits for no lock where the journal changes: of two processes that start on a new file the second waits here. */
function keepWriteAheadLog(database: DatabaseSync): void {
  const sleep = new Int32Array(new SharedArrayBuffer(4))
  const until = performance.now() + lockTimeoutMs
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      const { errcode = 0 } = error as { errcode?: number }
      if ((errcode & 0xff) !== sqliteBusy || performance.now() > until) throw error
      Atomics.wait(sleep, 0, 0, 10)
    }
  }
}

function checkOwner(database: DatabaseSync, path: string): void {
  // The tables first: another process that makes them at this moment signs the file in the same transaction.
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as {
    tables: number
  }
  const { application_id: owner } = database.prepare('PRAGMA application_id').get() as {
    application_id: number
  }
  if (owner !== applicationId && tables > 0) {
    throw new KeelsonError('store_foreign', `${path} holds tables, but not those of a Keelson store`)
  }
}

function migrate(database: DatabaseSync, path: string): void {
  const migrations = loadMigrations()
  const newest = migrations.length
  database.exec('BEGIN IMMEDIATE')
  try {
    // Read inside the transaction: of two processes that start at once, the second finds the work done.
    const { user_version: current } = database.prepare('PRAGMA user_version').get() as {
      user_version: number
    }
    if (current > newest) {
      throw new KeelsonError(
        'store_too_new',
        `${path} has schema ${current}; this Keelson knows up to ${newest}`,
      )
    }
    for (const sql of migrations.slice(current)) database.exec(sql)
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${newest};`)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

/** The numbered files of `schema/`, in order. */
function loadMigrations(): string[] {
  const folder = fileURLToPath(new URL('./schema/', import.meta.url))
  const files = readdirSync(folder)
    .filter(name => /^\d{3}-.*\.sql$/.test(name))
    .sort()
  return files.map(name => readFileSync(folder + name, 'utf8'))
}

function limitSize(database: DatabaseSync, maxBytes: number): void {
  const { page_size: pageSize } = database.prepare('PRAGMA page_size').get() as { page_size: number }
  database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageSize))}`)
}

const sqliteFull = 13
const sqliteIoWrite = new Set([778, 1034, 2058])
const sqliteBusy = 5
const sqliteUnwritable = new Set([3, 8, 14])
const sqliteNoDatabase = 26
const sqliteCorrupt = 11

/** The error of the table for what SQLite threw. */
export function asStoreError(error: unknown): KeelsonError {
  if (error instanceof KeelsonError) return error
  const { errcode, message } = error as { errcode?: number; message?: string }
  let code: ErrorCode = 'store_failed'
  if (errcode === sqliteFull || sqliteIoWrite.has(errcode ?? 0)) code = 'store_full'
  else if (errcode !== undefined && (errcode & 0xff) === sqliteBusy) code = 'store_locked'
  else if (errcode !== undefined && sqliteUnwritable.has(errcode & 0xff)) code = 'store_unwritable'
  else if (errcode === sqliteNoDatabase) code = 'store_foreign'
  else if (errcode !== undefined && (errcode & 0xff) === sqliteCorrupt) code = 'store_damaged'
  const detail = code === 'store_failed' ? `The database failed: ${message ?? 'unknown error'}` : undefined
  return new KeelsonError(code, detail, errcode === undefined ? {} : { sqlite: errcode }, error)
}

/** An error in the form that crosses a thread boundary. */
export function toFailure(error: unknown): Failure {
  const known = asStoreError(error)
  return { code: known.code, message: known.message, details: known.details }
}
