import type {
  AppendOptions,
  Document,
  DocumentQuery,
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
  /** Position of the newest event in the scope, 0 where there is none. */
  head(scope: Scope): Promise<number>
  /** Version and state of a stream; undefined where it never had an event. */
  stream(tenantId: string, stream: string): Promise<StreamInfo | undefined>
  /** Carries out every part of the unit in one transaction: all or nothing, durable when it resolves. */
  commit(unit: UnitOfWork): Promise<readonly Receipt[]>
  /** Position of a checkpoint, 0 before its first step. */
  checkpoint(name: string): Promise<number>
  document(tenantId: string, collection: string, id: string): Promise<Document | undefined>
  /** Documents of a collection, by id or by when they are due. */
  documents(scope: Scope, collection: string, query?: DocumentQuery): Promise<readonly Document[]>
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
  /** Stops taking appends, finishes those taken, frees what it holds. May be called twice. */
  close(): Promise<void>
}
