import { installPeers, peerVersions } from './peers.ts'
import type { BenchReport } from './report.ts'
import { machine, versions } from './report.ts'
import { sqliteAppendCases, sqliteNames } from './store/sqlite-cases.ts'
import type { BenchOptions } from './turns.ts'
import { bestOf, ratiosOf, takeTurns } from './turns.ts'

/** Sealed appends to SQLite, fsynced, beside raw inserts and Emmett: the part of the bench `store` that is soon done. */
export async function appendBench(options: BenchOptions): Promise<BenchReport> {
  installPeers()
  const cases = await takeTurns(sqliteAppendCases(options), options)
  const ours = bestOf(cases, sqliteNames.ours)
  return {
    bench: 'append',
    durability: sqliteDurability,
    machine: machine(),
    versions: versions(peerVersions('@event-driven-io/emmett-sqlite', 'sqlite3')),
    cases,
    ratios: ratiosOf({
      raw: [ours, bestOf(cases, sqliteNames.raw)],
      emmett: [ours, bestOf(cases, sqliteNames.emmett)],
    }),
    notes: sqliteNotes,
  }
}

export const sqliteDurability =
  'WAL, flushed with fdatasync after each commit and acknowledged then; raw: synchronous=FULL, which is fsync within the commit; Emmett as it comes (its defaults)'

export const sqliteNotes = [
  'keelson makes, validates, canonicalises, commits to and chains each event while the clock runs; raw inserts ready-made rows into the same tables and indexes, from one thread, and the faster of its cases is the base.',
  'The ratio to Emmett takes the better of its two ways at 64 callers; as it is, its appends there are rejected or do not come back.',
  'One process on a fresh file: it shows neither readers beside the writer nor a slow disk.',
]
