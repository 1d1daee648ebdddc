import { identifier } from '../connection/markers.ts'
import type { PostgresClient } from '../connection/pool.ts'

/** What may hold content that was deleted. Of events that is bodies, of which statistics keep nothing. */
const tables = ['VACUUM keelson.event', 'VACUUM keelson.event_link', 'VACUUM (ANALYZE) keelson.document']

/** Tables of read models, named so that they can stand in a statement; `keelson.protect` gave them the policy. */
const readModels = `SELECT polrelid::regclass::text FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
  WHERE polname = 'keelson_by_tenant' AND relkind = 'r' ORDER BY 1`

/**
 * Vacuums the tables, each outside of a transaction, as the user who logged in: where that one does not own them the
 * server passes over them with a warning. Where values stand in the clear statistics are made anew: PostgreSQL keeps the
 * most frequent ones there, and shows them in `pg_stats`, until it looks again.
 */
export async function vacuumTables(client: PostgresClient, role: string): Promise<void> {
  await client.query({ text: 'RESET ROLE', rowMode: 'array' })
  try {
    const { rows } = await client.query({ text: readModels, rowMode: 'array' })
    const models = (rows as readonly string[][]).map(([table]) => `VACUUM (ANALYZE) ${table}`)
    for (const text of [...tables, ...models]) await client.query({ text, rowMode: 'array' })
  } finally {
    await client.query({ text: `SET ROLE ${identifier(role)}`, rowMode: 'array' })
  }
}
