import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import { verifyLog } from '../check/verify.ts'
import type { TemporaryPostgres } from './fixtures/temporary-store.ts'
import { temporaryPostgres } from './fixtures/temporary-store.ts'
import { appendInTransaction } from './index.ts'
import type { PostgresStore } from './postgres-store.ts'

let postgres: TemporaryPostgres
let store: PostgresStore
let client: pg.PoolClient
beforeAll(async () => {
  postgres = await temporaryPostgres()
  store = await postgres.open()
  client = await postgres.pool().connect()
  await client.query('CREATE TABLE orders (id int PRIMARY KEY)')
})
afterAll(async () => {
  client.release()
  await postgres[Symbol.asyncDispose]()
})
let number = 0
beforeEach(() => {
  number += 1
})

const write = (expected: 'any' | 'none' = 'any') =>
  [{ stream: `order-${number}`, expected, events: [sampleEvent('acme')] }] as const
const versionOf = async () => (await store.stream('acme', `order-${number}`))?.version
const orders = async () => (await client.query('SELECT id FROM orders WHERE id = $1', [number])).rows.length

describe("an append in a product's transaction", () => {
  it('is stored with its commit, and gone with its rollback', async () => {
    for (const [end, count] of [
      ['ROLLBACK', 0],
      ['COMMIT', 1],
    ] as const) {
      await client.query(`BEGIN; INSERT INTO orders VALUES (${number})`)
      const head = await store.head({ tenantId: 'every tenant' })
      const [receipt] = await appendInTransaction(client, 'acme', write())
      expect(receipt).toMatchObject({ position: head + 1, version: 1, duplicate: false })
      expect(await versionOf()).toBeUndefined()
      await client.query(end)
      expect(await orders()).toBe(count)
      expect((await versionOf()) ?? 0).toBe(count)
    }
    expect(await verifyLog(store)).toMatchObject({ isSound: true })
  })

  it('does not hurt the store, whose appends wait and go on', async () => {
    await store.append('acme', write())
    await client.query('BEGIN')
    await appendInTransaction(client, 'acme', write())
    const waiting = [1, 2, 3].map(() => store.append('acme', write()))
    await client.query('COMMIT')
    const versions = (await Promise.all(waiting)).map(([receipt]) => receipt?.version)
    expect(versions).toEqual([3, 4, 5])
    expect(await verifyLog(store)).toMatchObject({ isSound: true })
  })

  it('sees what it appended before in the same transaction', async () => {
    await client.query('BEGIN')
    await appendInTransaction(client, 'acme', write('none'))
    const [second] = await appendInTransaction(client, 'acme', write())
    expect(second?.version).toBe(2)
    await client.query('COMMIT')
    expect(await versionOf()).toBe(2)
  })

  it('may be refused, and the transaction goes on', async () => {
    await store.append('acme', write())
    await client.query(`BEGIN; INSERT INTO orders VALUES (${number})`)
    await expect(appendInTransaction(client, 'acme', write('none'))).rejects.toMatchObject({
      code: 'version_conflict',
      details: { actual: 1 },
    })
    await client.query('COMMIT')
    expect(await orders()).toBe(1)
    expect(await versionOf()).toBe(1)
  })

  it('knows a repeat', async () => {
    const once = write()
    const [first] = await store.append('acme', once)
    await client.query('BEGIN')
    const [again] = await appendInTransaction(client, 'acme', once)
    await client.query('COMMIT')
    expect(again).toEqual({ ...first, duplicate: true })
  })

  it("leaves the product's session as it was", async () => {
    const settings = `SELECT current_user, current_setting('search_path'), current_setting('keelson.tenant', true) AS sight`
    await client.query(
      `BEGIN; SET LOCAL search_path = "$user", public, pg_catalog; SET LOCAL keelson.tenant = 'acme'`,
    )
    const before = (await client.query(settings)).rows
    await appendInTransaction(client, 'globex', [
      { stream: 's', expected: 'any', events: [sampleEvent('globex')] },
    ])
    expect((await client.query(settings)).rows).toEqual(before)
    await appendInTransaction(client, 'acme', write('none'))
    await appendInTransaction(client, 'acme', write('none')).catch(() => undefined)
    expect((await client.query(settings)).rows).toEqual(before)
    await client.query('ROLLBACK')
  })

  it('is refused outside of a transaction, and in a database without a store', async () => {
    await expect(appendInTransaction(client, 'acme', write())).rejects.toMatchObject({ code: 'store_failed' })
    await using other = await temporaryPostgres()
    const stranger = await other.pool().connect()
    await stranger.query('BEGIN')
    await expect(appendInTransaction(stranger, 'acme', write())).rejects.toMatchObject({
      code: 'store_foreign',
    })
    await stranger.query('SELECT 1; ROLLBACK')
    stranger.release()
  })
})
