import { runCase } from '../cases/case-process.ts'
import type { PostgresServer } from '../store/postgres-server.ts'
import type { BenchOptions, PlannedCase } from '../turns.ts'
import { openRedisServer } from './redis-server.ts'

export const peerNames = {
  bullmqAdd: 'bullmq, add, 100 callers',
  bullmqHandle: 'bullmq, worker, concurrency 100',
  pgBossHandle: 'pg-boss, work, 100 jobs in hand',
  pgBossMany: 'pg-boss, work, 2,000 jobs in hand',
} as const

/** BullMQ, each run on a Redis of its own. */
export function bullmqCases({ folder, seconds }: BenchOptions): PlannedCase[] {
  const bullmq = (name: string, options: object): PlannedCase => ({
    name,
    run: async () => {
      const { port, close } = await openRedisServer(folder)
      try {
        return await runCase('peers/bullmq.ts', { port, callers: 100, seconds, ...options })
      } finally {
        await close()
      }
    },
  })
  const handle = { kind: 'handle', jobs: 20_000 }
  return [
    bullmq(peerNames.bullmqAdd, { kind: 'add', jobs: 0, queues: 1 }),
    bullmq(`${peerNames.bullmqHandle}, 1 queue`, { ...handle, queues: 1 }),
    bullmq(`${peerNames.bullmqHandle}, 3 queues`, { ...handle, queues: 3 }),
  ]
}

/** pg-boss, each run on a database of its own. */
export function pgBossCases(server: PostgresServer): PlannedCase[] {
  const pgBoss = (name: string, batchSize: number, loops: number): PlannedCase => ({
    name: `${name}, batches of ${batchSize}, ${loops} at a time`,
    run: async () => {
      const url = await server.create()
      try {
        return await runCase('peers/pg-boss.ts', { url, jobs: 20_000, batchSize, loops })
      } finally {
        await server.drop(url)
      }
    },
  })
  const { pgBossHandle, pgBossMany } = peerNames
  return [pgBoss(pgBossHandle, 100, 1), pgBoss(pgBossHandle, 25, 4), pgBoss(pgBossMany, 500, 4)]
}
