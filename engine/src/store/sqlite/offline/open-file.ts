import { existsSync, readdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { KeelsonError } from '../../../core/index.ts'
import { asStoreError } from '../database.ts'

/** "KEEL" in ASCII. */
const applicationId = 0x4b45454c

/** Number of the newest schema that this version knows. */
export function newestSchema(): number {
  const folder = fileURLToPath(new URL('../schema/', import.meta.url))
  return readdirSync(folder).filter(name => /^\d{3}-.*\.sql$/.test(name)).length
}

/**
 * Opens a store's file for reading at one moment: what others write afterwards is not seen. With `isExclusive` nobody
 * else has the file open meanwhile, and nobody can.
 *
 * @throws KeelsonError `store_not_found`, `store_foreign`, `store_too_new`; `store_locked` where it cannot be exclusive.
 */
export function openSnapshot(path: string, isExclusive: boolean): DatabaseSync {
  if (!existsSync(path)) throw new KeelsonError('store_not_found', `There is no database at ${path}`)
  let database: DatabaseSync | undefined
  try {
    // The lock of an exclusive reader is one for writing; nothing is written through it.
    database = new DatabaseSync(path, { timeout: isExclusive ? 500 : 5000, readOnly: !isExclusive })
    if (isExclusive) database.exec('PRAGMA locking_mode = EXCLUSIVE')
    database.exec('PRAGMA cache_size = -16000; PRAGMA temp_store = FILE; PRAGMA query_only = ON; BEGIN')
    checkKind(database, path)
    return database
  } catch (error) {
    database?.close()
    throw asStoreError(error)
  }
}

/** Number of the schema that the database has. */
export function schemaOf(database: DatabaseSync): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
}

function checkKind(database: DatabaseSync, path: string): void {
  const { application_id: owner } = database.prepare('PRAGMA application_id').get() as {
    application_id: number
  }
  if (owner !== applicationId)
    throw new KeelsonError('store_foreign', `${path} is not the database of a Keelson store`)
  const [current, newest] = [schemaOf(database), newestSchema()]
  if (current > newest)
    throw new KeelsonError(
      'store_too_new',
      `${path} has schema ${current}; this Keelson knows up to ${newest}`,
    )
}
