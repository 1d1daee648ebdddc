import type { RandomFill } from '../../core/index.ts'
import { KeelsonError, pooledRandom, systemClock } from '../../core/index.ts'
import { GroupCommit } from '../append/group-commit.ts'
import { defaultMaxEventBytes, prepareAppend } from '../append/prepare.ts'
import { prepareUnit } from '../append/prepare-unit.ts'
import { checkProductStatement } from '../append/product-statement.ts'
import { wipeSecrets } from '../append/seal-secrets.ts'
import { checkExcept, checkName, checkScope, checkTenant } from '../names.ts'
import type { EventStore } from '../port.ts'
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
import { shardOf } from './append/placement.ts'
import type { LaneCounts } from './append/shard-lane.ts'
import { ShardLane } from './append/shard-lane.ts'
import { checkTexts, checkUnitTexts } from './append/text-limits.ts'
import { ProductSql } from './connection/product-sql.ts'
import { Sessions } from './connection/sessions.ts'
import { toStoreError } from './connection/sql-error.ts'
import { Turns } from './connection/turns.ts'
import type { PostgresStoreOptions } from './options.ts'
import { randomMark } from './plan/mark.ts'
import { HeadWatch } from './read/head-watch.ts'
import type { Target } from './read/postgres-reader.ts'
import { PostgresReader } from './read/postgres-reader.ts'
import { StatementNames } from './read/statement-names.ts'
import { TableReader } from './read/table-reader.ts'
import { defineReadModels } from './start/define-read-models.ts'
import type { PreparedDatabase } from './start/prepare-database.ts'
import { StartConnection } from './start/start-connection.ts'
import { commitUnit } from './unit/commit-unit.ts'
import { deleteTenant } from './unit/tenant-deletion.ts'
import { vacuumTables } from './unit/vacuum.ts'

const tenantOf = (scope: Scope): string | undefined =>
  scope.tenantId === 'every tenant' ? undefined : scope.tenantId

/** Connections that reads leave to appends and units, of those that the pool has. */
const keptFromReads = 4

/** A store on a database that was prepared. */
export class PostgresStore implements EventStore {
  readonly capabilities: StoreCapabilities
  readonly #sessions: Sessions
  readonly #turns: Turns
  readonly #products = new ProductSql()
  readonly #reader: PostgresReader
  readonly #tables: TableReader
  readonly #lanes: readonly ShardLane[]
  readonly #groups: readonly GroupCommit[]
  readonly #heads: readonly HeadSignal[]
  readonly #watch: HeadWatch
  readonly #fill: RandomFill = pooledRandom()
  readonly #nextMark = randomMark(this.#fill)
  readonly #options: PostgresStoreOptions
  readonly #role: string
  readonly #maxEventBytes: number
  #closing: Promise<void> | undefined

