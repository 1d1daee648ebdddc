import { createHash } from 'node:crypto'
import { KeelsonError } from '../../../core/index.ts'
import { literal } from '../connection/markers.ts'
import { productSettings } from '../connection/sessions.ts'
import { grantReadModel, guestOf } from './application-role.ts'
import type { StartConnection } from './start-connection.ts'

/**
 * Runs the statements as the owner, and lets the application's role use what they made. A table with a text column
 * `tenant_id` is put under row-level security, so that a unit or query for one tenant touches only its rows.
 *
 * @throws KeelsonError `store_not_permitted` where this user owns nothing and not all was defined before.
 */
export async function defineReadModels(
  connection: StartConnection,
  statements: readonly string[],
  role: string,
): Promise<void> {
  const digests = statements.map(sql => createHash('sha256').update(sql).digest('base64url'))
  await connection.alone(async () => {
    await connection.run(`SET LOCAL ROLE NONE; SET LOCAL keelson.tenant = '*'; ${productSettings}`)
    if (!(await isOwner(connection))) return checkDefined(connection, digests)
    const guest = await guestOf(connection)
    for (const sql of statements) await connection.run(sql)
    for (const { name, kind, isTenants } of await madeHere(connection)) {
      if (kind === 'm' || kind === 'v') await protectView(connection, name, kind)
      if (isTenants) await connection.run(`SELECT keelson.protect(${literal(name)}::regclass, 'tenant_id')`)
      await connection.run(
        `INSERT INTO keelson.read_model (name) VALUES (${literal(name)}) ON CONFLICT DO NOTHING`,
      )
      for (const one of guest === undefined ? [role] : [role, guest])
        await grantReadModel(connection, name, one)
    }
    const rows = digests.map(digest => `(${literal(digest)})`).join(', ')
    if (rows !== '')
      await connection.run(`INSERT INTO keelson.definition (digest) VALUES ${rows} ON CONFLICT DO NOTHING`)
  })
}

async function isOwner(connection: StartConnection): Promise<boolean> {
  const [row] = await connection.ask(
    "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'keelson'",
  )
  return row?.[0] === true
}

async function checkDefined(connection: StartConnection, digests: readonly string[]): Promise<void> {
  const rows = await connection.ask('SELECT digest FROM keelson.definition')
  const defined = new Set(rows.map(([digest]) => digest))
  if (digests.every(digest => defined.has(digest))) return
  throw new KeelsonError(
    'store_not_permitted',
    'This user may not define read models: start once as the owner of the schema keelson, who makes them',
  )
}

/**
 * A view reads as its owner, past row-level security, unless it is told to read as who asks; what a materialised one
 * has stored is everybody's.
 */
async function protectView(connection: StartConnection, name: string, kind: 'm' | 'v'): Promise<void> {
  const [version] = await connection.ask("SELECT current_setting('server_version_num')::int")
  checkView(name, kind, version?.[0] as number)
  await connection.run(`ALTER VIEW ${name} SET (security_invoker = true)`)
}

/** @throws KeelsonError `store_not_permitted` for a view that could not be kept to one tenant's rows. */
export function checkView(name: string, kind: 'm' | 'v', version: number): void {
  if (kind === 'v' && version >= 150_000) return
  const reason =
    kind === 'm'
      ? 'a materialised view shows the rows of every tenant'
      : 'a view shows the rows of every tenant before PostgreSQL 15'
  throw new KeelsonError('store_not_permitted', `${name} is refused: ${reason}. Define a table instead`)
}

/** Tables, views and sequences that this transaction made or changed, their names quoted where they must be. */
async function madeHere(
  connection: StartConnection,
): Promise<{ readonly name: string; readonly kind: string; readonly isTenants: boolean }[]> {
  const rows = await connection.ask(
    `SELECT format('%I.%I', n.nspname, c.relname), c.relkind, c.relkind IN ('r', 'p') AND EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
          AND a.atttypid IN ('text'::regtype, 'varchar'::regtype)
      )
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.xmin = pg_current_xact_id()::xid
        AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'keelson'`,
  )
  return rows.map(([name, kind, isTenants]) => ({
    name: name as string,
    kind: kind as string,
    isTenants: isTenants as boolean,
  }))
}
