import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventStore } from 'keelson'
import { openFileRootKey, openKeyRing } from 'keelson/notary'
import { openPostgresStore } from 'keelson/postgres'
import { sampleEvent } from 'keelson/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import { runHere } from '../server/src/cli/fixtures/command-here.ts'

const wanted = [{ subject: 'ada@example.com', month: '2026-11' }]
const held = new AsyncDisposableStack()
let folder: string
let url: string
let store: EventStore
let pool: pg.Pool

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-sealing-'))
  held.defer(() => rmSync(folder, { recursive: true, force: true }))
  const { connection } = held.use(await temporaryDatabase())
  const { host, port, user, database: name, password = 'password-of-this-test' } = connection
  url = `postgres://${user}:${password}@${host}:${port}/${name}`
  // As a server's connections are called.
  pool = held.adopt(new pg.Pool({ ...connection, max: 4, application_name: 'keelson' }), async one => {
    if (!one.ended) await one.end()
  })
  store = await openPostgresStore({ pool })
  await store.append('acme', [{ stream: 'orders', expected: 'none', events: [sampleEvent('acme')] }])
  const root = await openFileRootKey({ path: join(folder, 'root.key'), create: true })
  const ring = await openKeyRing(store, root, { logName: 'keelson.local' })
  await ring.dataKeys('acme', wanted)
  await ring.close()
})
afterAll(() => held.disposeAsync())

const run = (...words: string[]) =>
  runHere(['sealing-keys', ...words, '--keys', 'root.key'], {
    folder,
    environment: { KEELSON_DATABASE_URL: url },
  })

describe('keelson sealing-keys on PostgreSQL', () => {
  it('checks and rotates beside a server, and drops old root keys without one', async () => {
    expect(await run('check')).toEqual({ code: 0, out: `${'acme'.padEnd(24)}  sound\n`, err: '' })
    expect((await run('rotate', '--tenant', 'acme')).out).toMatch(
      /^\d keys? of acme wrapped under a new one\.\n$/,
    )
    expect((await run('add-root')).code).toBe(0)
    expect((await run('rewrap')).out).toMatch(/root key: 1\./)
    const early = await run('drop-old-roots', '--yes')
    expect([early.code, early.err]).toEqual([6, expect.stringContaining('A server uses the store')])
    await store.close()
    await pool.end()
    expect(await run('drop-old-roots', '--yes')).toMatchObject({ code: 0, err: '' })
    expect(readFileSync(join(folder, 'root.key'), 'utf8').trim().split('\n')).toHaveLength(1)
    expect((await run('check')).code).toBe(0)
  })
})
