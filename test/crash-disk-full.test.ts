import { join } from 'node:path'
import type { EventStore } from 'keelson'
import { openSqliteStore } from 'keelson/sqlite'
import { expect, test } from 'vitest'
import { Random } from './crash/random.ts'
import { mountSmallDisk, noSmallDisk } from './crash/small-disk.ts'
import { StoreLoad } from './crash/store-load.ts'

const everyTenant = { tenantId: 'every tenant' } as const

/** Fills the disk up under load, frees it under load, and holds what was acknowledged against the log. */
async function fillAndFree(
  store: EventStore,
  load: StoreLoad,
  disk: { fill: () => void; free: () => void },
): Promise<void> {
  const running = load.run(store, 16)
  await load.more(200)
  disk.fill()
  await load.refused('store_full')
  await load.refused('store_full')
  load.stop()
  await running
  expect(await load.audit(store)).toEqual([])
  const again = load.run(store, 16)
  await load.refused('store_full')
  disk.free()
  await load.more(200)
  load.stop()
  await again
  await load.settle(store)
  expect(await load.audit(store)).toEqual([])
  // All that was ever sent is acknowledged now, and nothing else is there.
  expect(await store.head(everyTenant)).toBe(load.acknowledged.size)
}

test('SQLite on a full disk refuses whole appends, reads on, and writes on when there is room', {
  timeout: 60_000,
}, async context => {
  using disk = mountSmallDisk(16)
  if (!disk) return context.skip(noSmallDisk)
  const store = await openSqliteStore({ path: join(disk.folder, 'store.db') })
  const load = new StoreLoad({ random: new Random(5), retried: ['store_full', 'store_busy'] })
  try {
    await fillAndFree(store, load, { fill: () => disk.fill(100_000), free: disk.free })
  } finally {
    await store.close()
  }
})
