import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { link, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { KeelsonError } from '../../../core/index.ts'
import type { Failure } from '../../append/batch.ts'
import { fromFailure } from '../../append/batch.ts'
import { openSnapshot } from './open-file.ts'
import { readAll } from './row-reader.ts'

export interface BackupOptions {
  /** File of the database; a server may run on it. */
  readonly path: string
  /** File to make; it must not be there. */
  readonly output: string
  readonly signal?: AbortSignal
  /** Bytes written, and bytes of the database that is copied, which may be more than the copy will have. */
  readonly onProgress?: (done: number, total: number) => void
}

export interface BackupReport {
  readonly file: string
  readonly bytes: number
  /** Position of the newest event in the copy. */
  readonly position: number
}

const progressInterval = 100

/**
 * Copies a store's file as it is at one moment. When it resolves, the copy is on disk under its name, opens as a store
 * and was checked; until then, and where it fails, there is nothing under the name.
 *
 * @throws KeelsonError `file_exists`, `store_not_found`, `store_foreign`, `store_too_new`, `store_full`, `store_damaged`.
 */
export async function backupSqliteStore(options: BackupOptions): Promise<BackupReport> {
  const { path, output } = options
  if (existsSync(output)) throw exists(output)
  const atLeast = headOf(path)
  const part = `${output}.part-${process.pid}`
  try {
    await runWorker({ path, part }, options)
    options.signal?.throwIfAborted()
    const position = checkCopy(part)
    if (position < atLeast)
      throw new KeelsonError('store_damaged', `The copy ends at ${position}, the store at ${atLeast}`)
    await sync(part)
    await claim(part, output)
    return { file: output, bytes: (await stat(output)).size, position }
  } finally {
    for (const ending of ['', '-journal', '-wal', '-shm']) await rm(part + ending, { force: true })
    await sync(dirname(output))
  }
}

function headOf(path: string): number {
  const database = openSnapshot(path, false)
  const [row] = readAll<[number]>(database, 'SELECT coalesce(max(position), 0) FROM event')
  database.close()
  return row?.[0] ?? 0
}

/** Whether the copy is whole, by SQLite's check of every page. */
function checkCopy(part: string): number {
  const database = openSnapshot(part, false)
  const lines = readAll<[string]>(database, 'PRAGMA quick_check')
  database.close()
  const damage = lines.map(([line]) => line).filter(line => line !== 'ok')
  if (damage.length > 0)
    throw new KeelsonError('store_damaged', `The copy is damaged, so the store may be: ${damage[0]}`)
  return headOf(part)
}

async function runWorker(files: { path: string; part: string }, options: BackupOptions): Promise<void> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./backup-worker.${extension}`, import.meta.url), { workerData: files })
  const total = statSync(files.path).size
  const timer = setInterval(() => {
    if (existsSync(files.part)) options.onProgress?.(statSync(files.part).size, total)
  }, progressInterval)
  const signal = options.signal ?? new AbortController().signal
  try {
    const [failure] = (await once(worker, 'message', { signal })) as [Failure | undefined]
    if (failure) throw fromFailure(failure)
  } finally {
    clearInterval(timer)
    await worker.terminate()
  }
}

/** Gives the file its name, unless somebody took it meanwhile. */
async function claim(part: string, output: string): Promise<void> {
  try {
    await link(part, output)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'EEXIST') throw exists(output)
    // Not every file system has links; without them the name is taken first.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    await writeFile(output, '', { flag: 'wx', mode: 0o600 }).catch(() => {
      throw exists(output)
    })
    await rename(part, output)
  }
}

async function sync(path: string): Promise<void> {
  await using file = await open(path, 'r')
  await file.sync()
}

const exists = (file: string): KeelsonError =>
  new KeelsonError('file_exists', `${file} is there already; a backup is never written over another file`)
