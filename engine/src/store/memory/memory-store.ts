import type { Clock } from '../../core/index.ts'
import { KeelsonError, pooledRandom, systemClock } from '../../core/index.ts'
import type { AppendOutcome } from '../append/batch.ts'
import { answers, fromFailure, toBatch } from '../append/batch.ts'
import { LogAppender } from '../append/log-appender.ts'
import type { PreparedAppend } from '../append/prepare.ts'
import { defaultMaxEventBytes, prepareAppend } from '../append/prepare.ts'
import { prepareUnit } from '../append/prepare-unit.ts'
import { wipeKeys, wipeSecrets } from '../append/seal-secrets.ts'
import { checkExcept, checkName, checkScope, checkTenant } from '../names.ts'
import type { EventStore } from '../port.ts'
import { cursorAsOf } from '../read/as-of.ts'
import { HeadSignal } from '../read/head-signal.ts'
import type { LeafOptions } from '../read/leaf-rows.ts'
import { checkLeafOptions } from '../read/leaf-rows.ts'
import type { PageSource } from '../read/paging.ts'
import { readPages, tailPages } from '../read/paging.ts'
import type {
  AppendOptions,
  Document,
  DocumentQuery,
  LeafRow,
  ReadOptions,
  Receipt,
  RecordedEvent,
  Scope,
  SqlValue,
  StreamInfo,
  StreamWrite,
  TailOptions,
  UnitOfWork,
} from '../types.ts'
import { MemoryDocuments } from './memory-documents.ts'
import type { MemoryEvent } from './memory-log.ts'
import { MemoryLog } from './memory-log.ts'

/** A store that keeps everything in memory: for tests and for trying things out. Nothing survives the process. */
export function createMemoryStore(clock: Clock = systemClock): EventStore {
  return new MemoryStore(clock)
}

class MemoryStore implements EventStore {
  readonly capabilities = { name: 'memory', durability: 'none', sql: 'none', shards: 1 } as const
  readonly #fill = pooledRandom()
  readonly #log = new MemoryLog()
  readonly #appender: LogAppender
  readonly #documents = new MemoryDocuments()
  readonly #checkpoints = new Map<string, number>()
  readonly #head = new HeadSignal()

  constructor(clock: Clock) {
    this.#appender = new LogAppender(this.#log, clock)
  }

  async append(
    tenantId: string,
    writes: readonly StreamWrite[],
    options?: AppendOptions,
  ): Promise<readonly Receipt[]> {
    this.#checkOpen()
    return this.#atOnce(() => this.#append([prepareAppend(tenantId, writes, options)]))
  }

