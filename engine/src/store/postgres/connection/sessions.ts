import { KeelsonError, tenantIdPattern } from '../../../core/index.ts'
import { hearBreak, hearBreaks } from './hear-breaks.ts'
import { identifier, literal } from './markers.ts'
import type { PostgresClient, PostgresPool, PostgresQueryable } from './pool.ts'
import { isLost, toConnectError } from './sql-error.ts'

/** Whose rows a transaction sees; `*` is the platform, which sees all. */
export type Sight = string

export interface SessionOptions {
  readonly applicationRole: string
  readonly durability: 'fsync' | 'relaxed'
}

/** The pool's connections, each brought to what the store needs at its first use. */
export class Sessions {
  readonly #pool: PostgresPool
  readonly #setup: string
  readonly #own: string
  readonly #commitProducts: string
  readonly #ready = new WeakSet<PostgresQueryable>()

  constructor(pool: PostgresPool, options: SessionOptions) {
    this.#pool = pool
    this.#setup = setupOf(options)
    const role = identifier(options.applicationRole)
    this.#own = `SET LOCAL ROLE ${role}; SET LOCAL search_path = ${ownPath}`
    // A product's SQL may have changed settings of the session, also of how its own transaction commits.
    this.#commitProducts = `${unlock}; RESET ALL; ${this.#setup}; COMMIT`
    hearBreaks(pool)
  }

  /** Work on a connection; what the driver throws comes out as it is. */
  async use<Result>(work: (client: PostgresClient) => Promise<Result>): Promise<Result> {
    const client = await this.#connect()
    try {
      if (!this.#ready.has(client)) await this.#prepare(client)
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      throw letGo(client, error)
    }
  }

  /** Work in a transaction that sees what it may; rolled back where the work throws. */
  write<Result>(
    sight: Sight,
    work: (client: PostgresClient) => Promise<Result>,
    { isProducts = false, isRelaxed = false } = {},
  ): Promise<Result> {
    return this.use(async client => {
      await client.query({
        text: `BEGIN; ${this.#own}; ${look(sight)}${isRelaxed ? unhurried : ''}`,
        rowMode: 'array',
      })
      try {
        const result = await work(client)
        await client.query({ text: isProducts ? this.#commitProducts : 'COMMIT', rowMode: 'array' })
        return result
      } catch (error) {
        await rollBack(client, error, isProducts ? undo.products : undo.own)
        throw error
      }
    })
  }

  /** As `write`, to read only; the answer does not wait for the transaction's end. */
  read<Result>(sight: Sight, work: (client: PostgresClient) => Promise<Result>): Promise<Result> {
    return this.#read(look(sight), 'COMMIT', undo.own, work)
  }

  /** As `read`, for a product's SQL: its transaction is undone, with all settings that it changed. */
  readAsProduct<Result>(sight: Sight, work: (client: PostgresClient) => Promise<Result>): Promise<Result> {
    return this.#read(handOver(sight), `ROLLBACK; ${unlock}`, undo.products, work)
  }

  async #read<Result>(
    settings: string,
    end: string,
    failed: string,
    work: (client: PostgresClient) => Promise<Result>,
  ): Promise<Result> {
    const client = await this.#connect()
    try {
      if (!this.#ready.has(client)) await this.#prepare(client)
      await client.query({ text: `BEGIN READ ONLY; ${this.#own}; ${settings}`, rowMode: 'array' })
      const result = await work(client).catch(async error => {
        await rollBack(client, error, failed)
        throw error
      })
      client.query({ text: end, rowMode: 'array' }).then(
        () => client.release(),
        () => client.release(true),
      )
      return result
    } catch (error) {
      throw letGo(client, error)
    }
  }

  async #connect(): Promise<PostgresClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw toConnectError(error, this.#pool)
    }
  }

  async #prepare(client: PostgresClient): Promise<void> {
    hearBreak(client)
    try {
      await client.query({ text: this.#setup, rowMode: 'array' })
    } catch (error) {
      throw new BrokenSession(error)
    }
    this.#ready.add(client)
  }
}

/** A connection whose state is not known, so that nobody may use it again. */
class BrokenSession extends Error {
  readonly reason: unknown

  constructor(reason: unknown) {
    super('The session is in an unknown state')
    this.reason = reason
  }
}

/** The transaction's end does not wait for the disk. */
const unhurried = '; SET LOCAL synchronous_commit = off'

/** Names are the store's own; what somebody made for a session comes last. */
const ownPath = 'keelson, pg_temp'

/** Locks that a product's SQL took for the session, which no end of a transaction gives back. */
const unlock = 'SELECT pg_catalog.pg_advisory_unlock_all()'

const undo = { own: 'ROLLBACK', products: 'ROLLBACK; SELECT keelson.clear()' } as const

/** Gives the connection back, or up; returns what is to be thrown. */
function letGo(client: PostgresClient, error: unknown): unknown {
  client.release(error instanceof BrokenSession || isLost(error))
  return error instanceof BrokenSession ? error.reason : error
}

/** @throws BrokenSession where even that fails. */
async function rollBack(client: PostgresClient, reason: unknown, text: string): Promise<void> {
  if (isLost(reason)) return
  try {
    await client.query({ text, rowMode: 'array' })
  } catch {
    throw new BrokenSession(reason)
  }
}

function setupOf({ applicationRole, durability }: SessionOptions): string {
  // A level that the database raised (to wait for a standby, say) stays.
  const sync =
    durability === 'relaxed'
      ? "SELECT set_config('synchronous_commit', 'off', false)"
      : "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')"
  return [
    `SET search_path = ${ownPath}`,
    // Where a statement ends must not depend on how the database was set up.
    'SET standard_conforming_strings = on',
    "SET default_transaction_isolation = 'read committed'",
    // Its compiler costs more than these short statements take.
    'SET jit = off',
    // All of them go by an index; a table that has grown since it was last looked at must not change that.
    ...unwanted.map(name => `SET ${name} = off`),
    sync,
    `SET ROLE ${identifier(applicationRole)}`,
  ].join('; ')
}

/** What the planner does without for the store's own statements. */
const unwanted = ['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin'] as const

/** A product's own statements find its own tables first, and are planned in every way. */
export const productSettings = [
  'SET LOCAL search_path TO DEFAULT',
  ...unwanted.map(name => `SET LOCAL ${name} TO DEFAULT`),
].join('; ')

/** Sets what the transaction sees from here on. */
export function look(sight: Sight): string {
  if (sight !== '*' && !tenantIdPattern.test(sight))
    throw new KeelsonError('tenant_unknown', `"${sight.slice(0, 100)}" cannot be the id of a tenant`)
  return `SET LOCAL keelson.tenant = ${literal(sight)}`
}

/** Seals what a product's SQL sees from here on. What it runs as is up to the functions that carry it out. */
export function handOver(sight: Sight): string {
  look(sight)
  return `SELECT keelson.enter(${literal(sight)}); ${productSettings}`
}
