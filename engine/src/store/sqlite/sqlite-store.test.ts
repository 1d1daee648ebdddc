import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import { verifyLog } from '../check/verify.ts'
import type { EventStore } from '../port.ts'
import type { RecordedEvent, SqlValue } from '../types.ts'
import { append, codeOf, event, everyTenant, failure, numbers } from './fixtures/steps.ts'
import { temporaryFolder } from './fixtures/temporary-store.ts'

/** What a pragma says on the connection that writes: only a statement of its own can ask it. */
async function writersPragma(store: EventStore, name: string): Promise<SqlValue> {
  await store.commit({
    scope: everyTenant,
    statements: [
      { sql: 'CREATE TABLE IF NOT EXISTS told (value)', params: [] },
      { sql: 'DELETE FROM told', params: [] },
      { sql: `INSERT INTO told SELECT ${name} FROM pragma_${name}`, params: [] },
    ],
  })
  return (await store.query(everyTenant, 'SELECT value FROM told', []))[0]?.[0] ?? null
}

describe('what an acknowledgement means', () => {
  it('is a flush of the write-ahead log by default, which the writer sees to', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    expect(store.capabilities).toEqual({ name: 'sqlite', durability: 'fsync', sql: 'sqlite', shards: 1 })
    // 2 is FULL, 1 NORMAL, 0 OFF: SQLite itself flushes at a checkpoint.
    expect(await writersPragma(store, 'synchronous')).toBe(1)
    expect(await store.query(everyTenant, 'SELECT number > 0 FROM commit_mark', [])).toEqual([[1]])
    expect(await writersPragma(store, 'journal_mode')).toBe('wal')
    expect(await store.query(everyTenant, 'PRAGMA journal_mode', [])).toEqual([['wal']])
    expect(existsSync(`${folder.path}-wal`)).toBe(true)
  })

  it('is less where that was chosen, and says so', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open({ durability: 'relaxed' })
    expect(store.capabilities.durability).toBe('relaxed')
    expect(await writersPragma(store, 'synchronous')).toBe(1)
    expect(await store.query(everyTenant, 'SELECT number FROM commit_mark', [])).toEqual([])
  })

  it('can be read by another connection at once', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    const [receipt] = await append(store)
    const database = new DatabaseSync(folder.path, { readOnly: true })
    expect(database.prepare('SELECT leaf_hash FROM event').all()).toEqual([{ leaf_hash: receipt?.leafHash }])
    database.close()
  })
})

describe('the reader thread', () => {
  it('starts when something is asked, and ends with the store', async () => {
    await using folder = temporaryFolder()
    const threads = () => process.getActiveResourcesInfo().filter(kind => kind === 'MessagePort').length
    const before = threads()
    const store = await folder.open()
    await append(store)
    expect(threads()).toBe(before + 1)
    expect(await store.query(everyTenant, 'SELECT 1', [])).toEqual([[1]])
    expect(threads()).toBe(before + 2)
    await store.close()
    expect(threads()).toBe(before)
  })
})

describe('a full disk', () => {
  const maxBytes = 512 * 1024
  const large = () => event('x'.repeat(60_000))

  async function fillUp(store: EventStore): Promise<number> {
    for (let stored = 0; ; stored += 1) {
      const code = await failure(append(store, [large(), large()]))
      if (code === 'store_full') return stored * 2
      expect(code).toBe('done')
    }
  }

  it('refuses the append that does not fit whole, and reads on', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open({ maxBytes })
    const stored = await fillUp(store)
    expect(stored).toBeGreaterThan(2)
    expect(await store.head(everyTenant)).toBe(stored)
    expect(await verifyLog(store)).toMatchObject({ events: stored, isSound: true })
    expect(await failure(append(store, [large(), large()]))).toBe('store_full')
    // What was refused left no id behind: the same event is new when it comes again.
    const refused = large()
    expect(await failure(append(store, [refused, large(), large()]))).toBe('store_full')
    expect(await store.readEvent('acme', refused.envelope.eventId)).toBeUndefined()
  })

  it('writes on when there is room again', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open({ maxBytes })
    await store.commit({
      scope: everyTenant,
      statements: [
        { sql: 'CREATE TABLE ballast (bytes BLOB)', params: [] },
        { sql: 'INSERT INTO ballast VALUES (zeroblob(200000))', params: [] },
      ],
    })
    const stored = await fillUp(store)
    // The first of these are written before the disk is full; nothing may remember them.
    const small = event()
    for (const stream of ['s', 'new'])
      expect(await failure(append(store, [small, event(), large(), large(), large(), large()], stream))).toBe(
        'store_full',
      )
    await store.commit({
      scope: everyTenant,
      statements: [{ sql: 'DELETE FROM ballast', params: [] }],
    })
    const receipts = [...(await append(store, [small, large()], 'new')), ...(await append(store))]
    expect(receipts.map(({ position, stream, version }) => [position, stream, version])).toEqual([
      [stored + 1, 'new', 1],
      [stored + 2, 'new', 2],
      [stored + 3, 's', stored + 1],
    ])
    expect(receipts.some(({ duplicate }) => duplicate)).toBe(false)
    expect(await verifyLog(store)).toMatchObject({ events: stored + 3, isSound: true })
  })

  it('writes on when it is opened with another limit', async () => {
    await using folder = temporaryFolder()
    const small = await folder.open({ maxBytes })
    const stored = await fillUp(small)
    await small.close()
    const store = await folder.open()
    expect((await append(store, [large()]))[0]?.position).toBe(stored + 1)
    expect(await verifyLog(store)).toMatchObject({ events: stored + 1, isSound: true })
  })

  it('fails a unit of work whole', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open({ maxBytes })
    await store.commit({
      scope: everyTenant,
      statements: [{ sql: 'CREATE TABLE ballast (bytes BLOB)', params: [] }],
    })
    const insert = { sql: 'INSERT INTO ballast VALUES (zeroblob(300000))', params: [] }
    const unit = {
      scope: everyTenant,
      statements: [insert, insert],
      checkpoint: { name: 'c', from: 0, to: 1 },
    }
    expect(await failure(store.commit(unit))).toBe('store_full')
    expect(await store.checkpoint('c')).toBe(0)
    expect(await store.query(everyTenant, 'SELECT count(*) FROM ballast', [])).toEqual([[0]])
  })
})

