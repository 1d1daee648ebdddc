import { CommandFailure, exitCodes } from '../exit-code.ts'
import type { Place } from './place.ts'

/** Rewrites the file of a SQLite store without what was freed in it; nobody else may use it meanwhile. */
export async function compactStore(place: Place): Promise<{ readonly bytes: number }> {
  if (place.kind === 'postgres')
    throw new CommandFailure(
      'PostgreSQL gives space back by itself; VACUUM FULL does it at once',
      exitCodes.usage,
    )
  const { compactSqliteStore } = await import('keelson/sqlite')
  return compactSqliteStore({ path: place.path })
}
