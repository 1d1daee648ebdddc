import pg from 'pg'
import { expect, test } from 'vitest'
import { holdToModel } from './fixtures/model/hold-to-model.ts'
import { temporaryDatabase } from './postgres/fixtures/server.ts'
import { openPostgresStore } from './postgres/index.ts'

test('the PostgreSQL store does what a list of events does, also where two processes share its database', async () => {
  await using held = new AsyncDisposableStack()
  const { connection } = held.use(await temporaryDatabase())
  const open = async () => {
    const pool = held.adopt(new pg.Pool({ ...connection, max: 6 }), one => one.end())
    return held.adopt(await openPostgresStore({ pool, durability: 'relaxed' }), store => store.close())
  }
  const stores = [await open(), await open()]
  const endings = await holdToModel(() => stores, 25)
  expect(endings.get('stored')).toBeGreaterThan(100)
})
