import { KeelsonError } from '../../../core/index.ts'
import { identifier, literal } from '../connection/markers.ts'
import { grantPrivileges, hasPrivileges, makeGuest, makeRole, notPermitted } from './application-role.ts'
import { loadMigrations } from './migrations.ts'
import type { StartConnection } from './start-connection.ts'

export interface StartOptions {
  readonly applicationRole: string
  /** Fixed at the first start; undefined for what the store has, 1 for a new one. */
  readonly shards: number | undefined
  readonly partitionSize: number
}

/** What was found out about the database at the start. */
export interface PreparedDatabase {
  readonly shards: number
  readonly partitionSize: number
  /** Whether the server flushes to the disk at all. */
  readonly isFsynced: boolean
}

const oldestServer = 14

/**
 * Brings the database to the newest schema, makes the application's role, and gives that its privileges. Of several
 * starters one does it, the others wait and find it done. Who logs in without owning the schema must find it done.
 *
 * @throws KeelsonError `store_foreign`, `store_too_new`, `store_shards_differ`, `store_not_permitted`.
 */
export async function prepareDatabase(
  connection: StartConnection,
  options: StartOptions,
): Promise<PreparedDatabase> {
  const { applicationRole: role } = options
  const isFsynced = await checkServer(connection)
  const migrations = loadMigrations()
  const found = await findSchema(connection)
  await makeRole(connection, role)
  if (found === 'theirs') {
    await connection.run(`SET ROLE ${identifier(role)}`)
    await checkReady(connection, migrations.length, role)
  } else {
    await makeGuest(connection, role)
    if ((await versionOf(connection, found, migrations.length)) < migrations.length)
      await connection.alone(() => migrate(connection, migrations, options))
    if (!(await hasPrivileges(connection, role)))
      await connection.alone(() => grantPrivileges(connection, role))
  }
  const fixed = await readFixed(connection, options.shards)
  await connection.run('RESET ROLE')
  return { ...fixed, isFsynced }
}

async function checkServer(connection: StartConnection): Promise<boolean> {
  const [row] = await connection.ask(
    `SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'), current_setting('fsync')`,
  )
  const [version, encoding, fsync] = row as [number, string, string]
  if (version < oldestServer)
    throw new KeelsonError(
      'store_failed',
      `The server is PostgreSQL ${version}; Keelson needs ${oldestServer} or later`,
    )
  if (encoding !== 'UTF8')
    throw new KeelsonError('store_failed', `The database is encoded in ${encoding}; Keelson needs UTF8`)
  return fsync === 'on'
}

/** Whether there is a store's schema, and whether this user owns it; asked of what everybody may read. */
async function findSchema(connection: StartConnection): Promise<'none' | 'ours' | 'theirs'> {
  const [row] = await connection.ask(
    `SELECT pg_has_role(n.nspowner, 'USAGE'),
      EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'schema_version'),
      EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid)
        OR EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = n.oid)
      FROM pg_namespace n WHERE n.nspname = 'keelson'`,
  )
  if (!row) return 'none'
  const [isOwner, isStore, isUsed] = row as [boolean, boolean, boolean]
  if (!isStore && isUsed)
    throw new KeelsonError(
      'store_foreign',
      'The database has a schema named keelson that is not that of a store',
    )
  if (!isStore) return 'none'
  return isOwner ? 'ours' : 'theirs'
}

async function versionOf(
  connection: StartConnection,
  found: 'none' | 'ours' | 'theirs',
  newest: number,
): Promise<number> {
  if (found === 'none') return 0
  const [row] = await connection.ask('SELECT coalesce(max(version), 0) FROM keelson.schema_version')
  const current = row?.[0] as number
  if (current <= newest) return current
  const message = `The database has schema ${current}; this Keelson knows up to ${newest}`
  throw new KeelsonError('store_too_new', message)
}

async function migrate(
  connection: StartConnection,
  migrations: readonly string[],
  { applicationRole, shards = 1, partitionSize }: StartOptions,
): Promise<void> {
  // Looked at again under the lock: of two processes that start at once, the second finds the work done.
  const current = await versionOf(connection, await findSchema(connection), migrations.length)
  if (current === migrations.length) return
  if (current === 0) await connection.run('CREATE SCHEMA IF NOT EXISTS keelson')
  for (const [index, sql] of migrations.entries()) {
    if (index < current) continue
    await connection.run(sql)
    await connection.run(`INSERT INTO keelson.schema_version (version) VALUES (${index + 1})`)
  }
  if (current === 0) await connection.run(`SELECT keelson.create_shards(${shards}, ${partitionSize})`)
  await connection.run(`SELECT keelson.grant_to(${literal(applicationRole)})`)
}

/** For a user who cannot mend what is missing. */
async function checkReady(connection: StartConnection, newest: number, role: string): Promise<void> {
  const grant = `SELECT keelson.grant_to(${literal(role)})`
  const may = async (sql: string): Promise<boolean> => (await connection.ask(sql))[0]?.[0] === true
  const mayLook =
    (await may("SELECT has_schema_privilege('keelson', 'USAGE')")) &&
    (await may("SELECT has_table_privilege('keelson.schema_version', 'SELECT')"))
  if (mayLook && (await versionOf(connection, 'theirs', newest)) < newest)
    throw new KeelsonError(
      'store_not_permitted',
      'The schema is that of an older version: start once as its owner, who brings it up to date',
    )
  if (!mayLook || !(await hasPrivileges(connection, role)))
    throw notPermitted(`The role ${role} lacks privileges`, grant)
}

/** What was fixed at the first start. */
async function readFixed(
  connection: StartConnection,
  wanted: number | undefined,
): Promise<{ shards: number; partitionSize: number }> {
  const [row] = await connection.ask('SELECT shards, partition_size FROM keelson.store')
  if (!row) throw new KeelsonError('store_damaged', 'The table keelson.store has no row: restore a backup')
  const [shards, partitionSize] = row as [number, number]
  if (wanted === undefined || wanted === shards) return { shards, partitionSize }
  const message = `The store was made with ${shards} shards, not ${wanted}`
  throw new KeelsonError('store_shards_differ', message, { shards, wanted })
}
