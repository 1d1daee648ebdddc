import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { createMemoryStore } from '../memory/index.ts'
import type { EventStore } from '../port.ts'
import { temporaryFolder } from '../sqlite/fixtures/temporary-store.ts'
import type { RecordedEvent } from '../types.ts'
import type { RaceReport } from './fixtures/race.ts'
import { race } from './fixtures/race.ts'
import type { ProductTransaction } from './fixtures/writer.ts'

/** The memory store has no transactions of others: what is not committed never was. */
const withoutTransactions =
  (store: EventStore): ProductTransaction =>
  async ({ tenantId, writes, ends }) =>
    ends === 'commit' ? store.append(tenantId, writes) : []

const summary = ({ events, read, seconds, made }: RaceReport): string =>
  `${events} events in ${seconds.toFixed(1)} s, ${read} read; ${JSON.stringify(made)}`

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
  const leaky = new Proxy(store, {
    get: (target, name) => {
      const value = name === 'tail' ? tail : Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const product = withoutTransactions(store)
  const { faults } = await race({ writing: [store], reading: [leaky], product, events: 2_000 })
  expect(faults).toContain('follower {}: position 701 came after 699')
})

test('on SQLite readers see every event once and in order, whoever writes, rolls back and stalls', {
  timeout: 120_000,
}, async () => {
  await using folder = temporaryFolder()
  const stores = [await folder.open(), await folder.open(), await folder.open()] as const
  const database = new DatabaseSync(folder.path, { timeout: 5_000 })
  database.exec('CREATE TABLE product (row INTEGER PRIMARY KEY) STRICT')
  // Whoever holds the file's write lock outside of Keelson, and gives it back undone.
  const product: ProductTransaction = async ({ tenantId, writes, ends, stall }) => {
    database.exec('BEGIN IMMEDIATE')
    database.exec('INSERT INTO product DEFAULT VALUES')
    await stall()
    database.exec('ROLLBACK')
    return ends === 'commit' ? stores[0].append(tenantId, writes) : []
  }
  const report = await race({ writing: stores.slice(0, 2), reading: stores, product, events: 100_000 })
  database.close()
  expect(report.faults).toEqual([])
  expect(report.events).toBeGreaterThanOrEqual(100_000)
  console.log(`tail race on SQLite: ${summary(report)}`)
})
