import pg from 'pg'
import { describe, test } from 'vitest'
import { storeContract } from '../../testing/index.ts'
import type { EventStore } from '../port.ts'
import { temporaryDatabase } from '../postgres/fixtures/server.ts'
import { openPostgresStore } from '../postgres/index.ts'

describe('contract pg', () => {
  for (const c of storeContract) {
    test(c.name, async context => {
      await using held = new AsyncDisposableStack()
      const open = async (connection: object, options = {}) => {
        const pool = held.adopt(new pg.Pool({ ...connection, max: 6 }), one => one.end())
        return held.adopt(await openPostgresStore({ pool, ...options }), store => store.close())
      }
      const { connection } = held.use(await temporaryDatabase())
      const store: EventStore = await open(connection)
      const fixture = {
        store,
        reopen: async () => { await store.close(); return open(connection) },
        openBounded: async (bounds: object) => open((held.use(await temporaryDatabase())).connection, bounds),
      }
      if (c.needs && !c.needs.isMet(store.capabilities, fixture)) context.skip(c.needs.reason)
      await c.run(fixture)
    })
  }
})
