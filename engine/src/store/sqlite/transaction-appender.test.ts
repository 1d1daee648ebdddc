import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import { verifyLog } from '../check/verify.ts'
import { temporaryFolder } from './fixtures/temporary-store.ts'
import { createTransactionAppender } from './transaction-appender.ts'

const everyTenant = { tenantId: 'every tenant' } as const
const write = (expected: 'any' | 'none' = 'any') => [
  { stream: 'order-1', expected, events: [sampleEvent('acme')] },
]

describe("an append in a product's transaction", () => {
  it('is there with the commit, together with the rows', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await store.append('acme', write())
    using database = new DatabaseSync(folder.path)
    database.exec('CREATE TABLE orders (id TEXT)')
    const appender = createTransactionAppender(database)
    database.exec("BEGIN IMMEDIATE; INSERT INTO orders VALUES ('1')")
    const [receipt] = appender.append('acme', write())
    expect(receipt).toMatchObject({ position: 2, sequence: 1, version: 2, duplicate: false })
    expect(await store.head(everyTenant)).toBe(1)
    database.exec('COMMIT')
    expect(await store.head(everyTenant)).toBe(2)
    // The store's own writer has noticed.
    const [next] = await store.append('acme', write())
    expect(next).toMatchObject({ position: 3, version: 3, previousHash: receipt?.leafHash })
    expect((await verifyLog(store)).faults).toEqual([])
  })

  it('is gone with the rollback', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    using database = new DatabaseSync(folder.path)
    const appender = createTransactionAppender(database)
    database.exec('BEGIN IMMEDIATE')
    appender.append('acme', write())
    appender.append('acme', write())
    database.exec('ROLLBACK')
    database.exec('BEGIN IMMEDIATE')
    expect(appender.append('acme', write())[0]).toMatchObject({ position: 1, version: 1 })
    database.exec('COMMIT')
    expect(await store.head(everyTenant)).toBe(1)
    expect((await verifyLog(store)).faults).toEqual([])
  })

  it('that is refused leaves the transaction as it was', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await store.append('acme', write())
    using database = new DatabaseSync(folder.path)
    const appender = createTransactionAppender(database)
    database.exec('BEGIN IMMEDIATE')
    expect(() => appender.append('acme', write('none'))).toThrow(/expected without events/)
    expect(() => appender.append('acme', [])).toThrow(/no events/)
    expect(appender.append('acme', write())[0]).toMatchObject({ position: 2 })
    database.exec('COMMIT')
    expect((await verifyLog(store)).faults).toEqual([])
  })

  it('needs a transaction and a store', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    using database = new DatabaseSync(folder.path)
    expect(() => createTransactionAppender(database).append('acme', write())).toThrow(/no open transaction/)
    using other = new DatabaseSync(':memory:')
    expect(() => createTransactionAppender(other)).toThrow(/not a Keelson database/)
    expect(await store.head(everyTenant)).toBe(0)
  })
})
