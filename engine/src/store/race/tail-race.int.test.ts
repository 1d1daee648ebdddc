import pg from 'pg'
import { expect, test } from 'vitest'
import { shardOf } from '../postgres/append/placement.ts'
import { execute, temporaryDatabase } from '../postgres/fixtures/server.ts'
import { appendInTransaction, openPostgresStore } from '../postgres/index.ts'
import { race, raceSummary } from './fixtures/race.ts'
import type { ProductTransaction } from './fixtures/writer.ts'

const most = 100_000

/** A product's own transaction on the store's database. */
const inTransaction =
  (pool: pg.Pool): ProductTransaction =>
  async ({ tenantId, writes, ends, stall }) => {
    const client = await pool.connect()
    try {
      await client.query('BEGIN; INSERT INTO product DEFAULT VALUES')
      const receipts = await appendInTransaction(client, tenantId, writes)
      await stall()
      await client.query(ends === 'commit' ? 'COMMIT' : 'ROLLBACK')
      return receipts
    } finally {
      client.release()
    }
  }

test('on PostgreSQL readers see every event once and in order, also while another database holds a transaction open', {
  timeout: 240_000,
}, async () => {
  await using database = await temporaryDatabase()
  await using other = await temporaryDatabase()
  await execute(database.connection, 'CREATE TABLE product (row serial PRIMARY KEY)')
  await execute(other.connection, 'CREATE TABLE product (row serial PRIMARY KEY)')
  const pools = [0, 1, 2].map(() => new pg.Pool({ ...database.connection, max: 6 }))
  const own = new pg.Pool({ ...database.connection, max: 2 })
  const writing = new pg.Client(other.connection)
  await writing.connect()
  // Its transaction id is older than any of the race: who orders by those would wait for it.
  await writing.query('BEGIN; INSERT INTO product DEFAULT VALUES')
  const stores = await Promise.all(pools.map(pool => openPostgresStore({ pool })))
  try {
    const product = inTransaction(own)
    const report = await race({ writing: stores.slice(0, 2), reading: stores, product, events: most })
    expect(report.faults).toEqual([])
    expect(report.events).toBeGreaterThanOrEqual(most)
    const { rows } = await own.query('SELECT count(*)::int AS count FROM product')
    expect(rows).toEqual([{ count: report.made['product'] }])
    const { rows: open } = await writing.query('SELECT txid_current_if_assigned() IS NOT NULL AS open')
    expect(open).toEqual([{ open: true }])
    console.log(`tail race on PostgreSQL: ${raceSummary(report)}`)
  } finally {
    await writing.end()
    await Promise.all(stores.map(store => store.close()))
    await Promise.all([...pools, own].map(pool => pool.end()))
  }
})

test('so they do with three shards, in each of which a race goes on at the same time', {
  timeout: 120_000,
}, async () => {
  await using database = await temporaryDatabase()
  await execute(database.connection, 'CREATE TABLE product (row serial PRIMARY KEY)')
  const pools = [0, 1].map(() => new pg.Pool({ ...database.connection, max: 8 }))
  const own = new pg.Pool({ ...database.connection, max: 3 })
  const open = (pool: pg.Pool) => openPostgresStore({ pool, shards: 3 })
  const stores = await Promise.all(pools.map(open))
  try {
    const names = Array.from({ length: 90 }, (_, number) => `tenant-${number}`)
    const races = [0, 1, 2].map(shard => {
      const tenants = names.filter(name => shardOf(name, 3) === shard).slice(0, 3)
      const product = inTransaction(own)
      return race({
        writing: stores,
        reading: stores,
        product,
        events: 4_000,
        writers: 4,
        batch: 60,
        tenants,
        shard,
      })
    })
    for (const { faults, events } of await Promise.all(races)) {
      expect(faults).toEqual([])
      expect(events).toBeGreaterThanOrEqual(4_000)
    }
  } finally {
    await Promise.all(stores.map(store => store.close()))
    await Promise.all([...pools, own].map(pool => pool.end()))
  }
})
