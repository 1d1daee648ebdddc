import { join } from 'node:path'
import { sqliteDurability, sqliteNotes } from '../append.ts'
import { installPeers, peerVersions } from '../peers.ts'
import type { BenchReport, CaseResult } from '../report.ts'
import { machine, versions } from '../report.ts'
import type { BenchOptions, PlannedCase } from '../turns.ts'
import { bestOf, ratiosOf, takeTurns } from '../turns.ts'
import { bigLogBench } from './big-log.ts'
import { postgresAppendCases, postgresNames } from './postgres-cases.ts'
import type { PostgresServer } from './postgres-server.ts'
import { openPostgresServer } from './postgres-server.ts'
import { fillForReads, readCases } from './read-cases.ts'
import { fillForSnapshots, snapshotCases, snapshotNames } from './snapshot-cases.ts'
import { sqliteAppendCases, sqliteNames } from './sqlite-cases.ts'

/** The event store on both databases: appends beside raw inserts and peers, reads, snapshots. */
export async function storeBench(options: BenchOptions): Promise<BenchReport> {
  if (options.big) return bigLogBench(options)
  installPeers()
  const server = await openPostgresServer(options.folder, options.database)
  try {
    return await measure(options, server)
  } finally {
    await server.close()
  }
}

async function measure(options: BenchOptions, server: PostgresServer): Promise<BenchReport> {
  const appends = await takeTurns(
    [...sqliteAppendCases(options), ...postgresAppendCases(server, options)],
    options,
  )
  const cases = [...appends, ...(await measureReads(options, server))]
  return {
    bench: 'store',
    durability: `${sqliteDurability}; PostgreSQL: ${server.settings}, for peers and raw inserts too`,
    machine: machine(),
    versions: versions({
      postgres: server.version,
      ...peerVersions(
        'pg',
        'sqlite3',
        '@event-driven-io/emmett-sqlite',
        '@event-driven-io/emmett-postgresql',
        '@rotorsoft/act-pg',
      ),
    }),
    cases,
    ratios: ratios(cases),
    notes: [...sqliteNotes, ...notes],
  }
}

/** Reads and rebuilds, on stores that are filled once and only where they are asked for. */
async function measureReads(options: BenchOptions, server: PostgresServer): Promise<CaseResult[]> {
  const { folder, seconds, only = '' } = options
  const urls = [await server.create(), await server.create()] as const
  const groups = [
    { fill: fillForReads, cases: readCases, database: 'sqlite', place: { path: join(folder, 'reads.db') } },
    { fill: fillForReads, cases: readCases, database: 'postgres', place: { url: urls[0] } },
    {
      fill: fillForSnapshots,
      cases: snapshotCases,
      database: 'sqlite',
      place: { path: join(folder, 'stream.db') },
    },
    { fill: fillForSnapshots, cases: snapshotCases, database: 'postgres', place: { url: urls[1] } },
  ]
  const plan: PlannedCase[] = []
  for (const { fill, cases, database, place } of groups) {
    const chosen = cases(database, place, seconds).filter(one => one.name.startsWith(only))
    if (chosen.length > 0) await fill(database, place)
    plan.push(...chosen)
  }
  const results = await takeTurns(plan, options)
  for (const url of urls) await server.drop(url)
  return results
}

function ratios(cases: readonly CaseResult[]): Record<string, number> {
  const sqlite = bestOf(cases, sqliteNames.ours)
  const postgres = bestOf(cases, postgresNames.ours)
  const peer = Math.max(bestOf(cases, postgresNames.emmett), bestOf(cases, postgresNames.act))
  const snapshot = (name: string): [number, number] => [
    bestOf(cases, `${name}, ${snapshotNames.with}`),
    bestOf(cases, `${name}, ${snapshotNames.without}`),
  ]
  return ratiosOf({
    'sqlite/raw': [sqlite, bestOf(cases, sqliteNames.raw)],
    'sqlite/emmett': [sqlite, bestOf(cases, sqliteNames.emmett)],
    'postgres/raw': [postgres, bestOf(cases, postgresNames.raw)],
    'postgres/peer': [postgres, peer],
    'sqlite/without snapshot': snapshot('sqlite'),
    'postgres/without snapshot': snapshot('postgres'),
  })
}

const notes = [
  'PostgreSQL, its clients and the callers share the cores of one machine over loopback.',
  'Raw on PostgreSQL: ready-made rows, as arrays to one prepared INSERT … SELECT FROM unnest a transaction, into the same tables and indexes; the base is the faster of the cases on one connection.',
  'Peers on PostgreSQL get pools of 8, 32 and 64 connections, an expected version of any, logs off; the best of all is the peer. failedShare are appends that they refused as conflicts.',
  'Reads begin with what the operating system has cached; peakRssMb is the most that the reading process ever held.',
]
