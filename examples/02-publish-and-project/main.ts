import { createPlatform, defineContext, defineEvent, defineProjection } from 'keelson'
import { openSqliteStore } from 'keelson/sqlite'
import Type from 'typebox'

// An event: its schema is checked when it is published, and everything else is derived from the definition.
const SeatsAdded = defineEvent({
  type: 'SeatsAdded',
  version: '1.0',
  kind: 'domain',
  topic: 'billing.seats',
  summary: 'A team bought seats.',
  producer: 'Billing',
  consumers: ['Reports'],
  aggregate: 'Team',
  orderingKey: event => event.payload.team,
  payload: Type.Object({ team: Type.String(), seats: Type.Integer({ minimum: 1 }) }),
  examples: [{ team: 'blue', seats: 3 }],
})

// A read model: its rows and its place in the log are written in one transaction, so each event counts once.
// By the column tenant_id PostgreSQL keeps tenants apart (row-level security); on SQLite the WHERE of each query does.
const table = `CREATE TABLE IF NOT EXISTS seat_total (
  tenant_id TEXT NOT NULL, team TEXT NOT NULL, seats INTEGER NOT NULL, PRIMARY KEY (tenant_id, team)
)`
const SeatTotals = defineProjection({
  name: 'SeatTotals',
  version: 1,
  schema: { sqlite: [`${table} STRICT`], postgres: [table] },
  handle(event, unit) {
    if (event.eventType !== SeatsAdded.type) return
    const { team, seats } = event.envelope.payload as { team: string; seats: number }
    unit.write(
      `INSERT INTO seat_total VALUES (?, ?, ?)
        ON CONFLICT (tenant_id, team) DO UPDATE SET seats = seat_total.seats + excluded.seats`,
      [event.tenantId, team, seats],
    )
  },
})

const billing = defineContext({ name: 'billing', events: [SeatsAdded], projections: [SeatTotals] })
const store = await openSqliteStore({ path: '.keelson/example-02.db' })
const platform = await createPlatform({ store, contexts: [billing] })

const occurredAt = '2026-06-11T09:00:01Z'
const sent = [
  { eventId: 'evt-1', eventType: 'SeatsAdded', occurredAt, payload: { team: 'blue', seats: 3 } },
  { eventId: 'evt-2', eventType: 'SeatsAdded', occurredAt, payload: { team: 'red', seats: 4 } },
  { eventId: 'evt-3', eventType: 'SeatsAdded', occurredAt, payload: { team: 'blue', seats: 2 } },
  // Sent again, as after a lost answer: it is known, and counts once.
  { eventId: 'evt-1', eventType: 'SeatsAdded', occurredAt, payload: { team: 'blue', seats: 3 } },
  { eventId: 'evt-4', eventType: 'SeatsAdded', occurredAt, payload: { team: 'red', seats: 0, note: 'free' } },
]
for (const result of await platform.publishEach('acme', sent)) {
  if (!result.ok) console.log(`refused [${result.error.code}]: ${result.error.message}`)
}

await platform.projection('SeatTotals').waitFor(await store.head({ tenantId: 'acme' }), 5_000)
const rows = await store.query(
  { tenantId: 'acme' },
  'SELECT team, seats FROM seat_total WHERE tenant_id = ? ORDER BY team',
  ['acme'],
)
for (const [team, seats] of rows) console.log(`${team}: ${seats} seats`)
await platform.close()
