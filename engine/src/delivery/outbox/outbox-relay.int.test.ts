import { describe, expect, it } from 'vitest'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { range, until } from '../../testing/transport-contract/transport-steps.ts'
import type { OutboxFixture } from './fixtures/outbox-cases.ts'
import { order, outboxCases, publisherOf } from './fixtures/outbox-cases.ts'
import { OutboxRelay, outboxSchema, PostgresOutbox, pgTransaction, writeOutbox } from './index.ts'

type Fixture = OutboxFixture & {
  readonly rows: (text: string) => Promise<unknown[][]>
  readonly partitioned: (partitions: number) => PostgresOutbox
  readonly transaction: () => Promise<Transaction>
}

interface Transaction {
  write(index: number, id: string, options?: { readonly keepsOrder?: boolean }): Promise<unknown>
  end(how: 'COMMIT' | 'ROLLBACK'): Promise<void>
}

async function withOutbox(work: (fixture: Fixture) => Promise<void>): Promise<void> {
  await using database = await temporaryPostgres()
  const pool = database.pool({ max: 20 })
  for (const statement of outboxSchema('postgres')) await pool.query(statement)
  const transaction = async () => {
    const client = await pool.connect()
    await client.query('BEGIN')
    return {
      write: (index: number, id: string, options = {}) =>
        writeOutbox(pgTransaction(client), order(index, id), options),
      async end(how: 'COMMIT' | 'ROLLBACK') {
        await client.query(how)
        client.release()
      },
    }
  }
  const partitioned = (partitions: number) => new PostgresOutbox({ pool: database.pool(), partitions })
  await work({
    partitioned,
    transaction,
    source: () => partitioned(1),
    async write(events) {
      const client = await pool.connect()
      await client.query('BEGIN')
      await writeOutbox(pgTransaction(client), events, { notifies: true })
      await client.query('COMMIT')
      client.release()
    },
    sql: async text => void (await pool.query(text)),
    rows: text => database.sql(text),
  })
}

const quick = { pollEvery: 5 } as const

describe('an outbox on PostgreSQL', () => {
  outboxCases(withOutbox)

  it('misses no row of a transaction that commits after a later one', () =>
    withOutbox(async ({ transaction, source }) => {
      const { publisher, seen } = publisherOf()
      const relay = new OutboxRelay({ ...quick, source: source(), publisher })
      relay.start()
      const [slow, fast, never] = [await transaction(), await transaction(), await transaction()]
      await slow.write(0, 'a')
      await never.write(1, 'b')
      await fast.write(2, 'c')
      await fast.end('COMMIT')
      await until(() => seen.length === 1, 'the later one')
      await never.end('ROLLBACK')
      await slow.end('COMMIT')
      await until(() => seen.length === 2, 'the one that took longer')
      await relay.drain()
      expect(seen).toEqual([2, 0])
    }))

  it('has the rows of an aggregate in the order of their commits', () =>
    withOutbox(async ({ transaction, rows }) => {
      const [first, second] = [await transaction(), await transaction()]
      await first.write(0, 'a')
      const writes = second.write(1, 'a').then(() => second.end('COMMIT'))
      const waits =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"
      await until(async () => String((await rows(waits))[0]?.[0]) === '1', 'the second to wait')
      await first.write(2, 'a')
      await first.end('COMMIT')
      await writes
      const found = await rows("SELECT (payload ->> 'index')::integer FROM outbox ORDER BY position")
      expect(found.flat()).toEqual([0, 2, 1])
      const [other, beside] = [await transaction(), await transaction()]
      await other.write(3, 'b', { keepsOrder: false })
      await beside.write(4, 'b', { keepsOrder: false })
      await beside.end('COMMIT')
      await other.end('COMMIT')
    }))

  it('keeps the order of aggregates in every partition, each with a relay of its own', () =>
    withOutbox(async ({ write, partitioned }) => {
      const { publisher, seen } = publisherOf()
      const relays = [partitioned(4), partitioned(4)].map(
        source => new OutboxRelay({ ...quick, source, publisher, batchSize: 50 }),
      )
      for (const relay of relays) relay.start()
      for (const part of range(10))
        await write(range(50, part * 50).map(index => order(index, `order-${index % 11}`)))
      await until(() => seen.length === 500, 'all events')
      const leads = (await Promise.all(relays.map(relay => relay.status()))).flatMap(status => status.leads)
      expect(leads.toSorted()).toEqual([0, 1, 2, 3])
      await Promise.all(relays.map(relay => relay.close()))
      for (const key of range(11)) {
        const own = seen.filter(index => index % 11 === key)
        expect(own).toEqual(own.toSorted((a, b) => a - b))
      }
    }))

  it('is woken by a commit that says so', () =>
    withOutbox(async ({ write, source }) => {
      const { publisher, seen } = publisherOf()
      const relay = new OutboxRelay({ pollEvery: 60_000, source: source(), publisher })
      relay.start()
      for (const index of range(5)) {
        await write([order(index)])
        await until(() => seen.length === index + 1, 'the event, long before the next look')
      }
      await relay.close()
    }))

  it('takes the lead again when its connection is cut', () =>
    withOutbox(async ({ write, source, rows }) => {
      const { publisher, seen } = publisherOf()
      const errors: unknown[] = []
      const relay = new OutboxRelay({
        ...quick,
        source: source(),
        publisher,
        onError: error => void errors.push(error),
      })
      relay.start()
      for (const index of range(4)) {
        await write([order(index)])
        await until(() => seen.length === index + 1, 'the event')
        await rows(
          `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        )
        await until(() => errors.length > index, 'the loss')
      }
      await write([order(9)])
      await until(() => seen.includes(9), 'the last event')
      await relay.close()
      expect(seen).toEqual([0, 1, 2, 3, 9])
    }))
})
