import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { KeelsonError, pooledRandom } from '../../core/index.ts'
import { answers, toBatch } from '../append/batch.ts'
import { GroupCommit } from '../append/group-commit.ts'
import { defaultMaxEventBytes, prepareAppend } from '../append/prepare.ts'
import { prepareUnit } from '../append/prepare-unit.ts'
import { checkProductStatement } from '../append/product-statement.ts'
import { wipeKeys, wipeSecrets } from '../append/seal-secrets.ts'
import { checkExcept, checkName, checkScope, checkTenant } from '../names.ts'
import type { EventStore } from '../port.ts'
import { documentSelect, toDocument } from '../read/document-select.ts'
import { HeadSignal } from '../read/head-signal.ts'
import type { LeafOptions } from '../read/leaf-rows.ts'
import { checkLeafOptions } from '../read/leaf-rows.ts'
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
} from '../types.ts'
import { FlushedLog } from './log-flush.ts'
import { QueryClient } from './query-client.ts'
import { SqliteReader } from './sqlite-reader.ts'
import { WriterClient } from './writer-client.ts'

export interface SqliteStoreOptions {
  /** File of the database; folders above it are made. */
  readonly path: string
  /** `fsync` (default): what is acknowledged survives a power cut. `relaxed`: it survives a crash of the process only. */
  readonly durability?: 'fsync' | 'relaxed'
  /** Largest size of the database file in bytes; default none. */
  readonly maxBytes?: number
  /** Largest event in bytes of canonical JSON; default 256 KiB. */
  readonly maxEventBytes?: number
  /** Events that may wait for the disk before `store_busy` is the answer; default 40,000 and 96 MiB, of which one tenant gets half. */
  readonly maxWaitingEvents?: number
  readonly maxWaitingBytes?: number
}

/**
 * Opens the SQLite event store, making it at the first start.
 *
 * @throws KeelsonError `store_unwritable`, `store_foreign`, `store_too_new` and the like; nothing stays open then.
 */
export async function openSqliteStore(
  options: SqliteStoreOptions,
): Promise<EventStore & { readonly backlog: number }> {
  checkPath(options.path)
  makeFolder(dirname(options.path))
  const durability = options.durability ?? 'fsync'
  const flushed = new FlushedLog(options.path)
  const { maxBytes } = options
  const writing = { path: options.path, durability, ...(maxBytes === undefined ? {} : { maxBytes }) }
  const writer = new WriterClient(writing, flushed)
  const head = await writer.opened
  return new SqliteStore(
    writer,
    new QueryClient(options.path, durability === 'fsync' ? flushed : undefined),
    head,
    { ...options, durability },
  )
}

/** The writer and the reader are two connections, which share a file and nothing else. */
function checkPath(path: string): void {
  if (path === '' || path.startsWith(':memory:') || path.startsWith('file:'))
    throw new KeelsonError(
      'store_unwritable',
      `${JSON.stringify(path)} is no path of a file; for a store in memory use createMemoryStore of keelson/memory`,
    )
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new KeelsonError('store_unwritable', `The folder ${folder} cannot be made`, {}, error)
  }
}

const whose = (scope: Scope): string | undefined =>
  scope.tenantId === 'every tenant' ? undefined : scope.tenantId

class SqliteStore implements EventStore {
  readonly capabilities: StoreCapabilities
  readonly #writer: WriterClient
  readonly #client: QueryClient
  readonly #reader: SqliteReader
  readonly #commits: GroupCommit
  readonly #fill = pooledRandom()
  readonly #head = new HeadSignal()
  readonly #maxEventBytes: number
  #isClosed = false

