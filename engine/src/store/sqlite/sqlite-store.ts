import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { KeelsonError } from '../../core/index.ts'
import { HeadSignal } from '../head-signal.ts'
import { inOrderOf, pageBytes, readPages, tailPages } from '../paging.ts'
import type { EventStore } from '../port.ts'
import { defaultMaxEventBytes, prepareAppend } from '../prepare.ts'
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
} from '../types.ts'
import { eventQueries, toRecordedEvent } from './event-query.ts'
import { GroupCommit } from './group-commit.ts'
import { QueryClient } from './query-client.ts'

export interface SqliteStoreOptions {
  /** File of the database; folders above it are made. */
  readonly path: string
  /** `fsync` (default): what is acknowledged survives a power cut. `relaxed`: it survives a crash of the process only. */
  readonly durability?: 'fsync' | 'relaxed'
  /** Largest size of the database file in bytes; default none. */
  readonly maxBytes?: number
  /** Largest event in bytes of canonical JSON; default 256 KiB. */
  readonly maxEventBytes?: number
  /** Events that may wait for the disk before `store_busy` is the answer; default 20,000 and 64 MiB. */
  readonly maxWaitingEvents?: number
  readonly maxWaitingBytes?: number
}

/** Opens the SQLite event store, making it at the first start. */
export async function openSqliteStore(
  options: SqliteStoreOptions,
): Promise<EventStore & { readonly backlog: number }> {
  makeFolder(dirname(options.path))
  const head = new HeadSignal()
  const durability = options.durability ?? 'fsync'
  const limits = {
    maxWaitingEvents: options.maxWaitingEvents ?? 20_000,
    maxWaitingBytes: options.maxWaitingBytes ?? 64 * 1024 * 1024,
  }
  const writerOptions = {
    path: options.path,
    durability,
    ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
  }
  const writer = new GroupCommit(writerOptions, limits, position => head.advance(position))
  head.advance(await writer.opened)
  // What the database's other files are made with, too: it holds every tenant's events.
  chmodSync(options.path, 0o600)
  return new SqliteStore(
    writer,
    new QueryClient(options.path),
    head,
    durability,
    options.maxEventBytes ?? defaultMaxEventBytes,
  )
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new KeelsonError('store_unwritable', `The folder ${folder} cannot be made`, {}, error)
  }
}

class SqliteStore implements EventStore {
  readonly capabilities: StoreCapabilities
  readonly #writer: GroupCommit
  readonly #reader: QueryClient
  readonly #head: HeadSignal
  readonly #maxEventBytes: number
  #look: Promise<number> | undefined

  constructor(
    writer: GroupCommit,
    reader: QueryClient,
    head: HeadSignal,
    durability: 'fsync' | 'relaxed',
    maxEventBytes: number,
  ) {
    this.capabilities = { name: 'sqlite', durability, sql: true }
    this.#writer = writer
    this.#reader = reader
    this.#head = head
    this.#maxEventBytes = maxEventBytes
  }

  /** Events that wait for the disk. */
  get backlog(): number {
    return this.#writer.backlog
  }

  async append(
    tenantId: string,
    writes: readonly StreamWrite[],
    options?: AppendOptions,
  ): Promise<readonly Receipt[]> {
    return this.#writer.append(prepareAppend(tenantId, writes, options, this.#maxEventBytes))
  }

  readStream(tenantId: string, stream: string, options: ReadOptions = {}): AsyncIterable<RecordedEvent> {
    const sql = eventQueries.stream[options.direction ?? 'forwards']
    const read = (after: number, limit: number) => this.#events(sql, [tenantId, stream, after, limit])
    return readPages(read, event => event.version, options)
  }

  readAll(scope: Scope, options: ReadOptions = {}): AsyncIterable<RecordedEvent> {
    return readPages(this.#pages(scope, options.direction ?? 'forwards'), event => event.position, options)
  }

  tail(scope: Scope, options: ReadOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    return tailPages(this.#pages(scope, 'forwards'), this.#head, () => this.#newest(), options)
  }

  async readEvent(tenantId: string, eventId: string): Promise<RecordedEvent | undefined> {
    return (await this.#events(eventQueries.byId, [tenantId, eventId]))[0]
  }

  async readPositions(tenantId: string, positions: readonly number[]): Promise<readonly RecordedEvent[]> {
    // Whole, however large: who asks for positions cannot know that a page ended before them.
    const rows = await this.#reader.query(eventQueries.byPositions, [tenantId, JSON.stringify(positions)])
    return inOrderOf(positions, rows.map(toRecordedEvent))
  }

  async head(scope: Scope): Promise<number> {
    const isAll = scope.tenantId === 'every tenant'
    const rows = isAll
      ? await this.query(eventQueries.head, [])
      : await this.query(eventQueries.tenantHead, [scope.tenantId])
    return (rows[0]?.[0] as number | undefined) ?? 0
  }

  commit(unit: UnitOfWork): Promise<void> {
    return this.#writer.commit(unit)
  }

  async checkpoint(name: string): Promise<number> {
    return ((await this.query(eventQueries.checkpoint, [name]))[0]?.[0] as number | undefined) ?? 0
  }

  query(sql: string, params: readonly SqlValue[], options?: QueryOptions): Promise<readonly SqlValue[][]> {
    return this.#reader.query(sql, params, options)
  }

  async close(): Promise<void> {
    await this.#writer.close()
    this.#head.close()
    await this.#reader.close()
  }

  /** One look for all tails that wait. */
  #newest(): Promise<number> {
    this.#look ??= this.head({ tenantId: 'every tenant' }).finally(() => {
      this.#look = undefined
    })
    return this.#look
  }

  #pages(
    scope: Scope,
    direction: 'forwards' | 'backwards',
  ): (after: number, limit: number) => Promise<readonly RecordedEvent[]> {
    return scope.tenantId === 'every tenant'
      ? (after, limit) => this.#events(eventQueries.all[direction], [after, limit])
      : (after, limit) => this.#events(eventQueries.tenant[direction], [scope.tenantId, after, limit])
  }

  async #events(sql: string, params: readonly SqlValue[]): Promise<readonly RecordedEvent[]> {
    return (await this.#reader.query(sql, params, { maxBytes: pageBytes })).map(toRecordedEvent)
  }
}
