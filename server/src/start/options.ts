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
  /** `embedded`, or the address of a broker, which may hold a secret; default `embedded`. */
  readonly transport?: string
  /** What the streams or topics of this store at the broker begin with; default `keelson`. */
  readonly transportName?: string
  /**
   * What wraps the keys of personal data and of logs: a file (default `master.key` in the data folder), a key of Vault
   * (`vault+https://host/transit/NAME`) or of Azure Key Vault (`https://NAME.vault.azure.net/keys/NAME`).
   */
  readonly keys?: string
  /** The wrapping key itself, 32 bytes in base64, in place of a file. */
  readonly masterKey?: string
  /** Token for Vault. */
  readonly vaultToken?: string
  /** First part of the names of the tenants' logs, such as `audit.example.com`. */
  readonly logName?: string
  /** File (tlog-policy) that names the witnesses, with their addresses, and how many of them must sign. */
  readonly witnesses?: string
  /** Address of a time stamp authority (RFC 3161) for checkpoints. */
  readonly timestampAuthority?: string
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
  logName: 'keelson.local',
  stopWithin: 25,
} as const
