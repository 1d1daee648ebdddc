import pg from 'pg'
import { afterAll, beforeAll, describe } from 'vitest'
import { temporaryDatabase } from '../../store/postgres/fixtures/server.ts'
import { openPostgresStore } from '../../store/postgres/index.ts'
import { keyRingSuite } from './fixtures/key-ring-suite.ts'

describe('on the PostgreSQL store', () => {
  const held = new AsyncDisposableStack()
  let pool: pg.Pool
  beforeAll(async () => {
    const { connection } = held.use(await temporaryDatabase())
    pool = held.adopt(new pg.Pool({ ...connection, max: 8 }), one => one.end())
  })
  afterAll(() => held.disposeAsync())
  keyRingSuite(() => openPostgresStore({ pool }))
})
