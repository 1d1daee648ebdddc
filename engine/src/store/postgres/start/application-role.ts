import { KeelsonError } from '../../../core/index.ts'
import { identifier, literal } from '../connection/markers.ts'
import { sqlState } from '../connection/sql-error.ts'
import type { StartConnection } from './start-connection.ts'

/** What `CREATE ROLE` says where another starter was a moment faster. */
const isThere = new Set(['42710', '23505'])
const denied = '42501'

/**
 * Sees to it that the application's role exists, is bound by row-level security, and can be taken on by this user.
 *
 * @throws KeelsonError `store_not_permitted` with the command that an administrator can run.
 */
export async function makeRole(connection: StartConnection, role: string): Promise<void> {
  await createRole(connection, role)
  if (await canTake(connection, role)) return
  const [user] = await connection.ask('SELECT quote_ident(current_user)')
  const grant = `GRANT ${identifier(role)} TO ${user?.[0] as string}`
  await orDenied(connection, grant, `This user is no member of the role ${role}`)
}

/** The same for the role that products' SQL runs under, of which whoever has the application's role is a member. */
export async function makeGuest(connection: StartConnection, role: string): Promise<void> {
  const guest = guestName(role)
  await createRole(connection, guest)
  const [row] = await connection.ask(`SELECT pg_has_role(${literal(role)}, ${literal(guest)}, 'MEMBER')`)
  if (row?.[0] === true) return
  const grant = `GRANT ${identifier(guest)} TO ${identifier(role)}`
  await orDenied(connection, grant, `The role ${role} is no member of the role ${guest}`)
}

async function createRole(connection: StartConnection, role: string): Promise<void> {
  const create = `CREATE ROLE ${identifier(role)} NOLOGIN`
  const [found] = await connection.ask(
    `SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = ${literal(role)}`,
  )
  if (found?.[0] === true)
    throw notPermitted(
      `The role ${role} bypasses row-level security`,
      `ALTER ROLE ${identifier(role)} NOSUPERUSER NOBYPASSRLS`,
    )
  if (!found) await orDenied(connection, create, `The role ${role} does not exist`)
}

/** Tried, for what membership allows differs between versions of the server. */
async function canTake(connection: StartConnection, role: string): Promise<boolean> {
  try {
    await connection.run(`SET ROLE ${identifier(role)}`)
    await connection.run('RESET ROLE')
    return true
  } catch (error) {
    if (sqlState(error) === denied) return false
    throw error
  }
}

async function orDenied(connection: StartConnection, command: string, what: string): Promise<void> {
  try {
    await connection.run(command)
  } catch (error) {
    const state = sqlState(error) ?? ''
    if (isThere.has(state)) return
    if (state === denied) throw notPermitted(what, command)
    throw error
  }
}

/** Gives the role what it lacks of its privileges; by the owner. */
export async function grantPrivileges(connection: StartConnection, role: string): Promise<void> {
  await connection.run(`SELECT keelson.grant_to(${literal(role)})`)
  const guest = (await guestOf(connection)) ?? guestName(role)
  for (const one of [role, guest])
    for (const name of await missingReadModels(connection, one)) await grantReadModel(connection, name, one)
}

/** Whether the role has all of its privileges, in the schema and on read models. */
export async function hasPrivileges(connection: StartConnection, role: string): Promise<boolean> {
  const name = literal(role)
  const [row] = await connection.ask(
    `SELECT has_schema_privilege(${name}, 'keelson', 'USAGE') AND (
        SELECT bool_and(has_table_privilege(${name}, c.oid, 'SELECT')) FROM pg_class c
        WHERE c.relnamespace = 'keelson'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND c.relname <> 'secret'
      ) AND (
        SELECT bool_and(has_function_privilege(${name}, p.oid, 'EXECUTE')) FROM pg_proc p
        WHERE p.pronamespace = 'keelson'::regnamespace
      )`,
  )
  if (row?.[0] !== true) return false
  const guest = await guestOf(connection)
  if (guest === undefined) return false
  for (const one of [role, guest]) if ((await missingReadModels(connection, one)).length > 0) return false
  return true
}

/** Name of the role that products' SQL runs under, where none is set up yet. */
export const guestName = (role: string): string => `${role}_guest`

/** The role that products' SQL runs under; undefined where it is not set up. */
export async function guestOf(connection: Pick<StartConnection, 'ask'>): Promise<string | undefined> {
  const [row] = await connection.ask('SELECT keelson.guest()')
  return (row?.[0] as string | null) ?? undefined
}

/** Read models that are there, and that the role may not use. */
async function missingReadModels(connection: StartConnection, role: string): Promise<string[]> {
  const rows = await connection.ask(
    `SELECT m.name FROM keelson.read_model m JOIN pg_class c ON c.oid = to_regclass(m.name)
      WHERE NOT CASE c.relkind WHEN 'S' THEN has_sequence_privilege(${literal(role)}, c.oid, 'USAGE')
        ELSE has_table_privilege(${literal(role)}, c.oid, 'SELECT') END`,
  )
  return rows.map(([name]) => name as string)
}

/** `name` is quoted where it must be, as the database gave it. */
export async function grantReadModel(
  connection: Pick<StartConnection, 'ask' | 'run'>,
  name: string,
  role: string,
): Promise<void> {
  const to = identifier(role)
  const [row] = await connection.ask(
    `SELECT c.relkind = 'S', n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = to_regclass(${literal(name)})`,
  )
  if (!row) return
  await connection.run(`GRANT USAGE ON SCHEMA ${identifier(row[1] as string)} TO ${to}`)
  const privileges = row[0] === true ? 'USAGE, SELECT ON SEQUENCE' : 'SELECT, INSERT, UPDATE, DELETE ON'
  await connection.run(`GRANT ${privileges} ${name} TO ${to}`)
}

export function notPermitted(what: string, command: string): KeelsonError {
  return new KeelsonError('store_not_permitted', `${what}: have an administrator run ${command}`, { command })
}
