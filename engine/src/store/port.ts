import type {
  AppendOptions,
  QueryOptions,
  ReadOptions,
  Receipt,
  RecordedEvent,
  Scope,
  SqlValue,
  StoreCapabilities,
  StreamWrite,
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
  /** Events of one stream by version; `after` is a version here. */
  readStream(tenantId: string, stream: string, options?: ReadOptions): AsyncIterable<RecordedEvent>
  /** Events by position; none that is committed is ever passed over. */
  readAll(scope: Scope, options?: ReadOptions): AsyncIterable<RecordedEvent>
  /** As readAll forwards, in pages, and then waits for what comes; ends when the signal aborts or the store closes. */
  tail(scope: Scope, options?: ReadOptions): AsyncIterable<readonly RecordedEvent[]>
  readEvent(tenantId: string, eventId: string): Promise<RecordedEvent | undefined>
  /** The tenant's events at these positions, in the order asked for; positions of other tenants are left out. */
  readPositions(tenantId: string, positions: readonly number[]): Promise<readonly RecordedEvent[]>
  /** Position of the newest event in the scope, 0 where there is none. */
  head(scope: Scope): Promise<number>
  /** Runs the statements and moves the checkpoint in one transaction: all or nothing, durable when it resolves. */
  commit(unit: UnitOfWork): Promise<void>
  /** Position of a checkpoint, 0 before its first step. */
  checkpoint(name: string): Promise<number>
  /** Reads with SQL (stores whose `capabilities.sql` is true); rows are arrays in column order. */
  query(sql: string, params: readonly SqlValue[], options?: QueryOptions): Promise<readonly SqlValue[][]>
  /** Stops taking appends, finishes those taken, frees the files. May be called twice. */
  close(): Promise<void>
}