describe('the queue', () => {
  it('answers that it is busy when too many events wait, and recovers', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open({ maxWaitingEvents: 20 })
    const tries = await Promise.all(numbers(25).map(() => failure(append(store))))
    expect(tries).toEqual([...Array(10).fill('done'), ...Array(15).fill('store_busy')])
    expect(store.backlog).toBe(0)
    expect(await failure(append(store))).toBe('done')
    expect(await store.head(everyTenant)).toBe(11)
  })

  it('counts bytes too', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open({ maxWaitingBytes: 200_000 })
    const tries = await Promise.all(numbers(3).map(() => failure(append(store, [event('x'.repeat(45_000))]))))
    expect(tries).toEqual(['done', 'done', 'store_busy'])
    expect(await failure(append(store, [event('x'.repeat(45_000))]))).toBe('done')
  })

  it('takes an append beyond its limit when nothing waits, as it could never be taken else', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open({ maxWaitingEvents: 20 })
    const large = append(
      store,
      numbers(50).map(() => event()),
    )
    expect(store.backlog).toBe(50)
    const second = failure(append(store))
    expect((await large).length).toBe(50)
    expect(await second).toBe('store_busy')
  })

  it('gives each append its own answer, also where others in its transaction are refused', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    const tries = await Promise.all(
      numbers(30).map(index =>
        index % 3 === 0
          ? failure(store.append('acme', [{ stream: 'never', expected: 'exists', events: [event()] }]))
          : append(store, [event({ index })], `s-${index}`),
      ),
    )
    for (const [at, answer] of tries.entries()) {
      if ((at + 1) % 3 === 0) expect(answer).toBe('version_conflict')
      else expect(answer).toEqual([expect.objectContaining({ stream: `s-${at + 1}`, version: 1 })])
    }
    expect(await verifyLog(store)).toMatchObject({ events: 20, isSound: true })
  })
})

describe('a unit of work that fails', () => {
  it('does not fail the appends beside it', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await store.commit({
      scope: everyTenant,
      statements: [{ sql: 'CREATE TABLE row (id INTEGER PRIMARY KEY)', params: [] }],
    })
    const row = { sql: 'INSERT INTO row VALUES (1)', params: [] }
    const work: Promise<string>[] = []
    for (const _ of numbers(10)) {
      work.push(failure(append(store)))
      work.push(
        failure(
          store.commit({
            scope: everyTenant,
            statements: [row, row],
            checkpoint: { name: 'c', from: 0, to: 1 },
          }),
        ),
      )
      work.push(
        failure(
          store.commit({
            scope: everyTenant,
            statements: [{ sql: 'no sql at all', params: [] }],
          }),
        ),
      )
    }
    const answers = await Promise.all(work)
    expect(answers).toEqual(numbers(10).flatMap(() => ['done', 'store_failed', 'store_failed']))
    expect(await store.query(everyTenant, 'SELECT * FROM row', [])).toEqual([])
    expect(await store.checkpoint('c')).toBe(0)
    expect(await verifyLog(store)).toMatchObject({ events: 10, isSound: true })
  })
})

