import type { EventStore } from '../port.ts'
import { hearBreak, hearBreaks } from './connection/hear-breaks.ts'
import { toConnectError, toStoreError } from './connection/sql-error.ts'
import type { PostgresStoreOptions } from './options.ts'
import { checkOptions } from './options.ts'
import { PostgresStore } from './postgres-store.ts'
import type { PreparedDatabase } from './start/prepare-database.ts'
import { prepareDatabase } from './start/prepare-database.ts'
import { StartConnection } from './start/start-connection.ts'

const defaultRole = 'keelson_app'
const defaultPartitionSize = 10_000_000

/**
 * Opens the PostgreSQL event store, making its schema and the application's role at the first start.
 *
 * @throws KeelsonError `store_foreign`, `store_too_new`, `store_shards_differ`, `store_not_permitted`,
 *   `store_unwritable`, `store_unreachable`, `store_failed` without a pool.
 */
export async function openPostgresStore(
  options: PostgresStoreOptions,
): Promise<EventStore & { readonly backlog: number }> {
  checkOptions(options)
  const role = options.applicationRole ?? defaultRole
  return new PostgresStore(options, role, await prepare(options, role))
}

async function prepare(
  { pool, shards, partitionSize = defaultPartitionSize }: PostgresStoreOptions,
  applicationRole: string,
): Promise<PreparedDatabase> {
  try {
    hearBreaks(pool)
    const client = await pool.connect().catch(error => {
      throw toConnectError(error, pool)
    })
    hearBreak(client)
    try {
      const options = { applicationRole, shards, partitionSize }
      const prepared = await prepareDatabase(new StartConnection(client), options)
      client.release()
      return prepared
    } catch (error) {
      client.release(true)
      throw error
    }
  } catch (error) {
    throw toStoreError(error, pool)
  }
}
