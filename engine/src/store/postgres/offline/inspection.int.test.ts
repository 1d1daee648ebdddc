import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DoctorReport } from '../../check/doctor.ts'
import { examineStore } from '../../check/doctor.ts'
import type { Damage } from '../../check/fixtures/damage.ts'
import { damages, seedStore } from '../../check/fixtures/damage.ts'
import type { PostgresClient, PostgresPool } from '../connection/pool.ts'
import type { TemporaryDatabase } from '../fixtures/server.ts'
import { temporaryDatabase } from '../fixtures/server.ts'
import { openPostgresStore } from '../open-postgres-store.ts'
import { inspectPostgresStore } from './inspection.ts'

let database: TemporaryDatabase
let pool: pg.Pool
beforeAll(async () => {
  database = await temporaryDatabase()
  const ofStore = new pg.Pool({ ...database.connection, max: 4 })
  const store = await openPostgresStore({ pool: ofStore })
  await seedStore(store)
  await store.close()
  await ofStore.end()
  pool = new pg.Pool({ ...database.connection, max: 4 })
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

/** Connections of which each transaction begins with the damage, and is never committed. */
function damagedBy(sql: readonly string[]): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect()
      const damaged: PostgresClient = {
        release: error => client.release(error),
        async query(query: pg.QueryConfig) {
          const result = await client.query(query)
          if (!query.text.startsWith('BEGIN')) return result
          await client.query("SET LOCAL search_path = keelson; SET LOCAL keelson.tenant = '*'")
          for (const statement of sql) await client.query(statement)
          return result
        },
      }
      return damaged
    },
  }
}

async function examine(from: PostgresPool): Promise<DoctorReport> {
  const inspection = await inspectPostgresStore({ pool: from, location: 'here' })
  try {
    return await examineStore(inspection, { tenants: [] })
  } finally {
    await inspection.close()
  }
}

const namesOf = ({ faults }: DoctorReport): string[] => faults.map(({ name }) => name).sort()

const onlyHere: readonly Damage[] = [
  { what: 'the head was moved', sql: ['UPDATE log_head SET position = 20'], finds: ['log-head'] },
  {
    what: 'row-level security is off',
    sql: [
      'ALTER TABLE document NO FORCE ROW LEVEL SECURITY',
      'ALTER TABLE event_s0_p1 DISABLE ROW LEVEL SECURITY',
    ],
    finds: ['database-damaged'],
  },
  { what: 'a policy is gone', sql: ['DROP POLICY by_tenant ON event_link'], finds: ['database-damaged'] },
  {
    what: 'an index is not valid',
    sql: ["UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'stream_by_name'::regclass"],
    finds: ['database-damaged'],
  },
  { what: 'a table is unlogged', sql: ['ALTER TABLE checkpoint SET UNLOGGED'], finds: ['database-damaged'] },
]

describe('the doctor on PostgreSQL', () => {
  it('finds a sound store sound, and counts what is there', async () => {
    expect(await examine(pool)).toEqual({
      store: 'here',
      schema: 3,
      shards: 1,
      events: 14,
      tenants: 2,
      streams: 6,
      documents: 4,
      faults: [],
      isSound: true,
    })
  })

  it.each([...damages, ...onlyHere])('finds that $what', async ({ sql, finds, findsAlso = [] }) => {
    expect(namesOf(await examine(damagedBy(sql)))).toEqual([...finds, ...findsAlso].sort())
  })

  it('finds that a partition is gone, with all that was in it', async () => {
    const sql = ['ALTER TABLE event_s0 DETACH PARTITION event_s0_p1']
    const report = await examine(damagedBy(sql))
    expect(report.events).toBe(0)
    expect(namesOf(report)).toEqual(
      expect.arrayContaining([
        'checkpoint-ahead',
        'database-damaged',
        'event-id-stray',
        'log-head',
        'tenant-head',
      ]),
    )
  })

  it('looks with amcheck where it is there', async () => {
    const { rows } = await pool.query("SELECT FROM pg_available_extensions WHERE name = 'amcheck'")
    if (rows.length === 0) return
    expect((await examine(damagedBy(['CREATE EXTENSION amcheck WITH SCHEMA public']))).isSound).toBe(true)
  })

  it('says that a schema is old, and refuses a newer one, a foreign one and none at all', async () => {
    expect(namesOf(await examine(damagedBy(['DELETE FROM schema_version WHERE version = 3'])))).toEqual([
      'schema-old',
    ])
    const code = (sql: string) => examine(damagedBy([sql])).catch((error: { code?: string }) => error.code)
    expect(await code('UPDATE schema_version SET version = 99 WHERE version = 3')).toBe('store_too_new')
    expect(await code('DROP TABLE schema_version')).toBe('store_foreign')
    expect(await code('DROP SCHEMA keelson CASCADE')).toBe('store_not_found')
  })

  it('looks as a user who does not own the store, too', async () => {
    const user = `looker_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
    await pool.query(`CREATE ROLE ${user} LOGIN PASSWORD 'look'; GRANT keelson_app TO ${user}`)
    const looking = new pg.Pool({ ...database.connection, user, password: 'look', max: 2 })
    try {
      expect(await examine(looking)).toMatchObject({ isSound: true, events: 14 })
    } finally {
      await looking.end()
      await pool.query(`DROP ROLE ${user}`)
    }
  })
})
