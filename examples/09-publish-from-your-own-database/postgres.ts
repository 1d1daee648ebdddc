import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import {
  drizzleTransaction,
  kyselyTransaction,
  outboxSchema,
  pgTransaction,
  writeOutbox,
} from 'keelson/outbox'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] })
for (const statement of outboxSchema('postgres')) await pool.query(statement)

const placed = (id: string) => ({
  eventType: 'OrderPlaced',
  tenantId: 'acme',
  occurredAt: new Date().toISOString(),
  aggregateType: 'Order',
  aggregateId: id,
  payload: { orderId: id, cents: 1200 },
})

// 1. With `pg`, on the client that began the transaction.
const client = await pool.connect()
await client.query('BEGIN')
await writeOutbox(pgTransaction(client), placed('1'))
await client.query('COMMIT')
client.release()

// 2. With Kysely. It does not tell which database it is on, so you do.
const kysely = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool }) })
await kysely.transaction().execute(async transaction => {
  await writeOutbox(kyselyTransaction(transaction, 'postgres'), placed('2'))
})

// 3. With Drizzle, and its own tag `sql`. `notifies` wakes the relay at the commit.
const database = drizzle(pool)
await database.transaction(async transaction => {
  await writeOutbox(drizzleTransaction(transaction, sql), placed('3'), { notifies: true })
})

// 4. The rows wait for a relay: `new OutboxRelay({ source: new PostgresOutbox({ pool }), publisher: platform })`.
const { rows } = await pool.query('SELECT aggregatetype, aggregateid, type FROM outbox ORDER BY position')
for (const row of rows) console.log(row.aggregatetype, row.aggregateid, row.type)
await pool.end()
