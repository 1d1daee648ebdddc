import { chmodSync, closeSync, fchmodSync, openSync } from 'node:fs'
import { KeelsonError } from '../../core/index.ts'

/** A database holds every tenant's events: its files are for their owner alone, whatever mask the process has. */
const ownerOnly = 0o600

/**
 * Makes an empty file where there is none, before SQLite would make it for everybody; the files that it puts beside the
 * database get the same rights. What stands in the way SQLite says by itself, when it opens the file.
 */
export function createPrivateFile(path: string): void {
  let file: number
  try {
    file = openSync(path, 'wx', ownerOnly)
  } catch {
    return
  }
  try {
    fchmodSync(file, ownerOnly)
  } finally {
    closeSync(file)
  }
}

/**
 * Takes a database that was there from everybody else, and what lies beside it.
 *
 * @throws KeelsonError `store_unwritable`.
 */
export function makePrivate(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`])
    try {
      chmodSync(file, ownerOnly)
    } catch (error) {
      // Whoever closes the database last takes the files beside it away.
      if (file !== path && (error as { code?: string }).code === 'ENOENT') continue
      throw new KeelsonError('store_unwritable', `The rights of ${file} cannot be set`, {}, error)
    }
}
