import { describe, expect, it } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import { verifyLog } from '../check/verify.ts'
import type { Receipt } from '../types.ts'
import { shardOf } from './append/placement.ts'
import type { Break } from './fixtures/breaking-pool.ts'
import { breakingPool } from './fixtures/breaking-pool.ts'
import { temporaryPostgres } from './fixtures/temporary-store.ts'
import { openPostgresStore } from './index.ts'
import type { PostgresStore } from './postgres-store.ts'

const everyTenant = { tenantId: 'every tenant' } as const
const write = (stream = 's', expected: 'any' | 'none' | number = 'any', tenantId = 'acme') =>
  [{ stream, expected, events: [sampleEvent(tenantId)] }] as const

describe('the way of a batch', () => {
  it('is one call while only this process writes', async () => {
    await using postgres = await temporaryPostgres()
    const store = await postgres.open()
    for (let round = 0; round < 5; round += 1)
      await Promise.all([1, 2, 3, 4].map(number => store.append('acme', write(`s-${round}-${number}`))))
    const { optimistic, ...others } = store.counts
    expect(optimistic).toBeGreaterThanOrEqual(5)
    expect(others).toEqual({ locked: 0, refused: 0 })
  })

  it('is under the lock where another process has written, and one call again when it is alone', async () => {
    await using postgres = await temporaryPostgres()
    const [one, two] = [await postgres.open(), await postgres.open()]
    await one.append('acme', write())
    await two.append('acme', write())
    const [receipt] = await one.append('acme', write('s', 2))
    expect(receipt).toMatchObject({ position: 3, version: 3, sequence: 2 })
    expect(one.counts).toEqual({ optimistic: 1, locked: 1, refused: 1 })
    for (let round = 0; round < 6; round += 1) await one.append('acme', write())
    expect(one.counts.refused).toBe(1)
    expect(one.counts.optimistic).toBeGreaterThan(2)
    expect(await verifyLog(one)).toMatchObject({ isSound: true, events: 9 })
  })

  it('is under the lock for a condition, and for what is stored already', async () => {
    await using postgres = await temporaryPostgres()
    const store = await postgres.open()
    const once = write()
    const [first] = await store.append('acme', once)
    await store.append('acme', write(), { unless: { query: [{ tags: ['none'] }], after: 0 } })
    expect(store.counts).toEqual({ optimistic: 1, locked: 1, refused: 0 })
    expect(await store.append('acme', once)).toEqual([{ ...first, duplicate: true }])
    expect(store.counts).toEqual({ optimistic: 1, locked: 2, refused: 1 })
  })

  it('stores the others of a batch in which some are refused, and knows a repeat among these', async () => {
    await using postgres = await temporaryPostgres()
    const store = await postgres.open()
    const once = write('s', 'none')
    const [first] = await store.append('acme', once)
    const answers = await Promise.allSettled([
      store.append('acme', write('new')),
      store.append('acme', write('s', 'none')),
      store.append('acme', once),
      store.append('acme', write('s', 1)),
    ])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect((answers[2] as PromiseFulfilledResult<Receipt[]>).value).toEqual([{ ...first, duplicate: true }])
    expect((answers[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'version_conflict' })
    expect(await verifyLog(store)).toMatchObject({ isSound: true, events: 3 })
  })
})

describe('a connection that breaks', () => {
  const breaks: readonly { readonly at: RegExp; readonly all: readonly Break[] }[] = [
    { at: /^SELECT keelson\.append\(/, all: ['before'] },
    { at: /^SELECT keelson\.append\(/, all: ['after'] },
    { at: /^SELECT keelson\.append\(|COMMIT/, all: ['before', 'before'] },
    { at: /^SELECT keelson\.append\(|COMMIT/, all: ['before', 'after'] },
    { at: /keelson\.heads\(/, all: ['before', 'after'] },
  ]

  it.each(breaks)('at $at, $all, leaves the append stored once, and not as a repeat', async ({ at, all }) => {
    await using postgres = await temporaryPostgres()
    const other = await postgres.open()
    const [before] = await other.append('acme', write())
    const left = [...all]
    const store = await openPostgresStore({ pool: breakingPool(postgres.pool(), at, left) })
    const [receipt] = await store.append('acme', write('s', 1))
    expect(receipt).toMatchObject({
      position: 2,
      version: 2,
      duplicate: false,
      previousHash: before?.leafHash,
    })
    expect(left).toEqual([])
    await store.append('acme', write('s', 2))
    expect(await verifyLog(store)).toMatchObject({ isSound: true, events: 3 })
    await store.close()
  })

  it.each(['before', 'after'] as const)(
    '%s a commit under the lock, leaves the append stored once',
    async when => {
      await using postgres = await temporaryPostgres()
      await (await postgres.open()).append('acme', write())
      const left = [when]
      const store = await openPostgresStore({ pool: breakingPool(postgres.pool(), /COMMIT/, left) })
      const unless = { query: [{ tags: ['none'] }], after: 0 }
      const [receipt] = await store.append('acme', write('s', 1), { unless })
      expect(receipt).toMatchObject({ position: 2, duplicate: false })
      expect(left).toEqual([])
      expect(await verifyLog(store)).toMatchObject({ isSound: true, events: 2 })
      await store.close()
    },
  )

  it('again and again, is told as such', async () => {
    await using postgres = await temporaryPostgres()
    const all: Break[] = Array.from({ length: 9 }, () => 'before')
    const pool = breakingPool(postgres.pool(), /^SELECT keelson\.append\(/, all)
    const store = await openPostgresStore({ pool })
    const refusal = { code: 'store_unreachable', retryable: true }
    await expect(store.append('acme', write())).rejects.toMatchObject(refusal)
    expect(await store.head(everyTenant)).toBe(0)
    all.length = 0
    await store.append('acme', write())
    await store.close()
  })

  it('under a store that works is replaced', async () => {
    await using postgres = await temporaryPostgres()
    const store = await postgres.open()
    await store.append('acme', write())
    const kill = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`
    await postgres.sql(kill)
    await expect(store.append('acme', write())).resolves.toHaveLength(1)
    await postgres.sql(kill)
    const read = () => Array.fromAsync(store.readAll(everyTenant))
    expect(await read().catch(read)).toHaveLength(2)
  })
})

describe('two stores on one database', () => {
  /** Appends with expected versions that the other store makes stale, and with keys that both use. */
  async function load(store: PostgresStore, rounds: number): Promise<number> {
    let stored = 0
    for (let round = 0; round < rounds; round += 1) {
      const tries = Array.from({ length: 8 }, async (_, number) => {
        const tenantId = number % 2 === 0 ? 'acme' : 'globex'
        const stream = `s-${number % 3}`
        const expected = number % 4 === 0 ? ((await store.stream(tenantId, stream))?.version ?? 0) : 'any'
        const key = number === 7 ? { idempotencyKey: `${round}` } : {}
        return store.append(tenantId, write(stream, expected, tenantId), key)
      })
      for (const answer of await Promise.allSettled(tries)) {
        if (answer.status === 'fulfilled') stored += answer.value.filter(({ duplicate }) => !duplicate).length
        else if (!['version_conflict', 'idempotency_key_conflict'].includes(answer.reason.code))
          throw answer.reason
      }
    }
    return stored
  }

  it('appending to the same streams make one sound log, of what was acknowledged', async () => {
    await using postgres = await temporaryPostgres()
    const [one, two] = [await postgres.open(), await postgres.open()]
    const counts = await Promise.all([load(one, 25), load(two, 25)])
    const events = counts[0] + counts[1]
    expect(await verifyLog(two)).toMatchObject({ isSound: true, events })
    expect(one.counts.locked + two.counts.locked).toBeGreaterThan(0)
    expect(one.counts.optimistic + two.counts.optimistic).toBeGreaterThan(0)
  })

  it('wake the tails of each other', async () => {
    await using postgres = await temporaryPostgres()
    const [one, two] = [await postgres.open(), await postgres.open()]
    const tail = two.tail({ tenantId: 'acme' })[Symbol.asyncIterator]()
    const next = tail.next()
    const [receipt] = await one.append('acme', write())
    expect((await next).value.map(({ position }: Receipt) => position)).toEqual([receipt?.position])
    await tail.return?.()
  })
})

describe('several shards', () => {
  const tenants = ['acme', 'globex', 'initech', 'umbrella', 'hooli', 'tyrell']

  it('have positions of their own, and a tenant stands on one', async () => {
    await using postgres = await temporaryPostgres()
    const store = await postgres.open({ shards: 3 })
    const receipts = await Promise.all(
      tenants.flatMap(tenantId => [1, 2].map(() => store.append(tenantId, write('s', 'any', tenantId)))),
    )
    const used = new Set(tenants.map(tenantId => shardOf(tenantId, 3)))
    expect(used.size).toBe(3)
    for (const shard of [0, 1, 2]) {
      const own = tenants.filter(tenantId => shardOf(tenantId, 3) === shard)
      const scope = { tenantId: 'every tenant', shard } as const
      const log = await Array.fromAsync(store.readAll(scope))
      expect(log.map(({ position }) => position)).toEqual(log.map((_, at) => at + 1))
      expect(new Set(log.map(({ tenantId }) => tenantId))).toEqual(new Set(own))
      expect(await store.head(scope)).toBe(2 * own.length)
    }
    expect(receipts.flat()).toHaveLength(12)
    expect(await verifyLog(store)).toMatchObject({ isSound: true, tenants: 6, events: 12 })
  })

  it('take part in one unit of work, which is stored on all of them or on none', async () => {
    await using postgres = await temporaryPostgres()
    const [store, other] = [await postgres.open({ shards: 3 }), await postgres.open()]
    const unit = (expected: 'any' | 'none') => ({
      scope: everyTenant,
      appends: tenants.map(tenantId => ({ tenantId, writes: write('u', expected, tenantId) })),
    })
    const receipts = await store.commit(unit('none'))
    expect(receipts.map(({ version }) => version)).toEqual(tenants.map(() => 1))
    await expect(store.commit(unit('none'))).rejects.toMatchObject({ code: 'version_conflict' })
    await Promise.all([1, 2, 3, 4].flatMap(() => [store.commit(unit('any')), other.commit(unit('any'))]))
    await store.append('acme', write('u', 9))
    expect(await verifyLog(other)).toMatchObject({ isSound: true, events: 9 * tenants.length + 1 })
  })

  it('delete a tenant of one of them', async () => {
    await using postgres = await temporaryPostgres()
    const store = await postgres.open({ shards: 3 })
    for (const tenantId of tenants) await store.append(tenantId, write('s', 'any', tenantId))
    expect(await store.deleteTenant('hooli')).toEqual({ events: 1 })
    expect(await Promise.all(tenants.map(tenantId => store.head({ tenantId })))).toHaveLength(6)
    expect(await store.head({ tenantId: 'hooli' })).toBe(0)
    const [receipt] = await store.append('hooli', write('s', 'none', 'hooli'))
    expect(receipt).toMatchObject({ sequence: 0, version: 1 })
  })
})
