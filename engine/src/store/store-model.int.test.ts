import pg from 'pg'
import { expect, test } from 'vitest'
import { inLongRun } from '../../test-support/long-run.ts'
import { holdToModel } from './fixtures/model/hold-to-model.ts'
import { shardOf } from './postgres/append/placement.ts'
import { temporaryDatabase } from './postgres/fixtures/server.ts'
import { openPostgresStore } from './postgres/index.ts'

test('the PostgreSQL store does what a list of events does, also where two processes share its database', {
  timeout: 60_000,
}, async () => {
  await using held = new AsyncDisposableStack()
  const { connection } = held.use(await temporaryDatabase())
  const open = async () => {
    const pool = held.adopt(new pg.Pool({ ...connection, max: 6 }), one => one.end())
    return held.adopt(await openPostgresStore({ pool, durability: 'relaxed' }), store => store.close())
  }
  const stores = [await open(), await open()]
  const endings = await holdToModel(() => stores, inLongRun(25, 14))
  expect(endings.get('stored')).toBeGreaterThan(50)
})

test('so it does with three shards, each of which has a log of its own', { timeout: 60_000 }, async () => {
  await using held = new AsyncDisposableStack()
  const { connection } = held.use(await temporaryDatabase())
  const pool = held.adopt(new pg.Pool({ ...connection, max: 8 }), one => one.end())
  const opened = openPostgresStore({ pool, shards: 3, durability: 'relaxed' })
  const store = held.adopt(await opened, one => one.close())
  const place = (run: number) => {
    const names = Array.from({ length: 60 }, (_, number) => `t-${run}-${number}`)
    return { shard: run % 3, tenants: names.filter(name => shardOf(name, 3) === run % 3).slice(0, 2) }
  }
  const endings = await holdToModel(() => [store], inLongRun(9, 6), place)
  expect(endings.get('stored')).toBeGreaterThan(20)
  for (const shard of [0, 1, 2])
    expect(await store.head({ tenantId: 'every tenant', shard })).toBeGreaterThan(0)
})
