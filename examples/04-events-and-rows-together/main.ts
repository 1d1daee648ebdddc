import { DatabaseSync } from 'node:sqlite'
import { completeEvent, createIdSource, systemClock } from 'keelson'
import { createTransactionAppender, openSqliteStore } from 'keelson/sqlite'

// A product whose own tables stand in the same file: the row and the event are there together, or neither is.
const path = '.keelson/example-04.db'
const store = await openSqliteStore({ path })
const ids = createIdSource(systemClock)
using database = new DatabaseSync(path)
database.exec(
  'PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS invoice (id TEXT PRIMARY KEY, cents INTEGER)',
)
const events = createTransactionAppender(database)

function issue(id: string, cents: number, failsAfterwards: boolean): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    database.prepare('INSERT OR IGNORE INTO invoice VALUES (?, ?)').run(id, cents)
    const issued = completeEvent(
      {
        eventId: `issued-${id}`,
        eventType: 'InvoiceIssued',
        occurredAt: '2026-06-11T09:00:01Z',
        payload: { id, cents },
      },
      { tenantId: 'acme', ids, now: systemClock.now(), source: 'billing' },
    )
    events.append('acme', [{ stream: `Invoice-${id}`, expected: 'any', events: [issued] }])
    if (failsAfterwards) throw new Error('the printer is on fire')
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    console.log(`${id}: ${(error as Error).message}, so nothing happened`)
  }
}

issue('1', 1200, false)
issue('2', 900, true)
for (const { id, cents } of database.prepare('SELECT id, cents FROM invoice').all())
  console.log(`row ${id}: ${cents}`)
for await (const event of store.readAll({ tenantId: 'acme' })) console.log(`event ${event.eventId}`)
await store.close()
