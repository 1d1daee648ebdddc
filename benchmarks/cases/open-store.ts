import type { EventStore } from 'keelson'

/** Whose events they are. */
export const tenant = 'contoso'

/** Where a store is: the path of a SQLite file, or the URL of a PostgreSQL database. */
export interface Place {
  readonly path?: string
  readonly url?: string
}

/** A store as it comes, sealed and fsynced. */
export async function openStore({ path, url }: Place): Promise<EventStore> {
  if (path !== undefined) return (await import('keelson/sqlite')).openSqliteStore({ path })
  const { openPostgresStore } = await import('keelson/postgres')
  const { default: pg } = await import('pg')
  return openPostgresStore({ pool: new pg.Pool({ connectionString: url }) })
}
