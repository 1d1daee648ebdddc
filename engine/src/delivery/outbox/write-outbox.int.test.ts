import { DatabaseSync } from 'node:sqlite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { drizzle as drizzleProxy } from 'drizzle-orm/sqlite-proxy'
import { Kysely, PostgresDialect, sql as raw } from 'kysely'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../core/index.ts'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { range, until } from '../../testing/transport-contract/transport-steps.ts'
import { order, publisherOf } from './fixtures/outbox-cases.ts'
import type { OutboxSource, OutboxTransaction } from './index.ts'
import {
  drizzleTransaction,
  kyselyTransaction,
  OutboxRelay,
  outboxSchema,
  PostgresOutbox,
  pgTransaction,
  SqliteOutbox,
  writeOutbox,
  writeOutboxSync,
} from './index.ts'

const table = 'shop_outbox'

/** Runs the work in a transaction of a driver, which is rolled back where the work throws. */
type Within = (work: (transaction: OutboxTransaction) => Promise<unknown>) => Promise<unknown>

async function untilPublished(source: OutboxSource): Promise<readonly number[]> {
  const { publisher, seen } = publisherOf()
  const relay = new OutboxRelay({ source, publisher, pollEvery: 5 })
  relay.start()
  await until(async () => (await relay.status()).leads.length === 1, 'the lead')
  await relay.drain()
  return seen
}

/** What is committed is published once, what is rolled back never. */
async function holds(within: Within, source: OutboxSource): Promise<void> {
  const events: readonly JsonObject[] = range(5).map(index => order(index, 'one'))
  await within(transaction => writeOutbox(transaction, events, { table }))
  await expect(
    within(async transaction => {
      await writeOutbox(transaction, order(10), { table })
      throw new Error('the product changed its mind')
    }),
  ).rejects.toThrow()
  await within(transaction => writeOutbox(transaction, order(5, 'one'), { table, notifies: true }))
  expect(await untilPublished(source)).toEqual(range(6))
  expect(await untilPublished(source)).toEqual([])
}

async function onPostgres(make: (pool: pg.Pool) => Within): Promise<void> {
  await using database = await temporaryPostgres()
  const pool = database.pool()
  for (const statement of outboxSchema('postgres', { table })) await pool.query(statement)
  await holds(make(pool), new PostgresOutbox({ pool, table }))
}

describe('what is no transaction', () => {
  it('is refused: a client of pg that began none', async () => {
    await using database = await temporaryPostgres()
    const pool = database.pool()
    for (const statement of outboxSchema('postgres', { table })) await pool.query(statement)
    const rows = async () => (await pool.query(`SELECT id FROM ${table}`)).rows
    const client = await pool.connect()
    try {
      const write = () => writeOutbox(pgTransaction(client), order(0), { table })
      await expect(write()).rejects.toMatchObject({ code: 'outbox_invalid' })
      await client.query('BEGIN')
      await write()
      await client.query('ROLLBACK')
      await expect(write()).rejects.toThrow('outside a transaction')
      expect(await rows()).toEqual([])
      await client.query('BEGIN')
      // Who does not wait for it has it within the transaction all the same.
      const written = write()
      await client.query('ROLLBACK')
      await written
      expect(await rows()).toEqual([])
      await client.query('BEGIN')
      await write()
      await client.query('COMMIT')
      expect(await rows()).toHaveLength(1)
      const begun = client.query('BEGIN')
      await expect(writeOutbox(pgTransaction(client), order(1), { table })).rejects.toThrow('wait for BEGIN')
      await begun
      await client.query('ROLLBACK')
    } finally {
      client.release()
    }
  })

  it('is refused: a pool of pg, a database of Kysely or Drizzle', async () => {
    await using database = await temporaryPostgres()
    const pool = database.pool()
    // @ts-expect-error A pool runs each query on whatever connection is free.
    expect(() => pgTransaction(pool)).toThrow('is a pool')
    const kysely = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool }) })
    // @ts-expect-error It is not within a transaction.
    expect(() => kyselyTransaction(kysely, 'postgres')).toThrow('is no transaction')
    // @ts-expect-error Nor is this one.
    expect(() => drizzleTransaction(drizzle(pool), sql)).toThrow('is no transaction')
  })
})

describe('an event that is written in a transaction', () => {
  it('of pg', () =>
    onPostgres(pool => async work => {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        await work(pgTransaction(client))
        await client.query('COMMIT')
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      } finally {
        client.release()
      }
    }))

  it('of Kysely', () =>
    onPostgres(pool => {
      const database = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool }) })
      return work =>
        database.transaction().execute(async transaction => {
          await raw`SELECT 1`.execute(transaction)
          await work(kyselyTransaction(transaction, 'postgres'))
        })
    }))

  it('of Drizzle on PostgreSQL', () =>
    onPostgres(pool => work => {
      const database = drizzle(pool)
      return database.transaction(transaction => work(drizzleTransaction(transaction, sql)))
    }))

  it('of Drizzle on SQLite', async () => {
    const file = new DatabaseSync(':memory:')
    for (const statement of outboxSchema('sqlite', { table })) file.exec(statement)
    const database = drizzleProxy(async (text, params, method) => {
      const statement = file.prepare(text)
      if (method === 'run') {
        statement.run(...params)
        return { rows: [] }
      }
      return { rows: statement.all(...params).map(row => Object.values(row)) }
    })
    await holds(
      work => database.transaction(transaction => work(drizzleTransaction(transaction, sql))),
      new SqliteOutbox({ database: file, table }),
    )
  })

  it('of node:sqlite', async () => {
    const file = new DatabaseSync(':memory:')
    for (const statement of outboxSchema('sqlite', { table })) file.exec(statement)
    const within = (indexes: readonly number[], end: 'COMMIT' | 'ROLLBACK') => {
      file.exec('BEGIN')
      writeOutboxSync(
        file,
        indexes.map(index => order(index, 'one')),
        { table },
      )
      file.exec(end)
    }
    within(range(3), 'COMMIT')
    within([10], 'ROLLBACK')
    within([3], 'COMMIT')
    const source = new SqliteOutbox({ database: file, table })
    expect(await untilPublished(source)).toEqual(range(4))
  })
})
