import { KeelsonError } from '../../../core/index.ts'
import { hearBreak, hearBreaks } from '../connection/hear-breaks.ts'
import { identifier } from '../connection/markers.ts'
import type { PostgresClient, PostgresPool } from '../connection/pool.ts'
import { rowsOf } from '../connection/pool.ts'
import { toConnectError, toStoreError } from '../connection/sql-error.ts'
import type { Values } from './row-query.ts'

export interface OfflineOptions {
  /** A `pg.Pool`, which stays the caller's. To write, its user must own the schema or be a superuser. */
  readonly pool: PostgresPool
  /** How the database is named in reports; never with a password. */
  readonly location: string
  /** Whether nobody else may write meanwhile; `store_locked` where a server is connected or writes. */
  readonly isExclusive?: boolean
  /** Role to read as where the user does not own the schema; default `keelson_app`. */
  readonly applicationRole?: string
  /** Ends a statement that waits, with the signal's reason. */
  readonly signal?: AbortSignal
}

/** A connection with a transaction that sees every tenant's rows. */
export class Session {
  readonly #client: PostgresClient
  readonly #signal: AbortSignal | undefined
  #isOpen = true

  private constructor(client: PostgresClient, signal: AbortSignal | undefined) {
    this.#client = client
    this.#signal = signal
  }

  /** Begins a transaction; whatever it reads is as it was at one moment. */
  static async open(options: OfflineOptions): Promise<Session> {
    const { pool, isExclusive = false, applicationRole = 'keelson_app' } = options
    const session = new Session(await connect(pool), options.signal)
    try {
      await session.rows('BEGIN ISOLATION LEVEL REPEATABLE READ')
      await session.rows("SET LOCAL keelson.tenant = '*'")
      await session.rows("SET LOCAL lock_timeout = '10s'")
      await takeRole(session, applicationRole)
      if (isExclusive) await lockOut(session)
      return session
    } catch (error) {
      await session.close()
      throw error
    }
  }

  async rows(text: string, values: unknown[] = []): Promise<Values[]> {
    try {
      return await this.#orAborted(rowsOf(this.#client, { text, values, rowMode: 'array' }))
    } catch (error) {
      throw this.#signal?.aborted ? error : toStoreError(error)
    }
  }

  /** What runs on is ended with its connection, when the session is closed. */
  async #orAborted(answer: Promise<Values[]>): Promise<Values[]> {
    const signal = this.#signal
    if (!signal) return answer
    let stop = (): void => undefined
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason)
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
    })
    try {
      return await Promise.race([answer, aborted])
    } finally {
      signal.removeEventListener('abort', stop)
      if (signal.aborted) answer.catch(() => undefined)
    }
  }

  async commit(): Promise<void> {
    await this.rows('COMMIT')
    this.#end()
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return
    const failed = await this.rows('ROLLBACK').then(
      () => false,
      () => true,
    )
    this.#end(failed)
  }

  #end(failed = false): void {
    this.#isOpen = false
    this.#client.release(failed)
  }
}

async function connect(pool: PostgresPool): Promise<PostgresClient> {
  try {
    hearBreaks(pool)
    const client = await pool.connect()
    hearBreak(client)
    return client
  } catch (error) {
    throw toConnectError(error, pool)
  }
}

/** Who does not own the schema reads as the application does. */
async function takeRole(session: Session, role: string): Promise<void> {
  const [schema] = await session.rows(
    "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'keelson'",
  )
  if (schema?.[0] === false) await session.rows(`SET LOCAL ROLE ${identifier(role)}`)
}

const tables = [
  'log_head',
  'tenant',
  'stream',
  'event_type',
  'event',
  'event_id',
  'event_link',
  'idempotency_key',
  'checkpoint',
  'document',
]

/** Keeps writers out for as long as the transaction is open, and refuses where a server is connected. */
async function lockOut(session: Session): Promise<void> {
  await session.rows("SET LOCAL lock_timeout = '5s'")
  try {
    await session.rows(`LOCK TABLE ${tables.map(table => `keelson.${table}`).join(', ')} IN SHARE MODE`)
  } catch (error) {
    if ((error as KeelsonError).details['sqlState'] !== '55P03') throw error
    throw new KeelsonError('store_locked', 'Somebody writes to the database: stop the servers', {}, error)
  }
  // A server that was stopped a moment ago may still be listed.
  for (let tries = 10; ; tries -= 1) {
    const [row] = await session.rows(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND application_name LIKE 'keelson%' AND application_name <> current_setting('application_name')`,
    )
    const others = Number(row?.[0])
    if (others === 0) return
    if (tries === 0)
      throw new KeelsonError(
        'store_locked',
        `${others} ${others === 1 ? 'connection' : 'connections'} of Keelson servers to the database: stop them`,
      )
    await session.rows('SELECT pg_stat_clear_snapshot(), pg_sleep(0.1)')
  }
}
