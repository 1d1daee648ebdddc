import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import { examineStore } from '../check/doctor.ts'
import { seedStore } from '../check/fixtures/damage.ts'
import type { EventStore } from '../port.ts'
import { temporaryDatabase } from '../postgres/fixtures/server.ts'
import {
  inspectPostgresStore,
  openPostgresReader,
  openPostgresStore,
  openPostgresTarget,
} from '../postgres/index.ts'
import { temporaryFolder } from '../sqlite/fixtures/temporary-store.ts'
import { openSqliteReader } from '../sqlite/offline/row-reader.ts'
import { openSqliteTarget } from '../sqlite/offline/target.ts'
import { contentOf } from './fixtures/content.ts'
import { moveStore } from './move.ts'

/** A fresh database with a store of its own kind of pool each time it is opened. */
async function database(shards = 1) {
  const temporary = await temporaryDatabase()
  const pools: pg.Pool[] = []
  const stores: EventStore[] = []
  const poolNamed = (name: string) => {
    const pool = new pg.Pool({ ...temporary.connection, max: 4, application_name: name })
    // The database goes while the last connections are being ended.
    pool.on('error', () => undefined)
    pools.push(pool)
    return pool
  }
  const operator = { pool: poolNamed('keelson operator'), location: 'the database' }
  const open = async () => {
    const store = await openPostgresStore({ pool: poolNamed('keelson'), shards, partitionSize: 10 })
    stores.push(store)
    return store
  }
  /** Closes the stores and their connections. */
  const release = async () => {
    await Promise.all(stores.splice(0).map(store => store.close()))
    await Promise.all(pools.splice(1).map(pool => pool.end()))
  }
  await open()
  await release()
  return {
    operator,
    open,
    release,
    async [Symbol.asyncDispose]() {
      await release()
      await Promise.all(pools.map(pool => pool.end()))
      await temporary[Symbol.asyncDispose]()
    },
  }
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  )

describe('a move between SQLite and PostgreSQL', () => {
  it('keeps everything as it is, there and back', async () => {
    await using from = temporaryFolder()
    await using between = await database()
    await using back = temporaryFolder()
    const first = await from.open()
    await seedStore(first)
    const content = await contentOf(first)
    await first.close()
    const source = openSqliteReader({ path: from.path, isExclusive: true })
    const target = await openPostgresTarget(between.operator)
    expect(await moveStore(source, target)).toMatchObject({ isFinished: true, events: 14, copied: 14 })
    await Promise.all([source.close(), target.close()])
    const inspection = await inspectPostgresStore(between.operator)
    expect(await examineStore(inspection, { tenants: [] })).toMatchObject({ isSound: true, events: 14 })
    await inspection.close()
    const moved = await between.open()
    expect(await contentOf(moved)).toEqual(content)
    // It goes on there, in its turn.
    const [receipt] = await moved.append('acme', [
      { stream: 'orders', expected: 3, events: [sampleEvent('acme')] },
    ])
    expect(receipt).toMatchObject({ position: 15, sequence: 10, version: 4 })
    const more = Array.from({ length: 25 }, () => sampleEvent('new'))
    await moved.append('new', [{ stream: 'new', expected: 'none', events: more }])
    await moved.deleteTenant('beta')
    const later = await contentOf(moved)
    await between.release()
    const again = await openPostgresReader({ ...between.operator, isExclusive: true })
    const end = openSqliteTarget({ path: back.path })
    expect(await moveStore(again, end)).toMatchObject({ isFinished: true, events: 40, copied: 40 })
    await Promise.all([again.close(), end.close()])
    expect(await contentOf(await back.open())).toEqual(later)
  })

  it('catches up with a source on PostgreSQL that servers use, and finishes when they are gone', async () => {
    await using from = await database()
    await using to = temporaryFolder()
    const running = await from.open()
    await seedStore(running)
    expect(await codeOf(openPostgresReader({ ...from.operator, isExclusive: true }))).toBe('store_locked')
    const source = await openPostgresReader(from.operator)
    await running.append('acme', [{ stream: 'orders', expected: 3, events: [sampleEvent('acme')] }])
    const target = openSqliteTarget({ path: to.path })
    expect(await moveStore(source, target)).toMatchObject({ isFinished: false, events: 14 })
    await source.close()
    const content = await contentOf(running)
    await from.release()
    const free = await openPostgresReader({ ...from.operator, isExclusive: true })
    expect(await moveStore(free, target)).toMatchObject({ isFinished: true, events: 15, copied: 1 })
    await Promise.all([free.close(), target.close()])
    expect(await contentOf(await to.open())).toEqual(content)
  })

  it('refuses a database that is its own target, and ends what waits for a lock when it is told to', async () => {
    await using one = await database()
    const source = await openPostgresReader({ ...one.operator, isExclusive: true })
    const stop = new AbortController()
    const target = await openPostgresTarget({
      ...one.operator,
      location: 'by another name',
      signal: stop.signal,
    })
    await expect(moveStore(source, target)).rejects.toThrow('are the same store')
    const waiting = target.write(0, [])
    const ended = expect(waiting).rejects.toThrow('enough')
    const waits =
      'SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE NOT granted AND datname = current_database()'
    await expect.poll(async () => (await one.operator.pool.query(waits)).rowCount).toBe(1)
    stop.abort(new Error('enough'))
    await ended
    await Promise.all([source.close(), target.close()])
  })

  it('keeps the shards of a database in another one, and refuses a file for them', async () => {
    await using from = await database(3)
    await using to = await database(3)
    await using file = temporaryFolder()
    const first = await from.open()
    await seedStore(first)
    const shards = [0, 1, 2].map(shard => ({ tenantId: 'every tenant', shard }) as const)
    const heads = await Promise.all(shards.map(scope => first.head(scope)))
    await from.release()
    const source = await openPostgresReader({ ...from.operator, isExclusive: true })
    const split = openSqliteTarget({ path: file.path })
    expect(await codeOf(moveStore(source, split))).toBe('move_refused')
    const target = await openPostgresTarget(to.operator)
    expect(await moveStore(source, target)).toMatchObject({ isFinished: true, events: 14 })
    await Promise.all([source.close(), split.close()])
    const moved = await to.open()
    expect(await Promise.all(shards.map(scope => moved.head(scope)))).toEqual(heads)
    const inspection = await inspectPostgresStore(to.operator)
    expect(await examineStore(inspection, { tenants: [] })).toMatchObject({
      isSound: true,
      events: 14,
      shards: 3,
    })
    await inspection.close()
  })
})
