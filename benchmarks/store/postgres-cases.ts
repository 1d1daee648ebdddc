import { runCase } from '../cases/case-process.ts'
import type { Run } from '../report.ts'
import type { BenchOptions, PlannedCase } from '../turns.ts'
import type { PostgresServer } from './postgres-server.ts'

/** Runs a script on a database of its own, and drops that afterwards. */
async function onFreshDatabase(server: PostgresServer, script: string, options: object): Promise<Run> {
  const url = await server.create()
  try {
    return await runCase(script, { ...options, url })
  } finally {
    await server.drop(url)
  }
}

export const postgresNames = {
  ours: 'postgres, keelson, 64 callers',
  raw: 'postgres, raw, 1 connection',
  emmett: 'postgres, emmett',
  act: 'postgres, act',
} as const

/** Peers get each of these, and the best counts. */
const poolSizes = [8, 32, 64]

/** Appends to PostgreSQL: ours, raw multi-row inserts into the same tables, and two peers. */
export function postgresAppendCases(server: PostgresServer, { seconds }: BenchOptions): PlannedCase[] {
  const keelson = (name: string, callers: number, eventsPerCall: number): PlannedCase => ({
    name,
    run: () => onFreshDatabase(server, 'cases/append.ts', { callers, eventsPerCall, seconds }),
  })
  const raw = (name: string, connections: number, rowsPerStatement: number): PlannedCase => ({
    name,
    run: () => onFreshDatabase(server, 'cases/raw-postgres.ts', { connections, rowsPerStatement, seconds }),
  })
  const peer = (name: string, script: string) =>
    poolSizes.map(poolSize => ({
      name: `${name}, 64 callers, pool of ${poolSize}`,
      run: () => onFreshDatabase(server, script, { callers: 64, eventsPerCall: 1, seconds, poolSize }),
    }))
  return [
    keelson('postgres, keelson, 1 caller', 1, 1),
    keelson('postgres, keelson, 8 callers', 8, 1),
    keelson(postgresNames.ours, 64, 1),
    keelson('postgres, keelson, 512 callers', 512, 1),
    keelson('postgres, keelson, 100 events an append, 8 callers', 8, 100),
    raw(`${postgresNames.raw}, 64 rows a statement`, 1, 64),
    raw(`${postgresNames.raw}, 100 rows a statement`, 1, 100),
    raw('postgres, raw, 4 connections, 100 rows a statement', 4, 100),
    ...peer(postgresNames.emmett, 'peers/emmett-postgres.ts'),
    ...peer(postgresNames.act, 'peers/act-postgres.ts'),
  ]
}
