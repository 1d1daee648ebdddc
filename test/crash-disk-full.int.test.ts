import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgresStore } from 'keelson/postgres'
import pg from 'pg'
import { expect, test } from 'vitest'
import type { Cluster } from '../engine/src/store/postgres/fixtures/cluster.ts'
import { startCluster } from '../engine/src/store/postgres/fixtures/cluster.ts'
import { fillAndFree } from './crash/fill-and-free.ts'
import { Random } from './crash/random.ts'
import { mountSmallDisk, noSmallDisk } from './crash/small-disk.ts'
import { StoreLoad } from './crash/store-load.ts'

const everyTenant = { tenantId: 'every tenant' } as const
/** Small steps, so that a small disk is full soon. */
const settings = { min_wal_size: '2MB', max_wal_size: '4MB', shared_buffers: '8MB' }
const smallSegments = '--wal-segsize=1'

/** Where the server's account may write. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-wal-'))
  chmodSync(folder, 0o777)
  return folder
}

function poolFor(cluster: Cluster): pg.Pool {
  const pool = new pg.Pool({ ...cluster.connection, max: 4 })
  pool.on('error', () => undefined)
  return pool
}

test('PostgreSQL on a full disk refuses whole appends, reads on, and writes on when there is room', {
  timeout: 60_000,
}, async context => {
  using disk = mountSmallDisk(128)
  if (!disk) return context.skip(noSmallDisk)
  // The write-ahead log stands elsewhere: where that one cannot be written the server ends, see below.
  const logs = temporaryFolder()
  const initialisation = [smallSegments, `--waldir=${join(logs, 'wal')}`]
  await using cluster = await startCluster({ parent: disk.folder, settings, initialisation })
  const pool = poolFor(cluster)
  const store = await openPostgresStore({ pool })
  const load = new StoreLoad({ random: new Random(5), retried: ['store_full', 'store_busy'] })
  try {
    await fillAndFree(store, load, { fill: () => disk.fill(100_000), free: disk.free })
  } finally {
    load.stop()
    await store.close()
    await pool.end()
    rmSync(logs, { recursive: true, force: true })
  }
})

test('PostgreSQL that ends because its log cannot be written loses nothing, and the store goes on', {
  timeout: 60_000,
}, async context => {
  using disk = mountSmallDisk(16)
  if (!disk) return context.skip(noSmallDisk)
  const initialisation = [smallSegments, `--waldir=${join(disk.folder, 'wal')}`]
  await using cluster = await startCluster({ settings, initialisation })
  const pool = poolFor(cluster)
  const store = await openPostgresStore({ pool })
  const retried = ['store_full', 'store_unreachable', 'store_busy']
  const load = new StoreLoad({ random: new Random(6), retried })
  try {
    const running = load.run(store, 16)
    await load.more(200)
    disk.fill(0)
    await load.refused('store_unreachable')
    disk.free()
    await cluster.kill('SIGQUIT')
    await cluster.start()
    await load.more(200)
    load.stop()
    await running
    await load.settle(store)
    expect(await load.audit(store)).toEqual([])
    expect(await store.head(everyTenant)).toBe(load.acknowledged.size)
  } finally {
    load.stop()
    await store.close()
    await pool.end()
  }
})
