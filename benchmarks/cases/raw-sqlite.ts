import type { SQLInputValue } from 'node:sqlite'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from 'keelson/sqlite'
import { caseOptions, giveRun } from './case-process.ts'
import { tenant } from './open-store.ts'
import { createSampleWrites } from './sample-event.ts'

type Row = Record<string, SQLInputValue>
const { path, rowsPerTransaction, seconds } = caseOptions<{
  path: string
  rowsPerTransaction: number
  seconds: number
}>()

/** The rows that the store writes for its events, column for column as they stand. */
async function storedRows(): Promise<{ columns: string[]; rows: Row[] }> {
  const samplePath = `${path}-rows`
  const store = await openSqliteStore({ path: samplePath })
  const writes = createSampleWrites(1000)
  await Promise.all(Array.from({ length: 2000 }, () => store.append(tenant, writes(1))))
  await store.close()
  const database = new DatabaseSync(samplePath, { readOnly: true })
  const rows = database.prepare('SELECT * FROM event ORDER BY position').all()
  database.close()
  return { columns: Object.keys(rows[0] ?? {}), rows }
}

/** What SQLite itself can do on this thread: ready-made rows into the very tables and indexes of a store. */
const { columns, rows } = await storedRows()
await (await openSqliteStore({ path })).close()
const database = new DatabaseSync(path)
database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -64000;')
const addEvent = database.prepare(`INSERT INTO event (${columns}) VALUES (${columns.map(() => '?')})`)
const addId = database.prepare('INSERT INTO event_id (tenant, id, position) VALUES (?, ?, ?)')
const values = rows.map(row => columns.map(column => row[column] ?? null))
// Ids of the same form that rise like the real ones, so that their index grows at its edge.
const idStart = (JSON.parse(rows[0]?.['leaf'] as string) as { id: string }).id.slice(0, 14)
const [position, sequence, stream, version] = ['position', 'sequence', 'stream', 'version'].map(name =>
  columns.indexOf(name),
) as [number, number, number, number]

let count = 0
const started = performance.now()
while (performance.now() - started < seconds * 1000) {
  database.exec('BEGIN IMMEDIATE')
  for (let at = 0; at < rowsPerTransaction; at += 1) {
    const row = values[count % values.length] as SQLInputValue[]
    row[position] = count + 1
    row[sequence] = count
    row[stream] = (count % 1000) + 1
    row[version] = Math.floor(count / 1000) + 1
    addId.run(1, `${idStart}${String(count).padStart(16, '0')}`, count + 1)
    addEvent.run(...row)
    count += 1
  }
  database.exec('COMMIT')
}
const perSecond = count / ((performance.now() - started) / 1000)
database.close()
giveRun({ perSecond })
