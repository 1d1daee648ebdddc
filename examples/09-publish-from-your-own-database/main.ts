import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createPlatform, defineContext, defineEvent } from 'keelson'
import { OutboxRelay, outboxSchema, SqliteOutbox, writeOutboxSync } from 'keelson/outbox'
import { openSqliteStore } from 'keelson/sqlite'
import Type from 'typebox'

// 1. The product's own database gets the tables of an outbox, beside the product's own.
const folder = await mkdtemp(join(tmpdir(), 'keelson-example-'))
const shop = new DatabaseSync(join(folder, 'shop.db'))
shop.exec('PRAGMA journal_mode = WAL')
shop.exec('CREATE TABLE orders (id TEXT PRIMARY KEY, cents INTEGER NOT NULL)')
for (const statement of outboxSchema('sqlite')) shop.exec(statement)

// 2. A transaction of the product: the order and its event are stored together, or neither is.
function place(id: string, cents: number): void {
  shop.exec('BEGIN')
  try {
    writeOutboxSync(shop, {
      eventType: 'OrderPlaced',
      tenantId: 'acme',
      occurredAt: new Date().toISOString(),
      aggregateType: 'Order',
      aggregateId: id,
      payload: { orderId: id, cents },
    })
    shop.prepare('INSERT INTO orders VALUES (?, ?)').run(id, cents)
    shop.exec('COMMIT')
  } catch (error) {
    shop.exec('ROLLBACK')
    throw error
  }
}
place('1', 1200)
place('2', 800)
try {
  place('2', 800)
} catch (error) {
  console.log(`not placed: ${(error as Error).message}`)
}
place('3', -5)

// 3. A relay brings the rows to the platform. It may run here or in any other process that opens both.
const OrderPlaced = defineEvent({
  type: 'OrderPlaced',
  version: '1.0',
  kind: 'domain',
  topic: 'orders',
  summary: 'A customer placed an order.',
  producer: 'Shop',
  consumers: ['Billing'],
  payload: Type.Object({ orderId: Type.String(), cents: Type.Integer({ minimum: 0 }) }),
  examples: [{ orderId: '1', cents: 1200 }],
})
const store = await openSqliteStore({ path: join(folder, 'keelson.db') })
const platform = await createPlatform({
  store,
  contexts: [defineContext({ name: 'shop', events: [OrderPlaced] })],
})
const connection = new DatabaseSync(join(folder, 'shop.db'), { timeout: 5_000 })
const source = new SqliteOutbox({ database: connection })
const relay = new OutboxRelay({ source, publisher: platform })
relay.start()
await until(async () => (await relay.status()).rows === 0)
for await (const event of store.readAll({ tenantId: 'acme' }))
  console.log(event.position, event.eventType, event.stream)

// 4. What the platform refuses is set aside, with the reason, and stops nothing. It is put back, or given up.
const { published, dead } = await relay.status()
console.log(`${published} published, ${dead} set aside`)
for (const row of await source.listDead()) {
  console.log(`order ${row.aggregateid}: ${row.errorcode}`)
  await source.discardDead([row.position])
}

// 5. The end: what is there still goes out.
await relay.drain()
await platform.close()
connection.close()
shop.close()
await rm(folder, { recursive: true })

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 10))
}
