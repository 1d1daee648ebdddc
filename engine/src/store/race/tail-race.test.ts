import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { createMemoryStore } from '../memory/index.ts'
import type { EventStore } from '../port.ts'
import { temporaryFolder } from '../sqlite/fixtures/temporary-store.ts'
import { createTransactionAppender } from '../sqlite/index.ts'
import type { RecordedEvent } from '../types.ts'
import { race, raceSummary, replaceMethod } from './fixtures/race.ts'
import type { ProductTransaction } from './fixtures/writer.ts'
import { withoutTransactions } from './fixtures/writer.ts'

const most = 100_000

test('on memory readers see every event once and in order', async () => {
  const store = createMemoryStore()
  const product = withoutTransactions(store)
  const report = await race({ writing: [store], reading: [store], product, events: 20_000 })
  expect(report.faults).toEqual([])
  expect(report.events).toBeGreaterThanOrEqual(20_000)
})

test('the race finds a reader that misses one event', async () => {
  const store = createMemoryStore()
  const tail: EventStore['tail'] = async function* (scope, options) {
    const skipped = ({ position }: RecordedEvent) => scope.tenantId === 'every tenant' && position === 700
    for await (const page of store.tail(scope, options)) yield page.filter(event => !skipped(event))
  }
  const leaky = replaceMethod(store, 'tail', tail)
  const product = withoutTransactions(store)
  const { faults } = await race({ writing: [store], reading: [leaky], product, events: 2_000 })
  expect(faults).toContain('follower {}: position 701 came after 699')
})

test('on SQLite readers see every event once and in order, whoever writes, rolls back and stalls', {
  timeout: 240_000,
}, async () => {
  await using folder = temporaryFolder()
  const stores = [await folder.open(), await folder.open(), await folder.open()] as const
  using database = new DatabaseSync(folder.path, { timeout: 10_000 })
  database.exec('PRAGMA synchronous = FULL; CREATE TABLE product (row INTEGER PRIMARY KEY) STRICT')
  const appender = createTransactionAppender(database)
  // A product's own transaction, which holds the file's write lock while it stalls.
  const product: ProductTransaction = async ({ tenantId, writes, ends, stall }) => {
    database.exec('BEGIN IMMEDIATE; INSERT INTO product DEFAULT VALUES')
    const receipts = appender.append(tenantId, writes)
    await stall()
    database.exec(ends === 'commit' ? 'COMMIT' : 'ROLLBACK')
    return receipts
  }
  const report = await race({ writing: stores.slice(0, 2), reading: stores, product, events: most })
  expect(report.faults).toEqual([])
  expect(report.events).toBeGreaterThanOrEqual(most)
  expect(database.prepare('SELECT count(*) AS rows FROM product').get()).toEqual({
    rows: report.made['product'],
  })
  console.log(`tail race on SQLite: ${raceSummary(report)}`)
})
