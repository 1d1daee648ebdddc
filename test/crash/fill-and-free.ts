import type { EventStore } from 'keelson'
import { expect } from 'vitest'
import type { StoreLoad } from './store-load.ts'

const everyTenant = { tenantId: 'every tenant' } as const

/** Fills the disk up under load, frees it under load, and holds what was acknowledged against the log. */
export async function fillAndFree(
  store: EventStore,
  load: StoreLoad,
  disk: { readonly fill: () => void; readonly free: () => void },
): Promise<void> {
  const running = load.run(store, 16)
  await load.more(200)
  disk.fill()
  await load.refused('store_full')
  await load.refused('store_full')
  load.stop()
  await running
  // Reading goes on; of what was refused nothing is there.
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
