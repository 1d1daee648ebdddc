import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { asStoreError } from '../database.ts'
import { optimizeTexts } from '../optimize-texts.ts'
import { openSnapshot } from './open-file.ts'

/**
 * Rewrites a store's file without the pages that were freed in it, so that nothing of what was removed is left in the
 * file or its write-ahead log. Needs as much free space as the file has, and nobody else on it.
 *
 * @throws KeelsonError `store_not_found`, `store_foreign`, `store_locked`, `store_full`.
 */
export async function compactSqliteStore({
  path,
}: {
  readonly path: string
}): Promise<{ readonly bytes: number }> {
  openSnapshot(path, true).close()
  try {
    using database = new DatabaseSync(path, { timeout: 500 })
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA temp_store = FILE')
    optimizeTexts(database)
    database.exec('VACUUM')
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  } catch (error) {
    throw asStoreError(error)
  }
  return { bytes: statSync(path).size }
}