  constructor(options: PostgresStoreOptions, role: string, database: PreparedDatabase) {
    const { pool, durability = 'fsync', clock = systemClock } = options
    const { shards, isFsynced, partitionSize } = database
    this.#options = options
    this.#role = role
    this.#maxEventBytes = options.maxEventBytes ?? defaultMaxEventBytes
    this.capabilities = {
      name: 'postgres',
      durability: isFsynced ? durability : 'none',
      sql: 'postgres',
      shards,
    }
    this.#sessions = new Sessions(pool, { applicationRole: role, durability })
    const maxReads = Math.max(1, (pool.options?.max ?? 10) - keptFromReads)
    this.#turns = new Turns({
      maxReads,
      maxReadsOfTenant: Math.max(1, Math.ceil(maxReads / 2)),
      maxWaiting: 256,
    })
    this.#reader = new PostgresReader(this.#sessions, this.#turns)
    this.#tables = new TableReader(this.#sessions, this.#turns, this.#products)
    const numbers = Array.from({ length: shards }, (_, shard) => shard)
    this.#heads = numbers.map(() => new HeadSignal())
    const planning = { clock, nextMark: this.#nextMark, names: new StatementNames('match') }
    this.#lanes = numbers.map(shard => new ShardLane(this.#sessions, shard, partitionSize, planning))
    this.#groups = this.#lanes.map((lane, shard) => this.#group(lane, shard))
    this.#watch = new HeadWatch(this.#heads, () => this.#tables.heads())
  }

  /** Events that wait for the database. */
  get backlog(): number {
    return this.#groups.reduce((sum, group) => sum + group.backlog, 0)
  }

  /** How many batches took which way, all shards together. */
  get counts(): LaneCounts {
    const total = { optimistic: 0, locked: 0, refused: 0 }
    for (const { counts } of this.#lanes)
      for (const name of Object.keys(total) as (keyof LaneCounts)[]) total[name] += counts[name]
    return total
  }

  async append(
    tenantId: string,
    writes: readonly StreamWrite[],
    options?: AppendOptions,
  ): Promise<readonly Receipt[]> {
    const append = prepareAppend(tenantId, writes, options, this.#maxEventBytes)
    checkTexts(append)
    return (this.#groups[this.#shardOf(tenantId)] as GroupCommit).append(append)
  }

  async *readStream(
    tenantId: string,
    stream: string,
    options: ReadOptions = {},
  ): AsyncGenerator<RecordedEvent> {
    const info = await this.stream(tenantId, stream)
    if (info?.state === 'tombstoned')
      throw new KeelsonError('stream_tombstoned', `The stream "${stream}" was tombstoned`, { stream })
    yield* this.#reader.events({ shard: this.#shardOf(tenantId), tenantId, stream }, options)
  }

  async *readAll(scope: Scope, options: ReadOptions = {}): AsyncGenerator<RecordedEvent> {
    const target = this.#target(scope)
    if (options.asOf !== undefined && target.tenantId === undefined)
      throw new KeelsonError(
        'read_invalid',
        'Times are in order within a tenant: read one tenant as of a time',
      )
    yield* this.#reader.events(target, options)
  }

  async *tail(scope: Scope, options: TailOptions = {}): AsyncGenerator<readonly RecordedEvent[]> {
    const target = this.#target(scope)
    const head = this.#heads[target.shard] as HeadSignal
    yield* this.#watch.during(this.#reader.tail(target, head, options))
  }

  async readEvent(tenantId: string, eventId: string): Promise<RecordedEvent | undefined> {
    const shard = this.#shardOf(tenantId)
    // No text of PostgreSQL holds this character, and so no id.
    return eventId.includes('\0') ? undefined : this.#reader.event(shard, tenantId, eventId)
  }

  async readPositions(tenantId: string, positions: readonly number[]): Promise<readonly RecordedEvent[]> {
    return this.#reader.atPositions(this.#shardOf(tenantId), tenantId, positions)
  }

  async reveal(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> {
    return events
  }

  async leaves(scope: Scope, options: LeafOptions): Promise<readonly LeafRow[]> {
    const { shard, tenantId } = this.#target(scope)
    checkLeafOptions(options)
    return this.#reader.leaves(shard, tenantId, options)
  }

  async head(scope: Scope, { except }: { readonly except?: string } = {}): Promise<number> {
    const { shard, tenantId } = this.#target(scope)
    if (except !== undefined) checkExcept(scope, except)
    return this.#reader.head(shard, tenantId, except)
  }

  async stream(tenantId: string, stream: string): Promise<StreamInfo | undefined> {
    const shard = this.#shardOf(tenantId)
    checkName('stream', stream)
    return this.#reader.stream(shard, tenantId, stream)
  }

  async commit(unit: UnitOfWork): Promise<readonly Receipt[]> {
    this.#checkOpen()
    const prepared = prepareUnit(unit, this.#maxEventBytes)
    checkUnitTexts(prepared)
    try {
      const { receipts, heads } = await commitUnit(prepared, {
        sessions: this.#sessions,
        lanes: this.#lanes,
        fill: this.#fill,
        products: this.#products,
      })
      for (const [shard, position] of heads) this.#heads[shard]?.advance(position)
      return receipts
    } catch (error) {
      throw toStoreError(error)
    } finally {
      wipeSecrets(prepared.appends)
    }
  }

  checkpoint(name: string): Promise<number> {
    return this.#tables.checkpoint(name)
  }

  async document(tenantId: string, collection: string, id: string): Promise<Document | undefined> {
    checkTenant(tenantId)
    return this.#tables.document(tenantId, collection, id)
  }

  async documents(scope: Scope, collection: string, query: DocumentQuery = {}): Promise<readonly Document[]> {
    return this.#tables.documents(scope, collection, query)
  }

  async collections(tenantId: string): Promise<readonly string[]> {
    return this.#tables.collections(tenantId)
  }

  async define(statements: readonly string[]): Promise<void> {
    this.#checkOpen()
    try {
      await this.#sessions.use(client =>
        defineReadModels(new StartConnection(client), statements, this.#role),
      )
    } catch (error) {
      throw toStoreError(error)
    }
  }

  async query(
    scope: Scope,
    sql: string,
    params: readonly SqlValue[],
    options: QueryOptions = {},
  ): Promise<readonly SqlValue[][]> {
    const tenantId = tenantOf(scope)
    if (tenantId !== undefined) checkTenant(tenantId)
    checkProductStatement(sql, 'read_invalid')
    return this.#tables.query(tenantId, sql, params, options.signal)
  }

  async deleteTenant(
    tenantId: string,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<{ readonly events: number }> {
    this.#checkOpen()
    const shard = this.#shardOf(tenantId)
    const values = { now: (this.#options.clock ?? systemClock).now(), mark: this.#nextMark() }
    const lane = this.#lanes[shard] as ShardLane
    return deleteTenant({ sessions: this.#sessions, lane, shard }, tenantId, values, signal)
  }

  async purge(): Promise<void> {
    this.#checkOpen()
    try {
      await this.#sessions.use(client => vacuumTables(client, this.#role))
    } catch (error) {
      throw toStoreError(error)
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#drain()
    return this.#closing
  }

  async #drain(): Promise<void> {
    await Promise.all(this.#groups.map(group => group.close()))
    await Promise.all(this.#lanes.map(lane => lane.drain()))
    this.#watch.close()
    for (const head of this.#heads) head.close()
    await this.#turns.close()
  }

  #group(lane: ShardLane, shard: number): GroupCommit {
    const { maxWaitingEvents, maxWaitingBytes } = this.#options
    const limits = {
      ...(maxWaitingEvents === undefined ? {} : { maxWaitingEvents }),
      ...(maxWaitingBytes === undefined ? {} : { maxWaitingBytes }),
    }
    return new GroupCommit(
      batch => lane.write(batch),
      limits,
      position => this.#heads[shard]?.advance(position),
    )
  }

  #checkOpen(): void {
    if (this.#closing) throw new KeelsonError('store_closed')
  }

  /** @throws KeelsonError where this cannot be a tenant. */
  #shardOf(tenantId: string): number {
    checkTenant(tenantId)
    return shardOf(tenantId, this.capabilities.shards)
  }

  #target(scope: Scope): Target {
    const { shards } = this.capabilities
    checkScope(scope, shards)
    return scope.tenantId === 'every tenant'
      ? { shard: (scope as { shard?: number }).shard ?? 0, tenantId: undefined }
      : { shard: shardOf(scope.tenantId, shards), tenantId: scope.tenantId }
  }
}
