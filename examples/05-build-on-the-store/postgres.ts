import { completeEvent, createIdSource, systemClock } from 'keelson'
import { appendInTransaction, openPostgresStore } from 'keelson/postgres'
import pg from 'pg'

// 1. The store on PostgreSQL has a pool for itself. You make it, and end it after the store was closed.
const connectionString = process.env['DATABASE_URL']
const pool = new pg.Pool({ connectionString, max: 10 })
const store = await openPostgresStore({ pool })
await store.define([
  'CREATE TABLE IF NOT EXISTS invoice (tenant_id text NOT NULL, id text PRIMARY KEY, cents integer NOT NULL)',
])

// 2. A product's own transaction, on a connection of its own: the row and the event are stored together, or neither is.
const own = new pg.Pool({ connectionString, max: 10 })
const ids = createIdSource(systemClock)

async function issue(tenantId: string, id: string, cents: number): Promise<void> {
  const issued = completeEvent(
    { eventType: 'InvoiceIssued', occurredAt: new Date().toISOString(), payload: { id, cents } },
    { tenantId, ids, now: systemClock.now(), source: 'billing' },
  )
  const client = await own.connect()
  try {
    await client.query('BEGIN')
    // The table has a column `tenant_id`, so that the database asks whose rows this transaction is about.
    await client.query("SELECT set_config('keelson.tenant', $1, true)", [tenantId])
    await client.query('INSERT INTO invoice VALUES ($1, $2, $3)', [tenantId, id, cents])
    // Last, because nobody else can append to the tenant's shard from here to the end of the transaction.
    await appendInTransaction(client, tenantId, [
      { stream: `Invoice-${id}`, expected: 'none', events: [issued] },
    ])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}
await issue('acme', '1', 1200)
await issue('globex', '2', 900)

// 3. No WHERE: row-level security leaves out what is not the tenant's.
for (const [id, cents] of await store.query({ tenantId: 'acme' }, 'SELECT id, cents FROM invoice', []))
  console.log(`row ${id}: ${cents}`)
for await (const { stream, eventType } of store.readAll({ tenantId: 'acme' }))
  console.log(`event ${eventType} of ${stream}`)
await store.close()
await Promise.all([pool.end(), own.end()])
