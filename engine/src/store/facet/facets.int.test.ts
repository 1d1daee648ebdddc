import pg from 'pg'
import { afterAll, beforeAll, describe } from 'vitest'
import { temporaryDatabase } from '../postgres/fixtures/server.ts'
import { openPostgresStore } from '../postgres/index.ts'
import { inboxSuite } from './fixtures/inbox-suite.ts'
import { outboxSuite } from './fixtures/outbox-suite.ts'
import { queryBuilderSuite } from './fixtures/query-builder-suite.ts'
import { snapshotsSuite } from './fixtures/snapshots-suite.ts'
import { timersSuite } from './fixtures/timers-suite.ts'

describe('on the PostgreSQL store', () => {
  const held = new AsyncDisposableStack()
  let pool: pg.Pool
  beforeAll(async () => {
    const { connection } = held.use(await temporaryDatabase())
    pool = held.adopt(new pg.Pool({ ...connection, max: 8 }), one => one.end())
  })
  afterAll(() => held.disposeAsync())
  const open = () => openPostgresStore({ pool })

  snapshotsSuite(open)
  inboxSuite(open)
  timersSuite(open)
  outboxSuite(open)
  queryBuilderSuite(open)
})
