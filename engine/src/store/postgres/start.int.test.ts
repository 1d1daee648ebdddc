import pg from 'pg'
import { expect, test } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import type { TemporaryPostgres } from './fixtures/temporary-store.ts'
import { temporaryPostgres } from './fixtures/temporary-store.ts'
import { testRole } from './fixtures/test-role.ts'
import type { PostgresStoreOptions } from './index.ts'
import { openPostgresStore } from './index.ts'
import { loadMigrations } from './start/migrations.ts'

const write = () => [{ stream: 's', expected: 'any', events: [sampleEvent('acme')] }] as const

/** What is there of a schema, to see that nothing was made. */
const relations = (postgres: TemporaryPostgres) =>
  postgres.sql(
    "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = 'keelson' ORDER BY 1",
  )

test('of several starters at once one makes the schema, and all have it', async () => {
  await using postgres = await temporaryPostgres()
  const stores = await Promise.all([1, 2, 3, 4].map(() => postgres.open({ shards: 2 })))
  for (const store of stores) await store.append('acme', write())
  expect(await postgres.sql('SELECT version FROM keelson.schema_version')).toEqual([[1], [2], [3]])
  expect(await postgres.sql('SELECT shard::int FROM keelson.log_head ORDER BY 1')).toEqual([[0], [1]])
})

test('a store of a newer schema is refused, and not touched', async () => {
  await using postgres = await temporaryPostgres()
  await (await postgres.open()).close()
  await postgres.sql('INSERT INTO keelson.schema_version (version) VALUES (99)')
  const before = await relations(postgres)
  await expect(postgres.open()).rejects.toMatchObject({ code: 'store_too_new' })
  expect(await relations(postgres)).toEqual(before)
})

test("somebody else's schema of the name is refused, and not touched; an empty one is taken", async () => {
  await using postgres = await temporaryPostgres()
  await postgres.sql('CREATE SCHEMA keelson')
  await postgres.sql('CREATE TABLE keelson.ship (keel text)')
  await expect(postgres.open()).rejects.toMatchObject({ code: 'store_foreign' })
  expect(await relations(postgres)).toEqual([['ship']])
  await postgres.sql('DROP TABLE keelson.ship')
  await expect((await postgres.open()).append('acme', write())).resolves.toHaveLength(1)
})

test('the number of shards is fixed at the first start', async () => {
  await using postgres = await temporaryPostgres()
  await (await postgres.open({ shards: 3 })).close()
  const refusal = expect(postgres.open({ shards: 2 })).rejects
  await refusal.toMatchObject({ code: 'store_shards_differ', details: { shards: 3, wanted: 2 } })
  expect((await postgres.open()).capabilities.shards).toBe(3)
})

test('options that are out of bounds are refused before anything is asked of the pool', async () => {
  const pool = { connect: () => expect.fail('it was asked for a connection') }
  for (const options of [{ shards: 0 }, { shards: 1.5 }, { partitionSize: 1 }, { applicationRole: 'a"b' }])
    await expect(openPostgresStore({ pool, ...options })).rejects.toThrow(Object.keys(options)[0])
})

test('a database that is not there is one that cannot be reached', async () => {
  await using postgres = await temporaryPostgres()
  await expect(postgres.open({}, { database: 'not_there' })).rejects.toMatchObject({
    code: 'store_unreachable',
    message: expect.stringMatching(/cannot be reached: the database does not exist$/),
    details: { sqlState: '3D000' },
  })
})

test('what is no pool is refused, and it is said what one is', async () => {
  const options = {
    connectionString: 'postgres://u:very-secret@127.0.0.1/d',
  } as Partial<PostgresStoreOptions>
  const error = await openPostgresStore(options as PostgresStoreOptions).catch(reason => reason)
  expect(error).toMatchObject({ code: 'store_failed', message: expect.stringContaining('new pg.Pool') })
  expect(String(error)).not.toContain('very-secret')
})

test('a database that is read-only is refused where there is something to make, else it is read', async () => {
  await using postgres = await temporaryPostgres()
  const options = '-c default_transaction_read_only=on'
  await expect(postgres.open({}, { options })).rejects.toMatchObject({ code: 'store_unwritable' })
  expect(await relations(postgres)).toEqual([])
  const writable = await postgres.open()
  await writable.append('acme', write())
  const store = await postgres.open({}, { options })
  expect(await Array.fromAsync(store.readAll({ tenantId: 'acme' }))).toHaveLength(1)
  await expect(store.append('acme', write())).rejects.toMatchObject({ code: 'store_unwritable' })
  await expect(
    store.commit({ scope: { tenantId: 'acme' }, statements: [{ sql: 'SELECT 1', params: [] }] }),
  ).resolves.toEqual([])
  expect(await writable.head({ tenantId: 'acme' })).toBe(1)
})

