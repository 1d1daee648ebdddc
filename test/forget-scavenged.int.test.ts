import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { audit, countFacets, searchEvents } from '@keelson/contexts/audit'
import type { EventStore, JsonObject } from 'keelson'
import { archiveStream, createPlatform, sealStream, setStreamMetadata, tombstoneStream } from 'keelson'
import { createFileBlobStore } from 'keelson/blob/filesystem'
import { openPostgresStore } from 'keelson/postgres'
import { openSqliteStore } from 'keelson/sqlite'
import { sampleEvent } from 'keelson/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import { runKeelson } from '../server/src/cli/fixtures/keelson-process.ts'
import type { Trail } from './audit/databases.ts'
import { postgresTrail, sqliteTrail } from './audit/databases.ts'

const happened = (resource: string, index: number): JsonObject => ({
  eventType: 'AuditEventReceived',
  occurredAt: '2026-06-11T09:00:01Z',
  payload: {
    actor: { type: 'user', id: `${resource}-${index}` },
    action: 'changed',
    resource: { type: 'file', id: resource },
    outcome: 'success',
    summary: `word${resource}${index} everywhere`,
  },
})

const streamOf = (resource: string) => `AuditEvent-file:${resource}`
const tenants = ['acme', 'globex'] as const

describe.each([
  ['SQLite', sqliteTrail],
  ['PostgreSQL', () => postgresTrail(2)],
] as const)('what scavenging removes on %s', (_, open) => {
  let trail: Trail
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-scavenged-'))
    trail = await open()
    for (const tenant of tenants)
      for (const resource of ['cut', 'old', 'gone'])
        await trail.publish(
          tenant,
          [1, 2, 3, 4].map(index => happened(resource, index)),
        )
  })
  afterAll(async () => {
    await trail[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Actors that the facets count, and those whose events are found by a word of their own. */
  async function found(tenant: string): Promise<{ counted: string[]; byWord: string[] }> {
    const filter = { resource: ['cut', 'old', 'gone'] }
    const { facets } = await countFacets(trail.store, tenant, filter)
    const byWord: string[] = []
    for (const resource of filter.resource)
      for (const index of [1, 2, 3, 4]) {
        const text = `word${resource}${index}`
        const some = await searchEvents(trail.store, tenant, { text }, { order: 'asc', limit: 10 })
        if (some.length > 0) byWord.push(`${resource}-${index}`)
      }
    return { counted: facets.actor.map(({ value }) => value).sort(), byWord: byWord.sort() }
  }

  /** Rows of the tenant in each table, matched or not. */
  const rows = async (tenant: string) => {
    const count = async (table: string) =>
      Number((await trail.store.query({ tenantId: tenant }, `SELECT count(*) FROM ${table}`, []))[0]?.[0])
    return [await count('audit_event'), await count('audit_text')]
  }

  it('is found no more, by word or facet, and other events are', async () => {
    const { platform, store } = trail
    const blobs = createFileBlobStore(folder)
    const before = await found('acme')
    expect(before.counted).toHaveLength(12)
    expect(before.byWord).toEqual(before.counted)
    await setStreamMetadata(store, 'acme', streamOf('cut'), { truncateBefore: 3 })
    await sealStream(store, 'acme', streamOf('old'))
    await archiveStream(store, blobs, 'acme', streamOf('old'))
    await setStreamMetadata(store, 'acme', streamOf('old'), { maxCount: 1 })
    const planned = await platform.scavenge('acme', { blobs, dryRun: true })
    expect(planned.hidden.count).toBe(5)
    expect(await found('acme')).toEqual(before)
    expect(await platform.scavenge('acme', { blobs })).toEqual({ ...planned, dryRun: false })
    const kept = ['cut-3', 'cut-4', 'gone-1', 'gone-2', 'gone-3', 'gone-4', 'old-4']
    expect(await found('acme')).toEqual({ counted: kept, byWord: kept })
    await tombstoneStream(store, 'acme', streamOf('gone'), { reason: 'wrong' })
    expect((await platform.scavenge('acme', { blobs })).tombstoned.count).toBe(4)
    const left = ['cut-3', 'cut-4', 'old-4']
    expect(await found('acme')).toEqual({ counted: left, byWord: left })
    expect(await found('globex')).toEqual(before)
  })

  it('leaves no row behind, and is not looked for twice', async () => {
    const { platform, store } = trail
    const head = await store.head({ tenantId: 'acme' })
    expect(await platform.projection('AuditEventProjection').waitFor(head, 20_000, 'acme')).toBe(true)
    // Three events that were kept, and those about the streams.
    const events = await Array.fromAsync(store.readAll({ tenantId: 'acme' }))
    const before = await rows('acme')
    if (store.capabilities.sql === 'postgres') expect(before).toEqual([events.length, events.length])
    const again = await platform.scavenge('acme', { blobs: createFileBlobStore(folder) })
    expect([again.hidden.count, again.tombstoned.count]).toEqual([0, 0])
    expect(await rows('acme')).toEqual(before)
  })
})

/** Where a store is, how to open it, and how a command is told of it. */
interface Place {
  readonly environment: Readonly<Record<string, string>>
  readonly args: readonly string[]
  open(): Promise<EventStore>
  [Symbol.asyncDispose](): Promise<void>
}

async function sqlitePlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-scavenged-'))
  return {
    environment: {},
    args: ['--data-dir', folder],
    open: () => openSqliteStore({ path: join(folder, 'keelson.db') }),
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function postgresPlace(): Promise<Place> {
  const database = await temporaryDatabase()
  const { host, port, user, database: name, password = '' } = database.connection
  const pools: pg.Pool[] = []
  return {
    environment: {
      KEELSON_DATABASE_URL: `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${name}`,
    },
    args: [],
    open() {
      const pool = new pg.Pool({ ...database.connection, max: 4 })
      pools.push(pool)
      return openPostgresStore({ pool })
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(pools.map(pool => pool.end()))
      await database[Symbol.asyncDispose]()
    },
  }
}

describe.each([
  ['SQLite', sqlitePlace],
  ['PostgreSQL', postgresPlace],
] as const)('keelson streams scavenge on %s', (_, make) => {
  it('takes rows out of the audit trail too, and none in a dry run', async () => {
    await using place = await make()
    /** Versions of the stream that the trail finds, once it has the whole log. */
    const found = async (work: (store: EventStore) => Promise<unknown> = async () => undefined) => {
      const store = await place.open()
      const platform = await createPlatform({ store, contexts: [audit] })
      try {
        await work(store)
        const head = await store.head({ tenantId: 'acme' })
        await platform.projection('AuditEventProjection').waitFor(head, 20_000, 'acme')
        return await searchEvents(store, 'acme', { stream: ['orders'] }, { order: 'asc', limit: 10 })
      } finally {
        await platform.close()
      }
    }
    const before = await found(async store => {
      const events = Array.from({ length: 4 }, () => sampleEvent('acme'))
      await store.append('acme', [{ stream: 'orders', expected: 'none', events }])
      await setStreamMetadata(store, 'acme', 'orders', { truncateBefore: 4 })
    })
    expect(before).toHaveLength(4)
    const scavenge = async (...flags: string[]) => {
      const { environment, args } = place
      const command = ['streams', 'scavenge', '--tenant', 'acme', '--json', ...args, ...flags]
      const { code, out, err } = await runKeelson(command, { environment })
      expect([code, err]).toEqual([0, ''])
      return JSON.parse(out)
    }
    const planned = await scavenge('--dry-run')
    expect(planned.hidden.count).toBe(3)
    expect(await found()).toEqual(before)
    expect(await scavenge()).toEqual({ ...planned, dryRun: false })
    expect(await found()).toEqual(before.slice(3))
  })
})
