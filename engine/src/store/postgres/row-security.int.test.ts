import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import type { TemporaryPostgres } from './fixtures/temporary-store.ts'
import { temporaryPostgres } from './fixtures/temporary-store.ts'
import type { PostgresStore } from './postgres-store.ts'
import { checkView } from './start/define-read-models.ts'

const protectedTables = [
  'tenant',
  'stream',
  'event',
  'event_id',
  'event_link',
  'idempotency_key',
  'document',
  'public.seen',
]

let postgres: TemporaryPostgres
let store: PostgresStore
let pool: pg.Pool
beforeAll(async () => {
  postgres = await temporaryPostgres()
  store = await postgres.open({ shards: 2 })
  pool = postgres.pool()
  await store.define(['CREATE TABLE IF NOT EXISTS seen (tenant_id text NOT NULL, what text)'])
  // Of several, some stand on each shard, with the same numbers.
  for (const tenantId of ['acme', 'globex', 'initech', 'umbrella']) {
    const events = [sampleEvent(tenantId, { causationId: 'x', metadata: { tags: ['t'] } })]
    await store.append(tenantId, [{ stream: 's', expected: 'any', events }], { idempotencyKey: 'k' })
    await store.commit({
      scope: { tenantId },
      documents: [{ tenantId, collection: 'c', id: 'd', value: 1 }],
      statements: [{ sql: 'INSERT INTO seen VALUES (?, ?)', params: [tenantId, 'own'] }],
    })
  }
})
afterAll(() => postgres[Symbol.asyncDispose]())

/** What a session of the application's role gets, in a transaction that sees so much. */
async function asApplication(sight: string | undefined, sql: string): Promise<unknown[][]> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN; SET LOCAL ROLE keelson_app; SET LOCAL search_path = keelson')
    if (sight !== undefined) await client.query(`SET LOCAL keelson.tenant = '${sight}'`)
    return (await client.query({ text: sql, rowMode: 'array' })).rows
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}

