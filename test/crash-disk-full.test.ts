import { join } from 'node:path'
import { openSqliteStore } from 'keelson/sqlite'
import { test } from 'vitest'
import { fillAndFree } from './crash/fill-and-free.ts'
import { Random } from './crash/random.ts'
import { mountSmallDisk, noSmallDisk } from './crash/small-disk.ts'
import { StoreLoad } from './crash/store-load.ts'

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
