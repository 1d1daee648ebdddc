import pg from 'pg'
import { expect, test } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import { shardOf } from '../postgres/append/placement.ts'
import { temporaryDatabase } from '../postgres/fixtures/server.ts'
import { openPostgresStore } from '../postgres/index.ts'
import { verifyLog } from './verify.ts'

test('tenants deleted on two shards, where both have the same number, are two logs', async () => {
  await using held = new AsyncDisposableStack()
  const { connection } = held.use(await temporaryDatabase())
  const pool = held.adopt(new pg.Pool({ ...connection, max: 6 }), one => one.end())
  const opened = openPostgresStore({ pool, shards: 2, durability: 'relaxed' })
  const store = held.adopt(await opened, one => one.close())
  for (const shard of [0, 1]) {
    const names = Array.from({ length: 20 }, (_, number) => `t-${number}`)
    const tenantId = names.find(name => shardOf(name, 2) === shard) as string
    await store.append(tenantId, [
      { stream: 'a', expected: 'any', events: [sampleEvent(tenantId), sampleEvent(tenantId)] },
    ])
    await store.deleteTenant(tenantId)
  }
  expect(await verifyLog(store)).toMatchObject({ events: 4, tenants: 2, streams: 2, faults: [] })
})
