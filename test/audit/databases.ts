import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { audit } from '@keelson/contexts/audit'
import type { EventStore, JsonObject, Platform } from 'keelson'
import { createPlatform } from 'keelson'
import { openPostgresStore } from 'keelson/postgres'
import { openSqliteStore } from 'keelson/sqlite'
import pg from 'pg'
import { temporaryDatabase } from '../../engine/src/store/postgres/fixtures/server.ts'

/** The audit trail on a database of its own, gone at the end of its `await using`. */
export interface Trail {
  readonly platform: Platform
  readonly store: EventStore
  /** Stores the tenant's events, and waits until they can be found. */
  publish(tenantId: string, events: readonly JsonObject[]): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function sqliteTrail(): Promise<Trail> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-trail-'))
  const store = await openSqliteStore({ path: join(folder, 'store.db'), durability: 'relaxed' })
  return openTrail(store, async () => rmSync(folder, { recursive: true, force: true }))
}

export async function postgresTrail(shards = 1): Promise<Trail> {
  const database = await temporaryDatabase()
  const pool = new pg.Pool({ ...database.connection, max: 8 })
  const store = await openPostgresStore({ pool, shards, durability: 'relaxed' })
  return openTrail(store, async () => {
    await pool.end()
    await database[Symbol.asyncDispose]()
  })
}

async function openTrail(store: EventStore, dispose: () => Promise<void>): Promise<Trail> {
  const clock = { now: () => Date.parse('2026-06-12T00:00:00Z') }
  const platform = await createPlatform({ store, contexts: [audit], clock, keepsUnknownTypes: () => true })
  return {
    platform,
    store,
    async publish(tenantId, events) {
      for (const result of await platform.publishEach(tenantId, events)) if (!result.ok) throw result.error
      const head = await store.head({ tenantId })
      if (!(await platform.projection('AuditEventProjection').waitFor(head, 30_000, tenantId)))
        throw new Error('the audit trail does not catch up')
    },
    async [Symbol.asyncDispose]() {
      await platform.close()
      await dispose()
    },
  }
}
