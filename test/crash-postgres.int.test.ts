import { setTimeout as pause } from 'node:timers/promises'
import type { EventStore } from 'keelson'
import { openPostgresStore } from 'keelson/postgres'
import pg from 'pg'
import { expect, test } from 'vitest'
import type { Cluster } from '../engine/src/store/postgres/fixtures/cluster.ts'
import { startCluster } from '../engine/src/store/postgres/fixtures/cluster.ts'
import { Random } from './crash/random.ts'
import { StoreLoad } from './crash/store-load.ts'

/** More of them in a long run. */
const kills = Number(process.env['KEELSON_CRASH_KILLS'] ?? 6)
const seed = Number(process.env['KEELSON_CRASH_SEED'] ?? Date.now() % 1_000_000)

/** Ways in which a database server goes away under its clients. */
const ways: readonly ((cluster: Cluster, random: Random) => Promise<string>)[] = [
  async (cluster, random) => {
    await cluster.kill('SIGKILL')
    await pause(random.integer(0, 200))
    await cluster.start()
    return 'server'
  },
  async cluster => {
    // The server ends all sessions and recovers by itself when one of its processes dies.
    process.kill(await sessionOfStore(cluster), 'SIGKILL')
    return 'session'
  },
  async cluster => {
    const sql = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()'
    await ask(cluster, `${sql} AND backend_type = 'client backend'`)
    return 'sessions ended in order'
  },
]

async function ask(cluster: Cluster, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(cluster.connection)
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function sessionOfStore(cluster: Cluster): Promise<number> {
  const rows = await ask(
    cluster,
    `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
      ORDER BY state = 'active' DESC, state_change DESC LIMIT 1`,
  )
  return rows[0]?.['pid'] as number
}

/** Tails the log, taking it up again where a lost connection ended it; the positions that it was given. */
async function follow(
  store: EventStore,
  shard: number,
  positions: number[],
  signal: AbortSignal,
): Promise<void> {
  const scope = { tenantId: 'every tenant', shard } as const
  while (!signal.aborted) {
    try {
      for await (const page of store.tail(scope, { after: positions.at(-1) ?? 0, signal }))
        positions.push(...page.map(({ position }) => position))
    } catch (error) {
      if ((error as { code?: string }).code !== 'store_unreachable') throw error
      await pause(10)
    }
  }
}

/** Tenants of the load stand on two of three shards. */
const cases = [
  { shards: 1, kills },
  { shards: 3, kills: Math.ceil(kills / 2) },
]

test.for(cases)(
  'PostgreSQL of $shards shards, killed $kills times under load, loses nothing that was acknowledged, and goes on',
  {
    timeout: 60_000 + kills * 15_000,
  },
  async ({ shards, kills }) => {
    const random = new Random(seed)
    await using cluster = await startCluster()
    const pool = new pg.Pool({ ...cluster.connection, max: 8 })
    pool.on('error', () => undefined)
    const store = await openPostgresStore({ pool, shards })
    const load = new StoreLoad({ random, retried: ['store_unreachable', 'store_busy'] })
    const following = new AbortController()
    const logs = Array.from({ length: shards }, (): number[] => [])
    const followers = logs.map((positions, shard) => follow(store, shard, positions, following.signal))
    try {
      const running = load.run(store, 32)
      const done: Record<string, number> = {}
      for (let round = 0; round < kills; round += 1) {
        await load.more(random.integer(50, 1_000))
        const way = await (ways[round % ways.length] as (typeof ways)[number])(cluster, random)
        done[way] = (done[way] ?? 0) + 1
        // It recovers by itself: this is the same store, and it takes appends again.
        await load.more(100)
      }
      load.stop()
      await running
      await load.settle(store)
      const hint = `KEELSON_CRASH_SEED=${seed}`
      expect(load.refusals['store_unreachable'], hint).toBeGreaterThan(0)
      expect(await load.audit(store), hint).toEqual([])
      const events = load.acknowledged.size
      await expect.poll(() => logs.flat().length).toBe(events)
      for (const [shard, positions] of logs.entries()) {
        const head = await store.head({ tenantId: 'every tenant', shard })
        expect(positions, hint).toEqual(Array.from({ length: head }, (_, index) => index + 1))
      }
      expect(logs.filter(positions => positions.length > 0).length, hint).toBeGreaterThan(shards / 2)
      console.log(`crash test of PostgreSQL, seed ${seed}: ${JSON.stringify(done)}, ${events} events`)
    } finally {
      load.stop()
      following.abort()
      await Promise.all(followers)
      await store.close()
      await pool.end()
    }
  },
)
