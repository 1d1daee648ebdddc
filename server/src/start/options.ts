/** Where the data is and how it is kept: what every command that opens the store itself can be told. */
export interface StoreOptions {
  /** Folder of the database file. */
  readonly dataDir: string
  /** `relaxed` acknowledges before the disk has it; printed at start. */
  readonly durability: 'fsync' | 'relaxed'
  /** Largest size of the database file in bytes. */
  readonly maxBytes?: number
  /** Address of a PostgreSQL database, which then has the data instead of the file; it may hold a password. */
  readonly database?: string
  /** Number of shards that a new PostgreSQL store gets. */
  readonly shards?: number
  /** Connections to PostgreSQL at the most. */
  readonly poolSize?: number
  /** Folder, or address of an Azure container, that archived events are read from; an address may hold a signature. */
  readonly archive?: string
}

/** What `keelson start` can be told. */
export interface StartOptions extends StoreOptions {
  readonly host: string
  readonly port: number
  /** Leaves out the sample tenant of a first start. */
  readonly isEmpty: boolean
  /** Secret that the operator chose for the first platform administrator. */
  readonly bootstrapKey?: string
}

export const startDefaults = {
  host: '127.0.0.1',
  port: 4680,
  dataDir: '.keelson',
  durability: 'fsync',
  shards: 1,
  poolSize: 16,
} as const
