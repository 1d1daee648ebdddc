import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import type { SqlValue } from '../types.ts'
import type { TemporaryPostgres } from './fixtures/temporary-store.ts'
import { temporaryPostgres } from './fixtures/temporary-store.ts'
import type { TestRole } from './fixtures/test-role.ts'
import { testRole } from './fixtures/test-role.ts'
import type { PostgresStore } from './postgres-store.ts'

/** What must never be seen in the scope of acme. */
const secret = 'the secret of globex'
const scope = { tenantId: 'acme' }
const tables = [
  'CREATE TABLE IF NOT EXISTS seen (tenant_id text NOT NULL, what text NOT NULL)',
  'CREATE TABLE IF NOT EXISTS account (tenant_id text, id text, PRIMARY KEY (tenant_id, id))',
  `CREATE TABLE IF NOT EXISTS entry (tenant_id text, account text, id text, PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, account) REFERENCES account (tenant_id, id))`,
  // Run as their owners, as a product may need it: one is bound by row-level security, the other one asks for the scope.
  `CREATE OR REPLACE FUNCTION all_seen() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER
    SET search_path = public, pg_temp AS 'SELECT what FROM seen'`,
  `CREATE OR REPLACE FUNCTION seen_of(tenant text) RETURNS SETOF text LANGUAGE sql SECURITY DEFINER
    SET search_path = public, pg_temp AS
    'SELECT what FROM seen WHERE tenant_id = tenant AND keelson.scope() IN (''*'', tenant)'`,
]

let postgres: TemporaryPostgres
let store: PostgresStore
let reporter: TestRole
beforeAll(async () => {
  postgres = await temporaryPostgres()
  // One connection, so that each statement finds what the one before has left.
  store = await postgres.open({}, { max: 1 })
  await store.define(tables)
  reporter = await testRole(postgres)
  await postgres.sql(
    `GRANT SELECT ON seen TO ${reporter.name}; ALTER FUNCTION all_seen OWNER TO ${reporter.name}`,
  )
  for (const [tenantId, what] of [
    ['acme', 'own'],
    ['globex', secret],
  ] as const) {
    const event = sampleEvent(tenantId, { metadata: { tags: [what] } })
    await store.append(tenantId, [{ stream: what, expected: 'any', events: [event] }])
    await store.commit({
      scope: { tenantId },
      documents: [{ tenantId, collection: 'c', id: 'd', value: what }],
      statements: [
        { sql: 'INSERT INTO seen VALUES (?, ?)', params: [tenantId, what] },
        { sql: 'INSERT INTO account VALUES (?, ?)', params: [tenantId, what] },
      ],
    })
  }
})
afterAll(async () => {
  await reporter[Symbol.asyncDispose]()
  await postgres[Symbol.asyncDispose]()
})

/** What a query gives, or says when it is refused. */
const ask = (sql: string, params: readonly SqlValue[] = []): Promise<string> =>
  store.query(scope, sql, params).then(
    rows => JSON.stringify(rows),
    error => `${error.code}: ${error.message}`,
  )

/** What a unit of one statement says when it is refused. */
const run = (...texts: string[]): Promise<string> =>
  store.commit({ scope, statements: texts.map(sql => ({ sql, params: [] })) }).then(
    () => 'done',
    error => `${error.code}: ${error.message}`,
  )

const set = (name: string, value: string, isLocal = true) => `set_config('${name}', '${value}', ${isLocal})`