test('a server that is not there is told, without the password', async () => {
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1, user: 'u', password: 'very-secret', database: 'd' })
  const error = await openPostgresStore({ pool }).catch(reason => reason)
  expect(error).toMatchObject({ code: 'store_unreachable', retryable: true })
  expect(JSON.stringify([error, String(error), String(error.cause)])).not.toContain('very-secret')
  await pool.end()
})

test('a plain user who owns the database can start, and is told what to run where the role cannot be made', async () => {
  await using postgres = await temporaryPostgres()
  await using owner = await testRole(postgres)
  const role = `${owner.name}_app`
  await postgres.sql(`ALTER DATABASE ${postgres.database.connection.database} OWNER TO ${owner.name}`)
  const open = () => postgres.open({ applicationRole: role }, owner.login)
  const commands = [
    `CREATE ROLE "${role}" NOLOGIN`,
    `GRANT "${role}" TO ${owner.name}`,
    `CREATE ROLE "${role}_guest" NOLOGIN`,
    `GRANT "${role}_guest" TO "${role}"`,
  ]
  try {
    for (const command of commands) {
      const refusal = await open().catch(error => error)
      expect(refusal).toMatchObject({ code: 'store_not_permitted', details: { command } })
      await postgres.sql(command)
    }
    const store = await open()
    await store.append('acme', write())
    await store.define(['CREATE TABLE IF NOT EXISTS seen (tenant_id text NOT NULL)'])
    const statements = [{ sql: 'INSERT INTO seen VALUES (?)', params: ['acme'] }]
    await store.commit({ scope: { tenantId: 'acme' }, statements })
    expect(await store.query({ tenantId: 'acme' }, 'SELECT count(*) FROM seen', [])).toEqual([[1]])
    // As a dump by the owner does, who is bound by row-level security too: part by part.
    const dumping = postgres.pool({ ...owner.login, options: '-c keelson.tenant=*' })
    const { rows } = await dumping.query('SELECT count(*)::int AS events FROM keelson.event_s0_p1')
    expect(rows).toEqual([{ events: 1 }])
    await postgres.closeAll()
  } finally {
    for (const name of [role, `${role}_guest`])
      await postgres.sql(`DROP OWNED BY "${name}"; DROP ROLE "${name}"`)
  }
})

test('a user who owns nothing can work once all is made, and is told so before', async () => {
  await using postgres = await temporaryPostgres()
  await using guest = await testRole(postgres)
  await postgres.sql('CREATE ROLE keelson_app NOLOGIN').catch(() => undefined)
  await postgres.sql(`GRANT keelson_app TO ${guest.name}`)
  const open = () => postgres.open({}, guest.login)
  await expect(open()).rejects.toMatchObject({ code: 'store_not_permitted' })
  const table = ['CREATE TABLE IF NOT EXISTS seen (tenant_id text NOT NULL)']
  const owners = await postgres.open()
  await owners.define(table)
  const store = await open()
  await store.append('acme', write())
  expect(await Array.fromAsync(store.readAll({ tenantId: 'acme' }))).toHaveLength(1)
  await store.define(table)
  await expect(store.define(['CREATE TABLE other (tenant_id text)'])).rejects.toMatchObject({
    code: 'store_not_permitted',
  })
  await store.deleteTenant('acme')
  expect(await store.head({ tenantId: 'acme' })).toBe(0)
  // Who owns the tables vacuums them; for others the server passes over them.
  const vacuumed = async () =>
    (
      await postgres.sql(
        `SELECT relname FROM pg_stat_all_tables WHERE schemaname = 'keelson' AND last_vacuum IS NOT NULL
          AND relname IN ('event_s0_p1', 'event_link', 'document') ORDER BY relname`,
      )
    ).flat()
  await store.purge()
  expect(await vacuumed()).toEqual([])
  await owners.purge()
  expect(await vacuumed()).toEqual(['document', 'event_link', 'event_s0_p1'])
  await expect(Promise.all([store, owners].map(one => one.append('acme', write())))).resolves.toHaveLength(2)
})

