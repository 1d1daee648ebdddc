import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgresStore } from 'keelson/postgres'
import { sampleEvent } from 'keelson/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TemporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import { temporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import { runKeelson } from '../server/src/cli/fixtures/keelson-process.ts'

const password = 'password-of-this-test'
let folder: string
let database: TemporaryDatabase
let url: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-operations-'))
  database = await temporaryDatabase()
  const { host, port, user, database: name } = database.connection
  url = `postgres://${user}:${database.connection.password ?? password}@${host}:${port}/${name}`
  const pool = new pg.Pool({ ...database.connection, max: 4 })
  const store = await openPostgresStore({ pool })
  for (const stream of ['orders', 'notes'])
    await store.append('acme', [{ stream, expected: 'none', events: [sampleEvent('acme')] }])
  await store.close()
  await pool.end()
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command on the database, whose password it must never print. */
async function keelson(args: readonly string[]) {
  const environment = { KEELSON_DATABASE_URL: url }
  const ended = await runKeelson(args, { folder, environment })
  expect(ended.out + ended.err).not.toContain(password)
  return ended
}

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

describe('the commands of operators on PostgreSQL', () => {
  it('check it, and say which database it was', async () => {
    const { code, out } = await keelson(['doctor', '--json'])
    const { host, port, user, database: name } = database.connection
    const store = `postgres://${user}@${host}:${port}/${name}`
    expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ store, events: 2, faults: [] })])
  })

  it('work on streams and tenants', async () => {
    const ofAcme = ['--tenant', 'acme', '--json']
    const sealed = await keelson(['streams', 'seal', 'orders', ...ofAcme])
    expect(JSON.parse(sealed.out)).toMatchObject({ streamId: 'orders', finalEventCount: 1 })
    const streams = linesOf((await keelson(['streams', 'list', ...ofAcme])).out)
    expect(streams.map(({ stream, state }) => [stream, state])).toEqual([
      ['orders', 'sealed'],
      ['notes', 'open'],
      ['EventStream-orders', 'open'],
    ])
    await keelson(['tenants', 'create', 'globex'])
    const tenants = linesOf((await keelson(['tenants', 'list', '--json'])).out)
    expect(tenants.map(({ id, events }) => [id, events])).toEqual([
      ['globex', 0],
      ['acme', 3],
    ])
    await keelson(['tenants', 'export', 'acme', '--output', 'acme.ndjson'])
    const exported = linesOf(readFileSync(join(folder, 'acme.ndjson'), 'utf8'))
    expect(exported.at(-1)).toMatchObject({ kind: 'end', events: 3, documents: 1 })
    const deleted = await keelson(['tenants', 'delete', 'acme', '--yes', '--json'])
    expect(JSON.parse(deleted.out)).toEqual({ id: 'acme', events: 3, isLogNoted: true })
    const checked = await keelson(['doctor', '--json'])
    expect(JSON.parse(checked.out)).toMatchObject({ events: 3, tenants: 0, isSound: true })
  })

  it('say what is wrong without telling the password', async () => {
    const wrong = `${url.replace(/\/[^/]*$/, '')}/not_there_${Date.now()}`
    const { code, err, out } = await runKeelson(['doctor', '--database', wrong], { folder })
    expect([code, out]).toEqual([6, ''])
    expect(err).toContain('does not exist')
    expect(err).not.toContain(password)
  })
})
