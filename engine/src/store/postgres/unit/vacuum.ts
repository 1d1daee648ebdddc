import { identifier } from '../connection/markers.ts'
import type { PostgresClient } from '../connection/pool.ts'

/** What may hold content that was deleted. */
const tables = ['event', 'event_link', 'document']

/**
 * Vacuums the tables, each outside of a transaction, as the user who logged in: where that one does not own them the
 * server passes over them with a warning.
 */
export async function vacuumTables(client: PostgresClient, role: string): Promise<void> {
  await client.query({ text: 'RESET ROLE', rowMode: 'array' })
  try {
    for (const table of tables) await client.query({ text: `VACUUM keelson.${table}`, rowMode: 'array' })
  } finally {
    await client.query({ text: `SET ROLE ${identifier(role)}`, rowMode: 'array' })
  }
}
