import type { StoreRows, TableName } from './rows.ts'

export interface ScanOptions {
  /** Needed for the tables of the log where the store has several shards; default 0. */
  readonly shard?: number
  /** Only rows of positions after this one, of tables that are read by position; default all. */
  readonly after?: number
  /** Only documents of this tenant. */
  readonly tenant?: string
}

/** A change of a table's rows: `put` adds or replaces by primary key, `remove` takes away what is there. */
export interface TableChange<T extends TableName = TableName> {
  readonly table: T
  readonly put: readonly StoreRows[T][]
  readonly remove: readonly StoreRows[T][]
}

/** A store's rows as they stand in its database at one moment, read beside the running store or without one. */
export interface StoreReader {
  readonly kind: 'sqlite' | 'postgres'
  /** For people; never with a password. */
  readonly location: string
  /** Of what is read, by whatever name it was opened; the same for two readers of one store. */
  readonly identity: string
  readonly shards: number
  /** Whether nobody else can write for as long as this is open. */
  readonly isExclusive: boolean
  /**
   * All rows in pages. Events, event ids, links and keys come by position (then by id, link or key); tenants, streams
   * and types by id; checkpoints by name and documents by tenant, collection and id, in the order of their UTF-8 bytes.
   */
  scan<T extends TableName>(table: T, options?: ScanOptions): AsyncIterable<readonly StoreRows[T][]>
  /** Position of the newest event of the shard. */
  head(shard: number): Promise<number>
  /** How many events have their bodies in each state, see `bodyNumbers`. */
  bodyCounts(shard: number): Promise<ReadonlyMap<number, number>>
  document(tenant: string, collection: string, id: string): Promise<StoreRows['document'] | undefined>
  /** The events at these positions, those that are there, by position. */
  events(shard: number, positions: readonly number[]): Promise<readonly StoreRows['event'][]>
  /** Ends what it holds; may be called twice. */
  close(): Promise<void>
}

/** A store that another one is moved into: written beside the append path, while no server runs on it. */
export interface StoreTarget extends StoreReader {
  /** Carries out all changes in one transaction, durable with the next `settle` at the latest. */
  write(shard: number, changes: readonly TableChange[]): Promise<void>
  /** Makes what was written durable and known to the database's planner; once, when all is there. */
  settle(): Promise<void>
}
