import type {
  AppendOptions,
  Document,
  DocumentQuery,
  LeafRow,
  QueryOptions,
  ReadOptions,
  Receipt,
  RecordedEvent,
  Scope,
  SqlValue,
  StoreCapabilities,
  StreamInfo,
  StreamWrite,
  TailOptions,
  UnitOfWork,
} from './types.ts'

/** The event store. The contract suite in `testing/` holds every adapter to each sentence below. */
export interface EventStore {
  readonly capabilities: StoreCapabilities
  /** All writes or none, in one transaction; resolves when durable, with a receipt for each event in order. */
  append(
    tenantId: string,
    writes: readonly StreamWrite[],
    options?: AppendOptions,
  ): Promise<readonly Receipt[]>
  /** Events of one stream by version; `after` and `until` are versions here. A tombstoned stream is refused. */
  readStream(tenantId: string, stream: string, options?: ReadOptions): AsyncIterable<RecordedEvent>
  /** Events by position; none that is committed is ever passed over. */
  readAll(scope: Scope, options?: ReadOptions): AsyncIterable<RecordedEvent>
  /** As readAll forwards, in pages, and then waits for what comes; ends when the signal aborts or the store closes. */
  tail(scope: Scope, options?: TailOptions): AsyncIterable<readonly RecordedEvent[]>
  readEvent(tenantId: string, eventId: string): Promise<RecordedEvent | undefined>
  /** The tenant's events at these positions, in the order asked for; positions of other tenants are left out. */
  readPositions(tenantId: string, positions: readonly number[]): Promise<readonly RecordedEvent[]>
  /** Events that came another way than by a read, with what the store's keys open; one without keys gives them back. */
  reveal(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]>
  /** Leaves after a position in its order, also of removed events but not of deleted tenants; at most 10,000 at a time. */
  leaves(
    scope: Scope,
    options: { readonly after: number; readonly limit: number },
  ): Promise<readonly LeafRow[]>
  /** Position of the newest event in the scope, 0 where there is none; `except` leaves out those of a tenant. */
  head(scope: Scope, options?: { readonly except?: string }): Promise<number>
  /** Version and state of a stream; undefined where it never had an event. */
  stream(tenantId: string, stream: string): Promise<StreamInfo | undefined>
  /** Carries out every part of the unit in one transaction: all or nothing, durable when it resolves. */
  commit(unit: UnitOfWork): Promise<readonly Receipt[]>
  /** Position of a checkpoint, 0 before its first step. */
  checkpoint(name: string): Promise<number>
  document(tenantId: string, collection: string, id: string): Promise<Document | undefined>
  /** Documents of a collection, by id or by when they are due. */
  documents(scope: Scope, collection: string, query?: DocumentQuery): Promise<readonly Document[]>
  /** Names of the collections in which the tenant has documents, in order. */
  collections(tenantId: string): Promise<readonly string[]>
  /** Makes tables and indexes of read models; each statement must do nothing where what it makes exists. */
  define(statements: readonly string[]): Promise<void>
  /** Reads read models with SQL (stores with `capabilities.sql`); rows are arrays in column order. */
  query(
    scope: Scope,
    sql: string,
    params: readonly SqlValue[],
    options?: QueryOptions,
  ): Promise<readonly SqlValue[][]>
  /** Removes all that a tenant has; what stays is its log's hashes. Goes on where an earlier call was cut off. */
  deleteTenant(
    tenantId: string,
    options?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly events: number }>
  /**
   * Sees to it that bytes of what was deleted or replaced before are gone from the store's own files, as far as the
   * database can do that. SQLite rewrites its file, which needs as much free space again and keeps appends waiting as
   * long as it takes. PostgreSQL vacuums its tables where the connection's user owns them (else that is autovacuum's):
   * what its pages and its write-ahead log have kept goes as they are used again. Copies and backups are not touched.
   *
   * @throws KeelsonError `store_locked` where somebody has been reading the file for long, `store_full`.
   */
  purge(): Promise<void>
  /** Stops taking appends, finishes those taken, frees what it holds. May be called twice. */
  close(): Promise<void>
}
