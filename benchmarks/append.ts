import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { saas } from '@keelson/contexts'
import type { CompleteEvent, EventStore } from 'keelson'
import { completeEvent, createCatalog, createIdSource, streamName } from 'keelson'
import { openSqliteStore } from 'keelson/sqlite'
import { installPeers, peerVersion } from './peers.ts'
import type { BenchReport, CaseResult, Run } from './report.ts'
import { machine, summarise, versions } from './report.ts'

const runs = 3
const seconds = 3
const ids = createIdSource()
const catalog = createCatalog(saas.events)

/** An event of about 700 bytes of canonical JSON, completed and validated as every published event is. */
function makeEvent(stream: number): CompleteEvent {
  const input = {
    eventType: 'SubscriptionActivated',
    occurredAt: '2026-06-11T09:02:00Z',
    projectId: 'proj-contoso-saas',
    payload: {
      subscriptionId: `sub-${stream}`,
      editionCode: 'enterprise',
      billingCycle: 'Annual',
      currentPeriodEnd: '2027-06-11T00:00:00Z',
    },
    metadata: {
      user: 'usr-4711',
      ip: '203.0.113.7',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
      note: 'n'.repeat(110),
    },
  }
  return catalog.admit(
    completeEvent(input, { tenantId: 'contoso', ids, now: Date.now(), source: 'bench' }),
    false,
  )
}

async function appendRun(folder: string, callers: number, eventsPerAppend: number): Promise<Run> {
  const path = join(folder, `k-${callers}-${eventsPerAppend}-${Math.random()}.db`)
  const store: EventStore = await openSqliteStore({ path })
  let next = 0
  const one = () => {
    next += 1
    const events = Array.from({ length: eventsPerAppend }, () => makeEvent(next % 1000))
    return store.append('contoso', [
      { stream: streamName((events[0] as CompleteEvent).envelope), expected: 'any', events },
    ])
  }
  for (let warm = 0; warm < 50; warm += 1) await one()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const latencies: number[] = []
  const started = performance.now()
  const end = started + seconds * 1000
  const caller = async () => {
    while (performance.now() < end) {
      const from = performance.now()
      await one()
      latencies.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const elapsed = (performance.now() - started) / 1000
  delay.disable()
  await store.close()
  return {
    perSecond: (latencies.length * eventsPerAppend) / elapsed,
    latencies,
    figures: { loopDelayP99Ms: delay.percentile(99) / 1e6 },
  }
}

/** What SQLite itself can do: the rows that the store writes for an event, made beforehand, 100 a transaction. */
async function rawRun(folder: string): Promise<Run> {
  const rows = await storedRows(folder)
  const database = new DatabaseSync(join(folder, `raw-${Math.random()}.db`))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
  database.exec(`CREATE TABLE event (position INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, sequence INTEGER NOT NULL, stream INTEGER NOT NULL,
    version INTEGER NOT NULL, type INTEGER NOT NULL, filled INTEGER NOT NULL, leaf TEXT NOT NULL, leaf_hash TEXT NOT NULL, blind BLOB NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE UNIQUE INDEX event_by_stream ON event (stream, version);
    CREATE INDEX event_by_tenant ON event (tenant);
    CREATE TABLE event_id (tenant INTEGER NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (tenant, id)) STRICT, WITHOUT ROWID;`)
  const event = database.prepare(`INSERT INTO event VALUES (${'?, '.repeat(10)}?)`)
  const id = database.prepare('INSERT INTO event_id VALUES (?, ?, ?)')
  const started = performance.now()
  let count = 0
  while (performance.now() - started < seconds * 1000) {
    database.exec('BEGIN IMMEDIATE')
    for (let at = 0; at < 100; at += 1) {
      const row = rows[count % rows.length] as StoredRow
      count += 1
      id.run(1, `${row.id}${count}`, count)
      event.run(
        count,
        1,
        count - 1,
        count % 1000,
        Math.floor(count / 1000) + 1,
        1,
        row.filled,
        row.leaf,
        row.leaf_hash,
        row.blind,
        row.body,
      )
    }
    database.exec('COMMIT')
  }
  const perSecond = count / ((performance.now() - started) / 1000)
  database.close()
  return { perSecond }
}

interface StoredRow {
  id: string
  filled: number
  leaf: string
  leaf_hash: string
  blind: Uint8Array
  body: string
}

async function storedRows(folder: string): Promise<StoredRow[]> {
  const path = join(folder, `rows-${Math.random()}.db`)
  const store = await openSqliteStore({ path })
  await Promise.all(
    Array.from({ length: 2000 }, (_, at) =>
      store.append('contoso', [{ stream: `s-${at % 1000}`, expected: 'any', events: [makeEvent(at)] }]),
    ),
  )
  await store.close()
  const database = new DatabaseSync(path)
  const rows = database
    .prepare("SELECT leaf ->> 'id' AS id, filled, leaf, leaf_hash, blind, body FROM event")
    .all() as unknown as StoredRow[]
  database.close()
  return rows
}

function emmettRun(folder: string, callers: number, mode: 'as it is' | 'queued'): Run {
  const script = fileURLToPath(new URL('./append-peer.ts', import.meta.url))
  const args = [script, join(folder, `e-${Math.random()}.db`), String(callers), String(seconds), mode]
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 })
  const { perSecond, failedShare } = JSON.parse(stdout || '{"perSecond":0,"failedShare":1}') as {
    perSecond: number
    failedShare: number
  }
  return { perSecond, figures: { failedShare } }
}

