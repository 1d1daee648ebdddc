import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Envelope } from 'keelson'
import {
  completeEvent,
  composeUnit,
  createIdSource,
  createInbox,
  createOutbox,
  createSnapshots,
  createTimers,
} from 'keelson'
import { createQueryBuilder, toStatement } from 'keelson/kysely'
import { openSqliteStore } from 'keelson/sqlite'

// 1. A store, and a table of the product's own beside the log. `define` runs at each start, hence `ifNotExists`.
interface Tables {
  order_total: { tenant_id: string; id: string; cents: number }
}
const folder = await mkdtemp(join(tmpdir(), 'keelson-example-'))
const store = await openSqliteStore({ path: join(folder, 'shop.db') })
const scope = { tenantId: 'acme' }
const tables = createQueryBuilder<Tables>(store, scope)
const orderTotal = tables.schema
  .createTable('order_total')
  .ifNotExists()
  .addColumn('tenant_id', 'text', column => column.notNull())
  .addColumn('id', 'text', column => column.notNull())
  .addColumn('cents', 'integer', column => column.notNull())
  .addPrimaryKeyConstraint('order_total_key', ['tenant_id', 'id'])
await store.define([orderTotal.compile().sql])

// 2. A stream's state, kept every two events so that it need not be rebuilt from the first.
interface Order {
  readonly cents: number
  readonly isOverdue: boolean
}
const evolve = (order: Order, { eventType, payload }: Envelope): Order =>
  eventType === 'ItemAdded'
    ? { ...order, cents: order.cents + (payload as { cents: number }).cents }
    : { ...order, isOverdue: true }
const snapshots = createSnapshots(store, { schema: 'Order@1', every: 2 })
const load = (id: string) => snapshots.load('acme', `Order-${id}`, { cents: 0, isOverdue: false }, evolve)

// 3. A decision: its event, the snapshot, a timer, a message and a row are one unit of work, so all or none is stored.
const day = 24 * 60 * 60 * 1000
let now = Date.parse('2026-06-11T09:00:01Z')
const clock = { now: () => now }
const ids = createIdSource(clock)
const timers = createTimers(store, { clock })
const outbox = createOutbox(store, { clock, ids })
const complete = (eventType: string, payload: { readonly id: string; readonly cents?: number }) =>
  completeEvent(
    { eventType, occurredAt: new Date(now).toISOString(), payload },
    { tenantId: 'acme', ids, now, source: 'shop' },
  )
const append = (stream: string, expected: number, event: ReturnType<typeof complete>) => ({
  appends: [{ tenantId: 'acme', writes: [{ stream, expected, events: [event] }] }],
})

async function addItem(id: string, cents: number): Promise<void> {
  const order = await load(id)
  const added = complete('ItemAdded', { id, cents })
  const next = snapshots.advance(order, [added.envelope], evolve)
  const row = { tenant_id: 'acme', id, cents: next.state.cents }
  const upsert = tables
    .insertInto('order_total')
    .values(row)
    .onConflict(conflict => conflict.columns(['tenant_id', 'id']).doUpdateSet({ cents: row.cents }))
  await store.commit(
    composeUnit(
      scope,
      // Refused with `version_conflict` where somebody else has written to the stream since it was loaded.
      append(order.stream, order.version, added),
      snapshots.takeEvery(next),
      timers.schedule('acme', { id: `due-${id}`, name: 'PaymentDue', due: now + day, payload: { id } }),
      outbox.add('acme', [{ topic: 'mail', payload: `Order ${id} is at ${row.cents} cents` }]),
      { statements: [toStatement(upsert)] },
    ),
  )
}
for (const cents of [1200, 300, 50]) await addItem('7', cents)
const { version, snapshotVersion } = await load('7')
console.log(`order 7 has ${version} events, a snapshot at ${snapshotVersion}`)

// 4. Timers: a worker of yours calls `fire` again and again. What the handler gives and the timer's end are one unit.
async function fireTimers(): Promise<number> {
  return timers.fire({ tenantId: 'every tenant' }, async ({ payload }) => {
    const { id } = payload as { id: string }
    const order = await load(id)
    return append(order.stream, order.version, complete('PaymentOverdue', { id }))
  })
}
console.log(`fired ${await fireTimers()}, it is too early`)
now += day
console.log(`fired ${await fireTimers()} a day later, and ${await fireTimers()} when asked again`)

// 5. The outbox: a worker sends each tenant's messages in order, each at least once.
for (const tenantId of await outbox.ready({ tenantId: 'every tenant' }))
  await outbox.deliver(tenantId, async ({ topic, payload }) => console.log(`${topic}: ${payload}`))

// 6. The inbox: what comes in twice has its effect once.
const inbox = createInbox(store, { consumer: 'payments', clock })
for (let delivery = 0; delivery < 2; delivery += 1) {
  const paid = tables.updateTable('order_total').set({ cents: 0 }).where('id', '=', '7')
  const statements = [toStatement(paid.where('tenant_id', '=', 'acme'))]
  const { outcome } = await inbox.handle('acme', 'payment-1', { statements })
  console.log(`payment-1: ${outcome}`)
}

// 7. Rows are asked for with Kysely. On SQLite it is the query that must name the tenant.
const rows = tables.selectFrom('order_total').select(['id', 'cents']).where('tenant_id', '=', 'acme')
for (const { id, cents } of await rows.execute()) console.log(`order ${id} owes ${cents}`)
await store.close()
await rm(folder, { recursive: true })