/** Each tries to read the row of another tenant. */
const reads = {
  'the tenant set before the rows are read': `WITH s AS MATERIALIZED (SELECT ${set('keelson.tenant', 'globex')} AS v)
    SELECT v, what FROM s, LATERAL (SELECT * FROM seen OFFSET 0) t`,
  'every tenant set before': `WITH s AS MATERIALIZED (SELECT ${set('keelson.tenant', '*')} AS v)
    SELECT v, what FROM s LEFT JOIN seen ON v IS NOT NULL`,
  'the tenant set between the rows': `SELECT a.what, b.what FROM seen a,
    LATERAL (SELECT ${set('keelson.tenant', '*')} || a.what AS v OFFSET 0) s,
    LATERAL (SELECT * FROM seen WHERE s.v <> '' OFFSET 0) b`,
  'the seal emptied': `SELECT ${set('keelson.tenant', '*')}, ${set('keelson.seal', '')},
    query_to_xml('SELECT * FROM seen', true, true, '')::text`,
  'SQL that a function runs': `SELECT ${set('keelson.tenant', '*')},
    query_to_xml('SELECT * FROM seen', true, true, '')::text`,
  "a table's content as XML": `SELECT ${set('keelson.tenant', '*')}, table_to_xml('seen', true, true, '')::text`,
  'SQL in a text search': `SELECT ${set('keelson.tenant', '*')},
    (SELECT string_agg(word, ' ') FROM ts_stat('SELECT to_tsvector(''simple'', what) FROM seen'))`,
  'row-level security off': `SELECT ${set('row_security', 'off')},
    query_to_xml('SELECT * FROM seen', true, true, '')::text`,
  "a function of somebody's who reads the table": `SELECT ${set('keelson.tenant', '*')}, all_seen()`,
  'a function past row-level security': `SELECT ${set('keelson.tenant', 'globex')}, seen_of('globex')`,
  'a role of more rights': `SELECT ${set('role', 'none')}, query_to_xml('SELECT * FROM seen', true, true, '')::text`,
  'another session': `SELECT ${set('session_authorization', 'default')},
    query_to_xml('SELECT * FROM seen', true, true, '')::text`,
  "the store's own tables": `SELECT ${set('keelson.tenant', '*')}, e.body FROM keelson.event e`,
  "the store's own tables, by a function":
    "SELECT query_to_xml('TABLE keelson.document', true, true, '')::text",
  'the secret of the seal': 'SELECT value::text FROM keelson.secret',
  'statistics of columns': "SELECT most_common_vals::text FROM pg_stats WHERE tablename = 'seen'",
  'an operator that tells what it sees': `SELECT what FROM seen WHERE what::xml IS NULL OR 1 / (length(what) - 20) > 0`,
}