test('after a purge nothing of what was deleted stands in statistics', async () => {
  await using postgres = await temporaryPostgres()
  const store = await postgres.open()
  await store.define(['CREATE TABLE IF NOT EXISTS "Seen by" (tenant_id text NOT NULL, who text NOT NULL)'])
  const scope = { tenantId: 'acme' }
  const note = (id: string) => ({ tenantId: 'acme', collection: 'note', id })
  const seen = 'INSERT INTO "Seen by" SELECT ?, ? FROM generate_series(1, 5)'
  const documents = ['1', '2'].map(id => ({ ...note(id), value: 'Ada Residuum' }))
  await store.commit({ scope, documents, statements: [{ sql: seen, params: ['acme', 'Ada Residuum'] }] })
  await postgres.sql('ANALYZE')
  const found = () =>
    postgres.sql(
      `SELECT tablename FROM pg_stats WHERE most_common_vals::text LIKE '%Residuum%' ORDER BY tablename`,
    )
  expect(await found()).toEqual([['Seen by'], ['document']])
  const gone = [{ sql: 'DELETE FROM "Seen by" WHERE who = ?', params: ['Ada Residuum'] }]
  await store.commit({ scope, documents: [note('1'), { ...note('2'), value: 'x' }], statements: gone })
  const kept = [{ sql: seen, params: ['acme', 'Ben'] }]
  await store.commit({ scope, statements: kept })
  await store.purge()
  expect(await found()).toEqual([])
})

test('what a dump without privileges leaves out is given again by the owner', async () => {
  await using postgres = await temporaryPostgres()
  await using guest = await testRole(postgres)
  const first = await postgres.open()
  await first.define(['CREATE TABLE IF NOT EXISTS seen (tenant_id text NOT NULL)'])
  await first.append('acme', write())
  await first.close()
  await postgres.sql(`GRANT keelson_app TO ${guest.name}`)
  await postgres.sql(
    `REVOKE ALL ON ALL TABLES IN SCHEMA keelson, public FROM keelson_app;
     REVOKE ALL ON ALL FUNCTIONS IN SCHEMA keelson FROM keelson_app; REVOKE ALL ON SCHEMA keelson FROM keelson_app`,
  )
  await expect(postgres.open({}, guest.login)).rejects.toMatchObject({
    code: 'store_not_permitted',
    details: { command: "SELECT keelson.grant_to('keelson_app')" },
  })
  const store = await postgres.open()
  await store.append('acme', write())
  expect(await store.query({ tenantId: 'acme' }, 'SELECT count(*) FROM seen', [])).toEqual([[0]])
  await expect((await postgres.open({}, guest.login)).append('acme', write())).resolves.toHaveLength(1)
})

test('a store of the schema before is brought to the newest one by its owner, and by nobody else', async () => {
  await using postgres = await temporaryPostgres()
  await using guest = await testRole(postgres)
  await postgres.sql('CREATE ROLE keelson_app NOLOGIN').catch(() => undefined)
  await postgres.sql(`GRANT keelson_app TO ${guest.name}`)
  // As the version before made it.
  const [first] = loadMigrations()
  await postgres.sql(`CREATE SCHEMA keelson; ${first}; INSERT INTO keelson.schema_version (version) VALUES (1);
    SELECT keelson.create_shards(2, 1000); SELECT keelson.grant_to('keelson_app');
    CREATE TABLE seen (tenant_id text NOT NULL); SELECT keelson.protect('seen', 'tenant_id');
    INSERT INTO keelson.read_model VALUES ('public.seen'); INSERT INTO seen VALUES ('acme'), ('globex')`)
  await expect(postgres.open({}, guest.login)).rejects.toMatchObject({ code: 'store_not_permitted' })
  const store = await postgres.open()
  await store.append('acme', write())
  expect(await store.query({ tenantId: 'acme' }, 'SELECT tenant_id FROM seen', [])).toEqual([['acme']])
  await expect((await postgres.open({}, guest.login)).append('acme', write())).resolves.toHaveLength(1)
})

test('a role that would bypass row-level security is refused', async () => {
  await using postgres = await temporaryPostgres()
  await using strong = await testRole(postgres, 'BYPASSRLS')
  const refusal = expect(postgres.open({ applicationRole: strong.name })).rejects
  await refusal.toMatchObject({ code: 'store_not_permitted' })
})

test('a relaxed unit of work waits for no disk, and any other does', async () => {
  await using postgres = await temporaryPostgres()
  const store = await postgres.open()
  await store.define(['CREATE TABLE IF NOT EXISTS told (durability text, sync text)'])
  const scope = { tenantId: 'acme' } as const
  for (const durability of ['relaxed', undefined] as const) {
    const sql = "INSERT INTO told SELECT ?, current_setting('synchronous_commit')"
    const statements = [{ sql, params: [durability ?? 'usual'] }]
    await store.commit({ scope, statements, ...(durability === undefined ? {} : { durability }) })
  }
  expect(await store.query(scope, 'SELECT durability, sync FROM told ORDER BY 1', [])).toEqual([
    ['relaxed', 'off'],
    ['usual', 'on'],
  ])
})
