import { expect, it } from 'vitest'
import { defineProjection, runProjection } from '../projection/index.ts'
import { newEvent } from '../store/fixtures/new-event.ts'
import type { EventStore, UnitOfWork } from '../store/index.ts'
import { setStreamMetadata } from '../store/index.ts'
import { extendStore } from '../store/lifecycle/extend-store.ts'
import { temporaryFolder } from '../store/sqlite/fixtures/temporary-store.ts'
import { createPlatform } from './create-platform.ts'
import { defineContext } from './define-context.ts'
import { scavengeTenant } from './scavenge-tenant.ts'

const Seen = defineProjection({
  name: 'SeenProjection',
  version: 1,
  schema: ['CREATE TABLE IF NOT EXISTS seen (position INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT'],
  handle: ({ position, body }, unit) => unit.insert('seen', { position, body }),
  forgetEvents: (_, positions) => [
    {
      sql: 'DELETE FROM seen WHERE position IN (SELECT value FROM json_each(?))',
      params: [JSON.stringify(positions)],
    },
  ],
})
const context = defineContext({ name: 'seen', events: [], projections: [Seen] })

/** A store whose units wait or break as `on` says. */
const watched = (store: EventStore, on: (unit: UnitOfWork) => Promise<void>): EventStore =>
  extendStore(store, {
    async commit(unit) {
      await on(unit)
      return store.commit(unit)
    },
  })

async function fill(store: EventStore): Promise<void> {
  const events = Array.from({ length: 5 }, () => newEvent('acme'))
  await store.append('acme', [{ stream: 's', expected: 'none', events }])
  await setStreamMetadata(store, 'acme', 's', { truncateBefore: 4 })
}

const seen = async (store: EventStore) =>
  (await store.query({ tenantId: 'every tenant' }, 'SELECT position FROM seen ORDER BY position', [])).map(
    ([position]) => position,
  )

const removedOf = async (store: EventStore) =>
  (await Array.fromAsync(store.readAll({ tenantId: 'acme' }, { removed: 'include' })))
    .filter(({ bodyState }) => bodyState === 'removed')
    .map(({ position }) => position)

it('waits for a projection that has read the content and not stored it yet', async () => {
  await using folder = temporaryFolder()
  const store = await folder.open({ durability: 'relaxed' })
  await fill(store)
  const [inHand, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const slow = watched(store, async ({ checkpoint }) => {
    if (checkpoint === undefined) return
    inHand.resolve()
    await goOn.promise
  })
  const platform = await createPlatform({ store: slow, contexts: [context] })
  try {
    await inHand.promise
    let isDone = false
    const scavenged = platform.scavenge('acme').finally(() => {
      isDone = true
    })
    // Time enough for it to come as far as its unit of work.
    for (let ask = 0; ask < 20; ask += 1) await store.head({ tenantId: 'acme' })
    expect([isDone, await removedOf(store), await seen(store)]).toEqual([false, [], []])
    goOn.resolve()
    expect((await scavenged).hidden.count).toBe(3)
    expect([await removedOf(store), await seen(store)]).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
  } finally {
    goOn.resolve()
    await platform.close()
  }
})

it('removes content and rows together or neither', async () => {
  await using folder = temporaryFolder()
  const store = await folder.open({ durability: 'relaxed' })
  await fill(store)
  let isBroken = true
  const breaking = watched(store, async ({ bodies = [] }) => {
    if (isBroken && bodies.length > 0) throw new Error('cut off')
  })
  const platform = await createPlatform({ store: breaking, contexts: [context] })
  try {
    expect(await platform.projection(Seen.name).waitFor(5, 20_000)).toBe(true)
    await expect(platform.scavenge('acme')).rejects.toThrow('cut off')
    expect([await removedOf(store), await seen(store)]).toEqual([[], [1, 2, 3, 4, 5]])
    expect((await platform.scavenge('acme', { dryRun: true })).hidden.count).toBe(3)
    isBroken = false
    expect((await platform.scavenge('acme')).hidden.count).toBe(3)
    expect([await removedOf(store), await seen(store)]).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
  } finally {
    await platform.close()
  }
})

it('leaves content where a projection stands still, and says why', async () => {
  await using folder = temporaryFolder()
  const store = await folder.open({ durability: 'relaxed' })
  await fill(store)
  const failing = {
    ...Seen,
    handle: () => {
      throw new Error('no such thing')
    },
  }
  const projection = await runProjection(store, failing)
  try {
    const running = new Map([[Seen.name, projection]])
    await expect(scavengeTenant(store, [failing], running, 'acme', {}, 1)).rejects.toMatchObject({
      code: 'projection_behind',
      message: expect.stringContaining('no such thing'),
      details: { position: 0 },
    })
    expect(await removedOf(store)).toEqual([])
  } finally {
    await projection.close()
  }
})
