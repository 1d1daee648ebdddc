import { join } from 'node:path'
import type { BlobStore, EventStore } from 'keelson'
import { KeelsonError, openWithArchive } from 'keelson'
import { databaseAddress } from './database-address.ts'
import { openArchive } from './open-archive.ts'
import type { StoreOptions } from './options.ts'
import { startDefaults } from './options.ts'

/** A store with what it stands on. */
export interface OpenedStore {
  readonly store: EventStore
  /** Where archived content lies, where that is known. */
  readonly archive?: BlobStore
  /** Where the data is, for people: never with a password. */
  readonly location: string
  /** Closes the store and its connections. May be called twice. */
  close(): Promise<void>
}

/** Milliseconds that a new connection to PostgreSQL may take. */
const connectTimeout = 5_000

/** Opens the store that the options name, with its archive, making it at the first start. */
export async function openStore(options: StoreOptions): Promise<OpenedStore> {
  const { database, archive } = options
  const blobs = archive === undefined ? undefined : await openArchive(archive)
  const opened = database === undefined ? await openFile(options) : await openDatabase(options, database)
  return blobs ? { ...opened, store: openWithArchive(opened.store, blobs), archive: blobs } : opened
}

async function openFile({ dataDir, durability, maxBytes }: StoreOptions): Promise<OpenedStore> {
  const { openSqliteStore } = await import('keelson/sqlite')
  const path = join(dataDir, 'keelson.db')
  const store = await openSqliteStore({ path, durability, ...(maxBytes === undefined ? {} : { maxBytes }) })
  return { store, location: path, close: () => store.close() }
}

async function openDatabase(options: StoreOptions, url: string): Promise<OpenedStore> {
  const location = databaseAddress(url)
  // Loaded where they are needed only: a store in a file starts without them.
  const [{ default: pg }, { openPostgresStore }] = await Promise.all([
    import('pg'),
    import('keelson/postgres'),
  ])
  const pool = new pg.Pool({
    connectionString: url,
    max: options.poolSize ?? startDefaults.poolSize,
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
    application_name: 'keelson',
  })
  // A connection that breaks while nobody uses it: the pool makes another one when it is needed.
  pool.on('error', () => undefined)
  let ended: Promise<void> | undefined
  const end = () => {
    ended ??= pool.end()
    return ended
  }
  try {
    const { durability, shards } = options
    const store = await openPostgresStore({ pool, durability, ...(shards === undefined ? {} : { shards }) })
    return {
      store,
      location,
      close: async () => {
        await store.close()
        await end()
      },
    }
  } catch (error) {
    await end()
    if (error instanceof KeelsonError) throw error
    throw new KeelsonError('store_failed', `The database ${location} cannot be opened`, {}, error)
  }
}