describe('two stores on one file', () => {
  it('keep positions dense and the log sound while both write', async () => {
    await using folder = temporaryFolder()
    const stores = [await folder.open(), await folder.open()] as const
    const receipts = await Promise.all(
      stores.flatMap((store, which) =>
        numbers(40).map(async index => {
          const tenantId = index % 2 === 0 ? 'acme' : 'globex'
          const events = [sampleEvent(tenantId, { payload: { which, index } })]
          return store.append(tenantId, [{ stream: `s-${index % 3}`, expected: 'any', events }])
        }),
      ),
    )
    const positions = receipts.flat().map(({ position }) => position)
    expect(positions.toSorted((a, b) => a - b)).toEqual(numbers(80))
    for (const store of stores)
      expect(await verifyLog(store)).toMatchObject({ events: 80, tenants: 2, isSound: true })
  })

  it('check expected versions and repeats against what the other wrote', async () => {
    await using folder = temporaryFolder()
    const [one, two] = [await folder.open(), await folder.open()]
    const first = event()
    const [receipt] = await append(one, [first])
    expect(await append(two, [first])).toEqual([{ ...receipt, duplicate: true }])
    expect(await failure(two.append('acme', [{ stream: 's', expected: 'none', events: [event()] }]))).toBe(
      'version_conflict',
    )
    expect((await append(two))[0]).toMatchObject({ position: 2, version: 2, previousHash: receipt?.leafHash })
    expect((await append(one))[0]).toMatchObject({ position: 3, version: 3 })
  })

  it('tail what the other appends', async () => {
    await using folder = temporaryFolder()
    const [one, two] = [await folder.open(), await folder.open()]
    const found: RecordedEvent[] = []
    const tail = (async () => {
      for await (const page of one.tail({ tenantId: 'acme' })) {
        found.push(...page)
        if (found.length >= 5) break
      }
    })()
    for (const index of numbers(5)) await append(two, [event({ index })])
    await tail
    expect(found.map(({ position }) => position)).toEqual(numbers(5))
  })

  it('let one win where both open a file that is not there yet', async () => {
    await using folder = temporaryFolder()
    const stores = await Promise.all([folder.open(), folder.open(), folder.open()])
    await Promise.all(stores.map(store => append(store)))
    expect(await verifyLog(stores[0] as EventStore)).toMatchObject({ events: 3, isSound: true })
  })
})

describe('closing', () => {
  it('during appends loses nothing that was acknowledged, and takes no more', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    const tries = numbers(200).map(index => {
      const one = event({ index })
      return append(store, [one]).then(
        () => one.envelope.eventId,
        error => codeOf(error),
      )
    })
    const closed = store.close()
    const late = failure(append(store))
    const answers = await Promise.all(tries)
    await closed
    expect(await late).toBe('store_closed')
    const again = await folder.open()
    const stored = (await Array.fromAsync(again.readAll(everyTenant))).map(({ eventId }) => eventId)
    expect(answers.filter(answer => answer.startsWith('evt-'))).toEqual(stored)
    expect(stored).toHaveLength(200)
    expect(await verifyLog(again)).toMatchObject({ events: 200, isSound: true })
  })

  it('ends tails and refuses reads', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await append(store)
    const pages: number[] = []
    const tail = (async () => {
      for await (const page of store.tail(everyTenant)) pages.push(page.length)
    })()
    const running = store.query(everyTenant, 'SELECT 1', [])
    await store.close()
    await tail
    expect(await running).toEqual([[1]])
    expect(await failure(store.query(everyTenant, 'SELECT 1', []))).toBe('store_closed')
    expect(await failure(store.commit({ scope: everyTenant, statements: [] }))).toBe('store_closed')
  })
})

describe('reading', () => {
  it('gives all positions that are asked for, however large their events', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await append(
      store,
      numbers(20).map(() => event('x'.repeat(200_000))),
    )
    const asked = numbers(20).reverse()
    expect((await store.readPositions('acme', asked)).map(({ position }) => position)).toEqual(asked)
    expect((await Array.fromAsync(store.readAll(everyTenant))).map(({ position }) => position)).toEqual(
      numbers(20),
    )
    expect(
      (await Array.fromAsync(store.readStream('acme', 's', { direction: 'backwards' }))).map(
        ({ version }) => version,
      ),
    ).toEqual(asked)
  })

  it('cannot write', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await append(store)
    expect(await failure(store.query(everyTenant, 'DELETE FROM event', []))).toBe('store_unwritable')
    expect(await store.head(everyTenant)).toBe(1)
  })

  it('leaves transactions to itself', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    for (const sql of ['COMMIT', '-- a note\nATTACH ? AS other']) {
      expect(await failure(store.query(everyTenant, sql, []))).toBe('read_invalid')
      const unit = { scope: everyTenant, statements: [{ sql, params: [] }] }
      expect(await failure(store.commit(unit))).toBe('append_invalid')
    }
    expect(await store.query(everyTenant, 'PRAGMA quick_check', [])).toEqual([['ok']])
  })

  it('refuses events larger than the store was told to take', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open({ maxEventBytes: 1000 })
    expect(await failure(append(store, [event('x'.repeat(1000))]))).toBe('event_too_large')
    expect(await failure(append(store, [event('x')]))).toBe('done')
  })
})