/** Sealed appends, fsynced, beside raw SQLite and Emmett; the cases take turns so that they share the machine's mood. */
export async function appendBench(parent: string): Promise<BenchReport> {
  installPeers()
  const folder = mkdtempSync(join(parent, 'append-'))
  const plan: { name: string; run: () => Promise<Run> }[] = [
    ...[1, 8, 64, 512].map(callers => ({
      name: `keelson, ${callers} callers, 1 event`,
      run: () => appendRun(folder, callers, 1),
    })),
    { name: 'keelson, 8 callers, 100 events', run: () => appendRun(folder, 8, 100) },
    { name: 'raw node:sqlite, 100 rows a transaction', run: () => rawRun(folder) },
    { name: 'emmett-sqlite, 1 caller', run: async () => emmettRun(folder, 1, 'as it is') },
    { name: 'emmett-sqlite, 64 callers', run: async () => emmettRun(folder, 64, 'as it is') },
    {
      name: 'emmett-sqlite, 64 callers, queued one by one',
      run: async () => emmettRun(folder, 64, 'queued'),
    },
  ]
  const results = new Map<string, Run[]>(plan.map(({ name }) => [name, []]))
  for (let round = 0; round < runs; round += 1) {
    for (const { name, run } of plan) {
      console.error(`run ${round + 1} of ${runs}: ${name}`)
      results.get(name)?.push(await run())
    }
  }
  rmSync(folder, { recursive: true })
  const cases: CaseResult[] = plan.map(({ name }) => summarise(name, results.get(name) ?? []))
  const rate = (name: string) => cases.find(one => one.name === name)?.perSecond ?? 0
  const ours = rate('keelson, 64 callers, 1 event')
  const emmett = Math.max(
    rate('emmett-sqlite, 64 callers'),
    rate('emmett-sqlite, 64 callers, queued one by one'),
  )
  return {
    bench: 'append',
    durability:
      'fsync: WAL with synchronous=FULL, acknowledged after the commit; Emmett as it comes (its defaults)',
    machine: machine(),
    versions: versions({
      emmettSqlite: peerVersion('@event-driven-io/emmett-sqlite'),
      sqlite3: peerVersion('sqlite3'),
    }),
    cases,
    ratios: {
      raw: Number((ours / rate('raw node:sqlite, 100 rows a transaction')).toFixed(3)),
      emmett: Number((ours / Math.max(1, emmett)).toFixed(1)),
    },
    notes: [
      'keelson completes, validates, canonicalises, commits and chains each event; raw inserts ready-made rows from one thread.',
      'The ratio to Emmett takes the better of its two ways at 64 callers; as it is, its appends there are rejected or do not come back.',
      'One writer process on a fresh file; it does not show a file of many gigabytes, nor readers beside the writer.',
    ],
  }
}
