import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../core/index.ts'
import { startCluster } from '../../store/postgres/fixtures/cluster.ts'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { range, until } from '../../testing/transport-contract/transport-steps.ts'
import { order, publisherOf } from './fixtures/outbox-cases.ts'
import { OutboxRelay, outboxSchema, PostgresOutbox, pgTransaction, writeOutbox } from './index.ts'

const children: ChildProcess[] = []
const count = 1_000
const keys = 23

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function launch(connection: object, path: string): ChildProcess {
  const file = join(import.meta.dirname, 'fixtures', 'relay-child.ts')
  const child = spawn(process.execPath, ['--no-warnings', file, JSON.stringify(connection), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

/** Writes events to the outbox in a transaction of their own. */
async function writeCommitted(pool: pg.Pool, events: JsonObject | readonly JsonObject[]): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await writeOutbox(pgTransaction(client), events)
    await client.query('COMMIT')
  } finally {
    client.release()
  }
}

/** Kills a relay amidst its work, once it has published so many, and says how many of them the log had already. */
async function killAfter(connection: object, path: string, published: number): Promise<number> {
  const child = launch(connection, path)
  let seen = ''
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    seen += chunk.toString()
    if (seen.length >= published) break
  }
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
  return seen.split('d').length - 1
}

describe('a relay that is killed again and again', () => {
  it('has brought every row once, in the order of each aggregate', async () => {
    await using database = await temporaryPostgres()
    await using folder = temporaryFolder()
    const pool = database.pool()
    for (const statement of outboxSchema('postgres')) await pool.query(statement)
    const write = (part: readonly number[]) =>
      writeCommitted(
        pool,
        part.map(index => order(index, `order-${index % keys}`)),
      )
    for (const part of range(count / 500)) await write(range(500, part * 500))
    let duplicates = 0
    for (const published of [1, 150, 240, 77])
      duplicates += await killAfter(database.database.connection, folder.path, published)
    expect(duplicates).toBeGreaterThan(0)
    launch(database.database.connection, folder.path)
    launch(database.database.connection, folder.path)
    const left = async () => (await pool.query('SELECT count(*)::integer AS count FROM outbox')).rows[0].count
    await until(async () => (await left()) === 0, 'the empty table')
    const store = await folder.open()
    const events = await Array.fromAsync(store.readAll({ tenantId: 'acme' }))
    const indexes = events.map(({ envelope }) => (envelope.payload as { index: number }).index)
    expect(indexes.toSorted((a, b) => a - b)).toEqual(range(count))
    for (const own of Map.groupBy(indexes, index => index % keys).values())
      expect(own).toEqual(own.toSorted((a, b) => a - b))
  }, 120_000)
})

describe('a relay whose database is restarted', () => {
  it('goes on when it is back', async () => {
    await using cluster = await startCluster()
    const pool = new pg.Pool(cluster.connection)
    pool.on('error', () => undefined)
    const { publisher, seen } = publisherOf()
    const relay = new OutboxRelay({ source: new PostgresOutbox({ pool }), publisher, pollEvery: 10 })
    try {
      for (const statement of outboxSchema('postgres')) await pool.query(statement)
      relay.start()
      for (const index of range(3)) {
        await writeCommitted(pool, order(index))
        await until(() => seen.length === index + 1, 'the event')
        await cluster.stop()
        await cluster.start()
      }
      await writeCommitted(pool, order(9))
      await until(() => seen.includes(9), 'the event after the restarts')
      expect(seen).toEqual([0, 1, 2, 9])
    } finally {
      await relay.close()
      await pool.end()
    }
  }, 120_000)
})