  async *readStream(
    tenantId: string,
    stream: string,
    options: ReadOptions = {},
  ): AsyncGenerator<RecordedEvent> {
    const info = await this.stream(tenantId, stream)
    if (info?.state === 'tombstoned')
      throw new KeelsonError('stream_tombstoned', `The stream "${stream}" was tombstoned`, { stream })
    const isOwn = ({ event }: MemoryEvent) => event.tenantId === tenantId && event.stream === stream
    yield* this.#read(
      isOwn,
      event => event.version,
      async () => info?.version ?? 0,
      options,
    )
  }

  async *readAll(scope: Scope, options: ReadOptions = {}): AsyncGenerator<RecordedEvent> {
    checkScope(scope, 1)
    if (options.asOf !== undefined && scope.tenantId === 'every tenant')
      throw new KeelsonError(
        'read_invalid',
        'Times are in order within a tenant: read one tenant as of a time',
      )
    yield* this.#read(
      inScope(scope),
      event => event.position,
      async () => this.#log.position,
      options,
    )
  }

  async *tail(scope: Scope, options: TailOptions = {}): AsyncGenerator<readonly RecordedEvent[]> {
    checkScope(scope, 1)
    const source = this.#source(
      inScope(scope),
      event => event.position,
      async () => this.#log.position,
      options,
    )
    yield* tailPages(source, this.#head, options)
  }

  async readEvent(tenantId: string, eventId: string): Promise<RecordedEvent | undefined> {
    checkTenant(tenantId)
    const position = this.#log.positionOf(tenantId, eventId)
    return position === undefined ? undefined : this.#log.events[position - 1]?.event
  }

  async readPositions(tenantId: string, positions: readonly number[]): Promise<readonly RecordedEvent[]> {
    checkTenant(tenantId)
    const found = positions.map(position => this.#log.events[position - 1]?.event)
    return found.filter(event => event?.tenantId === tenantId) as RecordedEvent[]
  }

  async reveal(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> {
    return events
  }

  async leaves(scope: Scope, options: LeafOptions): Promise<readonly LeafRow[]> {
    checkScope(scope, 1)
    checkLeafOptions(options)
    const isOwn = inScope(scope)
    const rows: LeafRow[] = []
    for (let at = options.after; rows.length < options.limit && at < this.#log.events.length; at += 1) {
      const one = this.#log.events[at] as MemoryEvent
      const { position, tenantId, sequence, leaf, leafHash } = one.event
      // Of deleted tenants there is no leaf.
      if (leaf !== '' && isOwn(one)) rows.push({ position, tenantId, sequence, leafHash })
    }
    return rows
  }

  async head(scope: Scope, { except }: { readonly except?: string } = {}): Promise<number> {
    checkScope(scope, 1)
    if (except !== undefined) {
      checkExcept(scope, except)
      return this.#log.headWithout(except)
    }
    if (scope.tenantId === 'every tenant') return this.#log.position
    return this.#log.findTenant(scope.tenantId)?.position ?? 0
  }

  async stream(tenantId: string, stream: string): Promise<StreamInfo | undefined> {
    checkTenant(tenantId)
    checkName('stream', stream)
    const tenant = this.#log.findTenant(tenantId)
    const head = tenant && this.#log.stream(tenant, stream)
    return head && { stream, version: head.version, state: head.state }
  }

  async commit(unit: UnitOfWork): Promise<readonly Receipt[]> {
    this.#checkOpen()
    const prepared = prepareUnit(unit, defaultMaxEventBytes)
    const { checkpoint, appends, documents, bodies, secrets, redactions, statements } = prepared
    if (statements.length > 0) throw noSql()
    return this.#atOnce(() => {
      if (checkpoint && (this.#checkpoints.get(checkpoint.name) ?? 0) !== checkpoint.from) {
        const { name, from } = checkpoint
        throw new KeelsonError('checkpoint_conflict', `The checkpoint "${name}" does not stand at ${from}`, {
          name,
          from,
        })
      }
      const receipts = this.#append(appends)
      for (const { tenantId, positions, becomes } of bodies)
        for (const position of positions) this.#log.changeBody(tenantId, position, becomes)
      for (const { tenantId, positions, kids } of secrets)
        for (const position of positions) this.#log.removeSecrets(tenantId, position, new Set(kids))
      for (const redaction of redactions) this.#log.redact(redaction)
      // Last, for it changes nothing where it fails.
      this.#documents.change(documents)
      if (checkpoint) this.#checkpoints.set(checkpoint.name, checkpoint.to)
      return receipts
    })
  }

  async checkpoint(name: string): Promise<number> {
    return this.#checkpoints.get(name) ?? 0
  }

  async document(tenantId: string, collection: string, id: string): Promise<Document | undefined> {
    checkTenant(tenantId)
    return this.#documents.get(tenantId, collection, id)
  }

  async documents(scope: Scope, collection: string, query: DocumentQuery = {}): Promise<readonly Document[]> {
    return this.#documents.find(scope, collection, query)
  }

  async collections(tenantId: string): Promise<readonly string[]> {
    checkTenant(tenantId)
    return this.#documents.collections(tenantId)
  }

  async define(): Promise<void> {
    throw noSql()
  }

  async query(): Promise<readonly SqlValue[][]> {
    throw noSql()
  }

  async deleteTenant(
    tenantId: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<{ readonly events: number }> {
    checkTenant(tenantId)
    this.#checkOpen()
    options.signal?.throwIfAborted()
    this.#documents.deleteTenant(tenantId)
    return { events: this.#log.deleteTenant(tenantId) }
  }

  async purge(): Promise<void> {
    this.#checkOpen()
  }

  async close(): Promise<void> {
    this.#head.close()
  }

  #checkOpen(): void {
    if (this.#head.closed) throw new KeelsonError('store_closed')
  }

  /** All of the work or none: what it wrote to the log is taken back where it throws. */
  #atOnce<Result>(work: () => Result): Result {
    try {
      const result = work()
      this.#log.keep()
      this.#head.advance(this.#log.position)
      return result
    } catch (error) {
      this.#log.takeBack()
      throw error
    }
  }

  #append(appends: readonly PreparedAppend[]): Receipt[] {
    for (const { tenantId, writes } of appends)
      for (const { stream, closes } of writes) if (closes) this.#log.rememberState(tenantId, stream)
    const batch = toBatch(appends, this.#fill)
    let outcome: AppendOutcome
    try {
      outcome = this.#appender.append(batch)
    } finally {
      wipeKeys(batch)
      wipeSecrets(appends)
    }
    const failure = outcome.failures.find(one => one !== undefined)
    if (failure) throw fromFailure(failure)
    return answers(appends, outcome).flatMap(answer => answer as readonly Receipt[])
  }

  async *#read(
    isOwn: (event: MemoryEvent) => boolean,
    cursorOf: (event: RecordedEvent) => number,
    end: () => Promise<number>,
    options: ReadOptions,
  ): AsyncGenerator<RecordedEvent> {
    const source = this.#source(isOwn, cursorOf, end, options)
    if (options.asOf === undefined) return yield* readPages(source, options)
    const probe = this.#source(isOwn, cursorOf, end, { removed: 'include' })
    const until = await cursorAsOf(probe.read, await end(), options.asOf)
    const upTo = (one: MemoryEvent) => isOwn(one) && cursorOf(one.event) <= until
    yield* readPages(this.#source(upTo, cursorOf, end, options), options)
  }

  #source(
    isOwn: (event: MemoryEvent) => boolean,
    cursorOf: (event: RecordedEvent) => number,
    end: () => Promise<number>,
    { direction = 'forwards', filter = {}, removed }: ReadOptions,
  ): PageSource {
    const isWanted = (one: MemoryEvent) =>
      isOwn(one) &&
      (removed === 'include' || one.event.bodyState !== 'removed') &&
      this.#log.matches(one, filter)
    const read = async (after: number, limit: number) => {
      const { events } = this.#log
      const page: RecordedEvent[] = []
      const isForwards = direction === 'forwards'
      // A cursor is at most the position, so that the log is looked through from there; versions come later.
      for (let step = isForwards ? after : 0; step < events.length && page.length < limit; step += 1) {
        const one = events[isForwards ? step : events.length - 1 - step] as MemoryEvent
        const cursor = cursorOf(one.event)
        if ((isForwards ? cursor > after : cursor < after) && isWanted(one)) page.push(one.event)
      }
      return page
    }
    return { read, end, cursorOf }
  }
}

const inScope =
  (scope: Scope) =>
  ({ event }: MemoryEvent): boolean =>
    scope.tenantId === 'every tenant' || event.tenantId === scope.tenantId

const noSql = (): KeelsonError => new KeelsonError('store_failed', 'The memory store has no SQL')
