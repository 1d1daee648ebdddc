import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { toFailure } from '../database.ts'
import { createPrivateFile } from '../private-file.ts'

/** Copies the database in one read transaction, which writers do not wait for; only what is in use is copied. */
function copy({ path, part }: { path: string; part: string }): void {
  try {
    using database = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
    createPrivateFile(part)
    database.prepare('VACUUM INTO ?').run(part)
    parentPort?.postMessage(undefined)
  } catch (error) {
    parentPort?.postMessage(toFailure(error))
  }
}

copy(workerData as { path: string; part: string })
