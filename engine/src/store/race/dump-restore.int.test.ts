import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { expect, test } from 'vitest'
import { verifyLog } from '../check/verify.ts'
import type { Cluster } from '../postgres/fixtures/cluster.ts'
import { startCluster } from '../postgres/fixtures/cluster.ts'
import { openPostgresStore } from '../postgres/index.ts'
import { Book, raceTenants } from './fixtures/book.ts'
import { Writer, withoutTransactions } from './fixtures/writer.ts'

const everyTenant = { tenantId: 'every tenant' } as const

async function run(cluster: Cluster, program: string, args: readonly string[]): Promise<void> {
  const { host, port, user, database } = cluster.connection
  const target = ['-h', host, '-p', String(port), '-U', user, '-d', database]
  const { stderr } = await promisify(execFile)(cluster.program(program), [...target, ...args])
  expect(stderr, program).toBe('')
}

test('a dump taken under load and restored into a fresh cluster has all events, and appends go on', {
  timeout: 120_000,
}, async context => {
  await using source = await startCluster()
  if (!source.binaries.hasDump) return context.skip('pg_dump is not installed')
  const pool = new pg.Pool({ ...source.connection, max: 6 })
  const store = await openPostgresStore({ pool })
  const book = new Book()
  const first = book.events('acme', 1)
  book.enter(
    'acme',
    first,
    await store.append('acme', [{ stream: 'first', expected: 'none', events: first }]),
  )
  const script = join(source.folder, 'dump.sql')
  let isDone = false
  const product = withoutTransactions(store)
  const writers = [0, 1, 2, 3].map(number =>
    new Writer(number, { store, book, product, batch: 60 }).run(() => isDone),
  )
  while (book.head < 5_000) await new Promise(setImmediate)
  const acknowledged = book.head
  await run(source, 'pg_dump', ['--no-owner', '--no-privileges', '-f', script])
  isDone = true
  await Promise.all(writers)
  await store.close()
  await pool.end()
  expect(book.faults).toEqual([])

  await using target = await startCluster()
  await run(target, 'psql', [
    '-q',
    '-v',
    'ON_ERROR_STOP=1',
    '--single-transaction',
    '-o',
    '/dev/null',
    '-f',
    script,
  ])
  const fresh = new pg.Pool({ ...target.connection, max: 6 })
  const restored = await openPostgresStore({ pool: fresh })
  try {
    const found: string[] = []
    for await (const { position, eventId } of restored.readAll(everyTenant)) found[position] = eventId
    const events = found.length - 1
    expect(events).toBeGreaterThanOrEqual(acknowledged)
    expect(found).toEqual(book.stored.slice(0, events + 1))
    expect(await verifyLog(restored)).toMatchObject({ faults: [], events, tenants: raceTenants.length })
    const more = book.events('globex', 3)
    const receipts = await restored.append('globex', [{ stream: 'after', expected: 'none', events: more }])
    expect(receipts.map(({ position }) => position)).toEqual([events + 1, events + 2, events + 3])
    const tailed: number[] = []
    for await (const page of restored.tail(everyTenant, { after: events - 1 })) {
      tailed.push(...page.map(({ position }) => position))
      if (tailed.length >= 4) break
    }
    expect(tailed).toEqual([events, events + 1, events + 2, events + 3])
  } finally {
    await restored.close()
    await fresh.end()
  }
})