  constructor(
    writer: WriterClient,
    client: QueryClient,
    head: number,
    options: SqliteStoreOptions & { durability: 'fsync' | 'relaxed' },
  ) {
    this.capabilities = { name: 'sqlite', durability: options.durability, sql: 'sqlite', shards: 1 }
    this.#writer = writer
    this.#client = client
    this.#reader = new SqliteReader(client)
    this.#maxEventBytes = options.maxEventBytes ?? defaultMaxEventBytes
    const { maxWaitingEvents, maxWaitingBytes } = options
    const limits = {
      ...(maxWaitingEvents === undefined ? {} : { maxWaitingEvents }),
      ...(maxWaitingBytes === undefined ? {} : { maxWaitingBytes }),
    }
    this.#commits = new GroupCommit(
      batch => writer.append(batch),
      limits,
      position => this.#head.advance(position),
    )
    this.#head.advance(head)
  }

  /** Events that wait for the disk. */
  get backlog(): number {
    return this.#commits.backlog
  }

  async append(
    tenantId: string,
    writes: readonly StreamWrite[],
    options?: AppendOptions,
  ): Promise<readonly Receipt[]> {
    return this.#commits.append(prepareAppend(tenantId, writes, options, this.#maxEventBytes))
  }

  async *readStream(
    tenantId: string,
    stream: string,
    options: ReadOptions = {},
  ): AsyncGenerator<RecordedEvent> {
    checkTenant(tenantId)
    checkName('stream', stream)
    const info = await this.#reader.stream(tenantId, stream)
    if (info?.state === 'tombstoned')
      throw new KeelsonError('stream_tombstoned', `The stream "${stream}" was tombstoned`, { stream })
    yield* this.#reader.events({ tenantId, stream }, options)
  }

  async *readAll(scope: Scope, options: ReadOptions = {}): AsyncGenerator<RecordedEvent> {
    checkScope(scope, 1)
    if (options.asOf !== undefined && whose(scope) === undefined)
      throw new KeelsonError(
        'read_invalid',
        'Times are in order within a tenant: read one tenant as of a time',
      )
    yield* this.#reader.events({ tenantId: whose(scope) }, options)
  }

  async *tail(scope: Scope, options: TailOptions = {}): AsyncGenerator<readonly RecordedEvent[]> {
    checkScope(scope, 1)
    yield* this.#reader.tail({ tenantId: whose(scope) }, this.#head, options)
  }

  async readEvent(tenantId: string, eventId: string): Promise<RecordedEvent | undefined> {
    checkTenant(tenantId)
    return this.#reader.event(tenantId, eventId)
  }

  async readPositions(tenantId: string, positions: readonly number[]): Promise<readonly RecordedEvent[]> {
    checkTenant(tenantId)
    return this.#reader.atPositions(tenantId, positions)
  }

  async reveal(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> {
    return events
  }

  async leaves(scope: Scope, options: LeafOptions): Promise<readonly LeafRow[]> {
    checkScope(scope, 1)
    checkLeafOptions(options)
    return this.#reader.leaves(whose(scope), options)
  }

  async head(scope: Scope, { except }: { readonly except?: string } = {}): Promise<number> {
    checkScope(scope, 1)
    if (except !== undefined) checkExcept(scope, except)
    return this.#reader.head(whose(scope), except)
  }

  async stream(tenantId: string, stream: string): Promise<StreamInfo | undefined> {
    checkTenant(tenantId)
    checkName('stream', stream)
    return this.#reader.stream(tenantId, stream)
  }

  async commit(unit: UnitOfWork): Promise<readonly Receipt[]> {
    if (this.#isClosed) throw new KeelsonError('store_closed')
    const { appends, scope: _, ...parts } = prepareUnit(unit, this.#maxEventBytes)
    const batch = appends.length === 0 ? null : toBatch(appends, this.#fill)
    const outcome = await this.#writer.commit({ ...parts, batch }).finally(() => {
      if (batch) wipeKeys(batch)
      wipeSecrets(appends)
    })
    if (!outcome) return []
    this.#head.advance(outcome.head)
    return answers(appends, outcome).flatMap(answer => answer as readonly Receipt[])
  }

  async checkpoint(name: string): Promise<number> {
    const rows = await this.#client.query('SELECT position FROM checkpoint WHERE name = ?', [name])
    return (rows[0]?.[0] as number | undefined) ?? 0
  }

  async document(tenantId: string, collection: string, id: string): Promise<Document | undefined> {
    checkTenant(tenantId)
    const { sql, params } = documentSelect.one(tenantId, collection, id)
    return (await this.#client.query(sql, params)).map(toDocument)[0]
  }

  async documents(scope: Scope, collection: string, query: DocumentQuery = {}): Promise<readonly Document[]> {
    const { sql, params } = documentSelect.many(scope, collection, query)
    return (await this.#client.query(sql, params)).map(toDocument)
  }

  async collections(tenantId: string): Promise<readonly string[]> {
    const { sql, params } = documentSelect.collections(tenantId)
    return (await this.#client.query(sql, params)).map(([name]) => name as string)
  }

  async define(statements: readonly string[]): Promise<void> {
    await this.#writer.define(statements)
  }

  async query(
    scope: Scope,
    sql: string,
    params: readonly SqlValue[],
    options: QueryOptions = {},
  ): Promise<readonly SqlValue[][]> {
    if (scope.tenantId !== 'every tenant') checkTenant(scope.tenantId)
    checkProductStatement(sql, 'read_invalid')
    return this.#client.query(sql, params, { ...options, tenantId: whose(scope) })
  }

  async deleteTenant(
    tenantId: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<{ readonly events: number }> {
    checkTenant(tenantId)
    let events = 0
    for (let isAll = false; !isAll; ) {
      options.signal?.throwIfAborted()
      const step = await this.#writer.delete(tenantId)
      events += step.events
      isAll = step.isAll
    }
    return { events }
  }

  async purge(): Promise<void> {
    await this.#writer.purge()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#commits.close()
    await this.#writer.close()
    this.#head.close()
    await this.#client.close()
  }
}