describe('row-level security', () => {
  it.each(protectedTables)('is forced on %s: nothing is seen unless it was said whose', async table => {
    const count = `SELECT count(*)::int FROM ${table}`
    expect(await asApplication(undefined, count)).toEqual([[0]])
    expect(await asApplication('', count)).toEqual([[0]])
    expect(await asApplication('nobody', count)).toEqual([[0]])
    const [[all], [own]] = [await asApplication('*', count), await asApplication('acme', count)] as [
      [[number]],
      [[number]],
    ]
    expect(own?.[0]).toBeGreaterThan(0)
    expect(all?.[0]).toBe(4 * (own?.[0] as number))
    const forced = `SELECT relforcerowsecurity FROM pg_class WHERE oid = '${table}'::regclass`
    expect(await asApplication(undefined, forced)).toEqual([[true]])
  })

  it("lets a tenant change and add rows of its own only, also where another's have the same numbers", async () => {
    const changed =
      'WITH done AS (UPDATE stream SET version = 9 RETURNING name) SELECT count(*)::int FROM done'
    expect(await asApplication('acme', changed)).toEqual([[1]])
    const foreign = [
      "INSERT INTO document VALUES ('globex', 'c', 'e', 1, null, '1')",
      "INSERT INTO public.seen VALUES ('globex', 'stolen')",
      "UPDATE public.seen SET tenant_id = 'globex'",
      "INSERT INTO event_id SELECT 1 - shard, id, 'stolen', 1 FROM tenant",
      "UPDATE tenant SET name = 'globex'",
    ]
    for (const sql of foreign)
      await expect(asApplication('acme', sql), sql).rejects.toThrow('row-level security policy')
  })

  it('keeps partitions from being read past the table', async () => {
    await expect(asApplication('*', 'SELECT * FROM event_s0_p1')).rejects.toThrow('permission denied')
  })

  it('keeps the role from changing what was written, and from the schema', async () => {
    for (const sql of [
      'DELETE FROM event',
      'DELETE FROM stream',
      'INSERT INTO schema_version VALUES (9)',
      'CREATE TABLE mine ()',
      'ALTER TABLE event DISABLE ROW LEVEL SECURITY',
    ])
      await expect(asApplication('*', sql), sql).rejects.toThrow(/permission denied|must be owner/)
  })

  it('holds for queries and units of a tenant, whatever their SQL asks for', async () => {
    const everything = 'SELECT tenant_id FROM seen ORDER BY 1'
    expect(await store.query({ tenantId: 'acme' }, everything, [])).toEqual([['acme']])
    expect(await store.query({ tenantId: 'every tenant' }, everything, [])).toHaveLength(4)
    const steal = { sql: "INSERT INTO seen VALUES ('globex', 'stolen')", params: [] }
    const scope = { tenantId: 'acme' }
    await expect(store.commit({ scope, statements: [steal] })).rejects.toMatchObject({
      code: 'store_not_permitted',
    })
    await store.commit({ scope, statements: [{ sql: "UPDATE seen SET what = 'mine'", params: [] }] })
    const rows = await store.query({ tenantId: 'every tenant' }, "SELECT 1 FROM seen WHERE what = 'mine'", [])
    expect(rows).toHaveLength(1)
  })

  it('holds for views, and refuses those that it cannot hold for', async () => {
    await store.define(['CREATE OR REPLACE VIEW seen_view AS SELECT tenant_id FROM public.seen'])
    expect(await store.query({ tenantId: 'acme' }, 'SELECT tenant_id FROM seen_view', [])).toEqual([['acme']])
    const stored = 'CREATE MATERIALIZED VIEW seen_stored AS SELECT tenant_id FROM public.seen'
    await expect(store.define([stored])).rejects.toMatchObject({ code: 'store_not_permitted' })
    await expect(asApplication('acme', 'SELECT * FROM public.seen_stored')).rejects.toThrow('does not exist')
    expect(() => checkView('v', 'v', 140_011)).toThrow('before PostgreSQL 15')
  })

  it('holds after statements that try to leave it, whatever they are', async () => {
    const scope = { tenantId: 'acme' }
    const own = await postgres.open({ shards: 2 }, { max: 1 })
    for (const sql of ['RESET ROLE', '/* x */ SET search_path = public', 'COMMIT']) {
      await expect(own.query(scope, sql, [])).rejects.toMatchObject({ code: 'read_invalid' })
      const unit = { scope, statements: [{ sql, params: [] }] }
      await expect(own.commit(unit)).rejects.toMatchObject({ code: 'append_invalid' })
    }
    for (const sql of ['SELECT 1; COMMIT', 'SELECT 1; RESET ROLE']) {
      await expect(own.query(scope, sql, [])).rejects.toThrow('multiple commands')
      await expect(own.commit({ scope, statements: [{ sql, params: [] }] })).rejects.toThrow(
        'multiple commands',
      )
    }
    const leave = "SELECT set_config('search_path', 'pg_catalog', false)"
    const left = () => own.query(scope, 'SELECT current_user, count(*)::int FROM seen', [])
    await own.query(scope, leave, [])
    expect(await left()).toEqual([['keelson_app_guest', 1]])
    await own.commit({ scope, statements: [{ sql: leave, params: [] }] })
    expect(await left()).toEqual([['keelson_app_guest', 1]])
    const events = [sampleEvent('acme')]
    await own.append('acme', [{ stream: 'after', expected: 'none', events }])
  })

  it('sees nothing more after the functions of the store, which see all while they run', async () => {
    const sql = "SELECT count(*)::int FROM heads(0, '{acme}', '{}', '{}', '{}'), (SELECT scope()) AS s"
    await asApplication('acme', sql)
    const client = await pool.connect()
    try {
      await client.query("BEGIN; SET LOCAL ROLE keelson_app; SET LOCAL keelson.tenant = 'acme'")
      await client.query("SELECT * FROM keelson.heads(0, '{globex}', '{}', '{}', '{}')")
      const { rows } = await client.query('SELECT keelson.scope() AS scope')
      expect(rows).toEqual([{ scope: 'acme' }])
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  })
})
