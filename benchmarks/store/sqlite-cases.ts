import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCase } from '../cases/case-process.ts'
import type { Run } from '../report.ts'
import type { BenchOptions, PlannedCase } from '../turns.ts'

/** Runs a script on a database file of its own, and removes that afterwards. */
export async function onFreshFile(folder: string, script: string, options: object): Promise<Run> {
  const path = join(folder, `${crypto.randomUUID()}.db`)
  try {
    return await runCase(script, { ...options, path })
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-rows', '-rows-wal', '-rows-shm']) {
      rmSync(path + suffix, { force: true })
    }
  }
}

export const sqliteNames = {
  ours: 'sqlite, keelson, 64 callers',
  raw: 'sqlite, raw',
  emmett: 'sqlite, emmett',
} as const

/** Appends to SQLite: ours, raw inserts into the same tables, and Emmett. */
export function sqliteAppendCases({ folder, seconds }: BenchOptions): PlannedCase[] {
  const keelson = (name: string, callers: number, eventsPerCall: number): PlannedCase => ({
    name,
    run: () => onFreshFile(folder, 'cases/append.ts', { callers, eventsPerCall, seconds }),
  })
  const raw = (rowsPerTransaction: number): PlannedCase => ({
    name: `${sqliteNames.raw}, ${rowsPerTransaction} rows a transaction`,
    run: () => onFreshFile(folder, 'cases/raw-sqlite.ts', { rowsPerTransaction, seconds }),
  })
  const emmett = (name: string, queued: boolean): PlannedCase => ({
    name: `${sqliteNames.emmett}, 64 callers ${name}`,
    run: () =>
      onFreshFile(folder, 'peers/emmett-sqlite.ts', { callers: 64, eventsPerCall: 1, seconds, queued }),
  })
  return [
    keelson('sqlite, keelson, 1 caller', 1, 1),
    keelson('sqlite, keelson, 8 callers', 8, 1),
    keelson(sqliteNames.ours, 64, 1),
    keelson('sqlite, keelson, 512 callers', 512, 1),
    keelson('sqlite, keelson, 100 events an append, 8 callers', 8, 100),
    raw(64),
    raw(100),
    emmett('at once', false),
    emmett('one by one', true),
  ]
}
