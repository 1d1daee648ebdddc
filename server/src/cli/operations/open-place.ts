import { existsSync } from 'node:fs'
import type { EventStore, StoreInspection, StoreReader, StoreTarget } from 'keelson'
import { createIdSource, KeelsonError, refuseUnfinishedMove, systemClock } from 'keelson'
import type pg from 'pg'
import { Directory } from '../../directory/index.ts'
import { openStore as openServerStore } from '../../start/open-store.ts'
import type { Place } from './place.ts'
import { describePlace } from './place.ts'

/** What was opened, to be closed at the end of its `await using`. */
export interface Opened<T> {
  readonly it: T
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens the store itself; a server may run on it. */
export async function openStore(place: Place): Promise<Opened<EventStore>> {
  const store = await (place.kind === 'postgres' ? openDatabase(place.url) : openFile(place.path))
  try {
    await refuseUnfinishedMove(store.it)
    return store
  } catch (error) {
    await store[Symbol.asyncDispose]()
    throw error
  }
}

async function openFile(path: string): Promise<Opened<EventStore>> {
  if (!existsSync(path)) throw new KeelsonError('store_not_found', `There is no database at ${path}`)
  const { openSqliteStore } = await import('keelson/sqlite')
  return opened(await openSqliteStore({ path }))
}

async function openDatabase(database: string, shards?: number): Promise<Opened<EventStore>> {
  const options = { dataDir: '', durability: 'fsync', database, poolSize: 4 } as const
  const { store, close } = await openServerStore({ ...options, ...(shards === undefined ? {} : { shards }) })
  return { it: store, [Symbol.asyncDispose]: close }
}

/** Opens what the doctor looks at. */
export async function openInspection(place: Place): Promise<Opened<StoreInspection>> {
  if (place.kind === 'sqlite') {
    const { inspectSqliteStore } = await import('keelson/sqlite')
    return opened(inspectSqliteStore({ path: place.path }))
  }
  const { inspectPostgresStore } = await import('keelson/postgres')
  return withPool(place, pool => inspectPostgresStore({ pool, location: describePlace(place) }))
}

/** Opens a store's rows; with `isExclusive` while nobody else uses it. */
export async function openReader(place: Place, isExclusive = false): Promise<Opened<StoreReader>> {
  if (place.kind === 'sqlite') {
    const { openSqliteReader } = await import('keelson/sqlite')
    return opened(openSqliteReader({ path: place.path, isExclusive }))
  }
  const { openPostgresReader } = await import('keelson/postgres')
  return withPool(place, pool => openPostgresReader({ pool, location: describePlace(place), isExclusive }))
}

/** Opens a store to be moved into, made where there is none. */
export async function openTarget(
  place: Place,
  shards: number,
  signal: AbortSignal,
): Promise<Opened<StoreTarget>> {
  if (place.kind === 'sqlite') {
    const { openSqliteTarget } = await import('keelson/sqlite')
    return opened(openSqliteTarget({ path: place.path }))
  }
  await (await openDatabase(place.url, shards))[Symbol.asyncDispose]()
  const { openPostgresTarget } = await import('keelson/postgres')
  return withPool(place, pool => openPostgresTarget({ pool, location: describePlace(place), signal }))
}

export function openDirectory(store: EventStore): Promise<Directory> {
  return Directory.open(store, systemClock, createIdSource(systemClock))
}

interface Closeable {
  close(): Promise<void>
}

function opened<T extends Closeable>(it: T): Opened<T> {
  return { it, [Symbol.asyncDispose]: () => it.close() }
}

async function withPool<T extends Closeable>(
  place: Extract<Place, { kind: 'postgres' }>,
  open: (pool: pg.Pool) => Promise<T>,
): Promise<Opened<T>> {
  const { default: driver } = await import('pg')
  const pool = new driver.Pool({ connectionString: place.url, max: 4, application_name: 'keelson operator' })
  // An idle connection that breaks is replaced; what runs on one hears of it itself.
  pool.on('error', () => undefined)
  try {
    const it = await open(pool)
    return {
      it,
      async [Symbol.asyncDispose]() {
        await it.close()
        await pool.end()
      },
    }
  } catch (error) {
    await pool.end()
    throw error
  }
}
