/** What `keelson start` can be told. */
export interface StartOptions {
  readonly host: string
  readonly port: number
  /** Folder of the database file. */
  readonly dataDir: string
  /** `relaxed` acknowledges before the disk has it; printed at start. */
  readonly durability: 'fsync' | 'relaxed'
  /** Leaves out the sample tenant of a first start. */
  readonly isEmpty: boolean
  /** Secret that the operator chose for the first platform administrator. */
  readonly bootstrapKey?: string
  /** Largest size of the database file in bytes. */
  readonly maxBytes?: number
}

export const startDefaults = {
  host: '127.0.0.1',
  port: 4680,
  dataDir: '.keelson',
  durability: 'fsync',
} as const