describe("a product's SQL", () => {
  it.each(Object.entries(reads))('sees no more than its tenant: %s', async (_, sql) => {
    for (let time = 1; time <= 2; time += 1) {
      expect(await ask(sql)).not.toContain(secret)
      expect(await run(`INSERT INTO seen SELECT 'acme', to_json(q)::text FROM (${sql}) q`)).not.toContain(
        secret,
      )
    }
    expect(await ask("SELECT count(*) FROM seen WHERE what LIKE '%globex%'")).toBe('[[0]]')
    expect(await ask('SELECT current_user, keelson_is FROM (SELECT 1 AS keelson_is) x')).toContain('guest')
    await run("DELETE FROM seen WHERE what <> 'own'")
    expect(await ask('SELECT what FROM seen')).toBe('[["own"]]')
  })

  it("writes no other tenant's rows, whatever it sets", async () => {
    const sets = `WITH s AS MATERIALIZED (SELECT ${set('keelson.tenant', 'globex')} AS v)`
    expect(await run(`${sets} INSERT INTO seen SELECT v, 'planted' FROM s`)).toContain('row-level security')
    await run(`${sets} UPDATE seen SET what = 'changed' FROM s WHERE v IS NOT NULL`)
    await run(`SELECT ${set('keelson.tenant', '*')}`, "UPDATE seen SET what = 'changed'", 'DELETE FROM seen')
    const rows = await store.query({ tenantId: 'globex' }, 'SELECT what FROM seen', [])
    expect(rows).toEqual([[secret]])
  })

  it('is a SELECT, INSERT, UPDATE, DELETE or MERGE, and nothing else in any disguise', async () => {
    const others = [
      'SET LOCAL keelson.tenant = globex',
      'SET ROLE NONE',
      'RESET ROLE',
      'RESET ALL',
      'SHOW keelson.tenant',
      'DISCARD ALL',
      'DO $$ BEGIN PERFORM 1; END $$',
      'CALL keelson.nothing()',
      "COPY seen TO PROGRAM 'cat'",
      'COPY (SELECT 1) TO STDOUT',
      'CREATE TEMP TABLE seen (what text)',
      'CREATE TEMP TABLE t AS SELECT 1',
      "CREATE FUNCTION pg_temp.f() RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
      'EXPLAIN ANALYZE CREATE TEMP TABLE t AS SELECT 1',
      'DECLARE c CURSOR WITH HOLD FOR SELECT 1',
      'PREPARE keelson_append AS SELECT 1',
      'EXECUTE keelson_append',
      'DEALLOCATE ALL',
      'LISTEN a',
      'LOCK TABLE seen',
      'SAVEPOINT a',
      'ALTER TABLE seen DISABLE ROW LEVEL SECURITY',
      'ALTER FUNCTION keelson.run SECURITY INVOKER',
      'GRANT SELECT ON seen TO PUBLIC',
      'SELECT 1; SET ROLE NONE',
      'SELECT 1) SELECT 1; SET ROLE NONE; --',
      'SELECT 1 \\; SET ROLE NONE',
    ]
    for (const sql of others)
      for (const text of [sql, `/* a */ ${sql}`, `--\n${sql};`, `/* a /* b */ c */ ${sql}`]) {
        expect(await ask(text), text).toMatch(/^[a-z]+_[a-z_]+: /)
        expect(await run(text), text).toMatch(/^[a-z]+_[a-z_]+: /)
      }
    expect(await ask('SELECT count(*) FROM pg_class WHERE relpersistence = ?', ['t'])).toBe('[[0]]')
    expect(
      await ask("SELECT name FROM pg_prepared_statements WHERE statement LIKE 'PREPARE%'"),
    ).not.toContain('keelson_append')
  })

  it('makes rows, and nothing that all tenants would share', async () => {
    for (const sql of [
      'SELECT 1 AS a INTO TEMP seen_too',
      'SELECT 1 AS a INTO TEMP seen',
      "SELECT lo_from_bytea(0, 'left behind')",
    ]) {
      expect(await run(sql), sql).toContain('makes rows, and nothing else')
      await ask(sql)
    }
    expect(await ask('SELECT count(*) FROM pg_largeobject_metadata')).toBe('[[0]]')
    expect(await ask('SELECT pg_my_temp_schema()::int, what FROM seen')).toBe('[[0,"own"]]')
  })

  it('calls none of the functions of the store, by any name', async () => {
    const functions = await postgres.sql(
      `SELECT proname, pronargs::int FROM pg_proc WHERE pronamespace = 'keelson'::regnamespace`,
    )
    expect(functions.length).toBeGreaterThan(15)
    for (const [name, count] of functions as [string, number][]) {
      const sql = `keelson.${name}(${new Array(count).fill('NULL').join(', ')})`
      const from = name === 'ask' ? `${sql} AS q (a int)` : `${sql} AS q`
      expect(await ask(`SELECT * FROM ${from}`), name).toContain('permission denied for schema keelson')
      expect(await run(`SELECT ${sql}`), name).toContain('permission denied for schema keelson')
    }
  })

  it('takes no role, no session, and ends nobody', async () => {
    for (const name of ['role', 'session_authorization'])
      for (const value of ['none', 'postgres', 'keelson_app', 'default'])
        for (const isLocal of [true, false]) {
          const sql = `SELECT ${set(name, value, isLocal)}`
          expect(await ask(sql), sql).toMatch(/^store_/)
          expect(await run(sql), sql).toMatch(/^store_/)
        }
    expect(await ask('SELECT pg_terminate_backend(pg_backend_pid())')).toMatch(/^store_/)
  })

  it('cannot use a seal of another transaction', async () => {
    const every = { tenantId: 'every tenant' } as const
    const settings = "SELECT current_setting('keelson.tenant'), current_setting('keelson.seal')"
    const [sealed = []] = await store.query(every, `${settings}, count(*) FROM seen GROUP BY 1, 2`, [])
    expect(sealed[2]).toBe(2)
    const replay = `SELECT set_config('keelson.tenant', ?, true), set_config('keelson.seal', ?, true),
      query_to_xml('SELECT * FROM seen', true, true, '')::text`
    expect(await ask(replay, sealed.slice(0, 2))).not.toContain(secret)
    expect(await ask(settings)).toContain('acme')
  })

  it('leaves nothing in the session', async () => {
    const settings = (): Promise<unknown> =>
      store.query(
        { tenantId: 'globex' },
        `SELECT current_setting('search_path'), current_setting('statement_timeout'),
        current_setting('synchronous_commit'), current_setting('default_transaction_read_only'),
        current_setting('standard_conforming_strings'), current_setting('a.b', true)`,
        [],
      )
    const before = await settings()
    const others = [
      ['search_path', 'pg_catalog'],
      ['statement_timeout', '1'],
      ['synchronous_commit', 'off'],
      ['default_transaction_read_only', 'on'],
      ['standard_conforming_strings', 'off'],
      ['a.b', 'left'],
    ] as const
    const change = `SELECT ${others.map(([name, value]) => set(name, value, false)).join(', ')}`
    const lock = 'SELECT pg_advisory_lock(1262830924, 1398030674)'
    for (const text of [change, lock]) {
      expect(await ask(text)).toMatch(/^\[/)
      expect(await run(text)).toBe('done')
    }
    expect(await ask(`${lock}, 1 / 0`)).toContain('division by zero')
    expect(await run(`${lock}, 1 / 0`)).toContain('division by zero')
    const left = await settings()
    // What was set once is known as empty from then on.
    expect(JSON.stringify(left).replace('""]]', 'null]]')).toEqual(JSON.stringify(before))
    expect(
      await postgres.sql(`SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND database =
      (SELECT oid FROM pg_database WHERE datname = current_database())`),
    ).toEqual([[0]])
    const events = [sampleEvent('acme')]
    await expect(store.append('acme', [{ stream: 'after', expected: 'any', events }])).resolves.toHaveLength(
      1,
    )
  })

  it('does not see what others ask', async () => {
    const other = postgres.pool()
    await other.query(`SELECT '${secret}'`)
    expect(await ask('SELECT query FROM pg_stat_activity WHERE datname = current_database()')).not.toContain(
      secret,
    )
  })

  it('is told nothing by keys that begin with the tenant', async () => {
    const entry = (account: string) => `INSERT INTO entry VALUES ('acme', '${account}', '1')`
    const [theirs, nobodys] = [await run(entry(secret)), await run(entry('of nobody'))]
    expect(theirs.replace(secret, '')).toEqual(nobodys.replace('of nobody', ''))
    expect(theirs).toContain('foreign key')
    expect(await run(`INSERT INTO account VALUES ('acme', '${secret}')`)).toBe('done')
  })

  it('gives values of every type, also where columns have one name, and when a table was changed', async () => {
    const sql = `SELECT 1 AS a, 'x' AS a, NULL AS b, 1.5::numeric, true, '\\x00ff'::bytea, '{1,2}'::int[],
      now()::date - now()::date AS days, ?::text, ?::bigint + 1`
    const [row] = await store.query(scope, sql, ["it's \\ $1 ?", 2n ** 60n])
    expect(row).toEqual([
      1,
      'x',
      null,
      1.5,
      1,
      Buffer.from([0, 255]),
      '{1,2}',
      0,
      "it's \\ $1 ?",
      2n ** 60n + 1n,
    ])
    const all = 'SELECT * FROM seen -- all of them;'
    expect(await ask(all)).toBe('[["acme","own"]]')
    await store.define(['ALTER TABLE seen ADD COLUMN times int NOT NULL DEFAULT 7'])
    expect(await ask(all)).toBe('[["acme","own",7]]')
    await store.define(['ALTER TABLE seen DROP COLUMN times'])
    expect(await ask(all)).toBe('[["acme","own"]]')
  })
})

it('refuses SQL of products where a restore gave the functions to somebody else, until the owner starts', async () => {
  const other = await postgres.open()
  const [owner] = await postgres.sql('SELECT quote_ident(current_user)')
  for (const name of ['ask(text, text[])', 'run(text[], integer[], text[])', 'columns(text, integer)'])
    await postgres.sql(`ALTER FUNCTION keelson.${name} OWNER TO ${owner?.[0]}`)
  const query = 'SELECT count(*) FROM seen'
  await expect(other.query(scope, query, [])).rejects.toMatchObject({ code: 'store_not_permitted' })
  await expect(other.commit({ scope, statements: [{ sql: query, params: [] }] })).rejects.toMatchObject({
    code: 'store_not_permitted',
  })
  await postgres.open()
  expect(await other.query(scope, query, [])).toEqual([[1]])
})
