import pg from 'pg'
import { expect, it } from 'vitest'
import { newEvent } from '../../fixtures/new-event.ts'
import { execute, sharedServer, temporaryDatabase } from '../fixtures/server.ts'
import { openPostgresStore } from '../open-postgres-store.ts'

it('a database that is closed to new connections is unreachable, and reached when it is open again', async () => {
  await using database = await temporaryDatabase()
  const { database: name = '' } = database.connection
  const server = await sharedServer()
  const allow = (isAllowed: boolean) =>
    execute(server, `ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS ${isAllowed}`)
  const pool = new pg.Pool({ ...database.connection, connectionTimeoutMillis: 5_000 })
  const store = await openPostgresStore({ pool })
  const calls = [
    () => store.checkpoint('readiness'),
    () => store.documents({ tenantId: 'acme' }, 'anything'),
    () => store.append('acme', [{ stream: 's', expected: 'any', events: [newEvent('acme')] }]),
  ]
  try {
    await calls[0]?.()
    await allow(false)
    await execute(server, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`)
    // Connections that were cut off are heard of with the first calls.
    await Promise.all(Array.from({ length: 10 }, () => store.checkpoint('readiness').catch(() => undefined)))
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({
        code: 'store_unreachable',
        status: 503,
        details: { sqlState: '55000' },
        message: expect.stringMatching(/the database takes no connections now$/),
      })
    await allow(true)
    for (const call of calls) await call()
  } finally {
    await store.close()
    await pool.end()
  }
})
