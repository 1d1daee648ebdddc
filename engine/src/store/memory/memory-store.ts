import type { Clock } from '../../core/index.ts'
import { KeelsonError, pooledRandom, systemClock } from '../../core/index.ts'
import { blindLength, commitBody, leafHash, leafText, zeroHash } from '../../proof/index.ts'
import { checkExpectedVersion } from '../expected-version.ts'
import { HeadSignal } from '../head-signal.ts'
import { readPages, tailPages } from '../paging.ts'
import type { EventStore } from '../port.ts'
import type { PreparedAppend, PreparedEvent } from '../prepare.ts'
import { isSameContent, prepareAppend } from '../prepare.ts'
import { createRecordedEvent } from '../recorded-event.ts'
import type {
  AppendOptions,
  ReadOptions,
  Receipt,
  RecordedEvent,
  Scope,
  SqlValue,
  StreamWrite,
  UnitOfWork,
} from '../types.ts'

interface Stored {
  readonly event: RecordedEvent
  readonly filled: number
}

/** A store that keeps everything in memory: for tests and for trying things out. Nothing survives the process. */
export function createMemoryStore(clock: Clock = systemClock): EventStore {
  return new MemoryStore(clock)
}

class MemoryStore implements EventStore {
  readonly capabilities = { name: 'memory', durability: 'none', sql: false } as const
  readonly #clock: Clock
  readonly #fill = pooledRandom()
  readonly #log: Stored[] = []
  readonly #tenants = new Map<string, Stored[]>()
  readonly #streams = new Map<string, Stored[]>()
  readonly #ids = new Map<string, Stored>()
  readonly #keys = new Map<string, readonly Stored[]>()
  readonly #checkpoints = new Map<string, number>()
  readonly #head = new HeadSignal()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async append(
    tenantId: string,
    writes: readonly StreamWrite[],
    options?: AppendOptions,
  ): Promise<readonly Receipt[]> {
    if (this.#head.closed) throw new KeelsonError('store_closed')
    const append = prepareAppend(tenantId, writes, options)
    const repeated = this.#repeated(append)
    if (repeated) return repeated.map(({ event }) => toReceipt(event, true))
    for (const write of append.writes) {
      checkExpectedVersion(write.stream, write.expected, this.#stream(tenantId, write.stream).length)
    }
    const stored = append.writes.flatMap(write =>
      write.events.map(event => this.#store(tenantId, write.stream, event)),
    )
    if (append.idempotencyKey !== undefined) this.#keys.set(join(tenantId, append.idempotencyKey), stored)
    this.#head.advance(this.#log.length)
    return stored.map(({ event }) => toReceipt(event, false))
  }

  readStream(tenantId: string, stream: string, options: ReadOptions = {}): AsyncIterable<RecordedEvent> {
    const read = async (after: number, limit: number) =>
      page(this.#stream(tenantId, stream), event => event.version, after, limit, options.direction)
    return readPages(read, event => event.version, options)
  }

  readAll(scope: Scope, options: ReadOptions = {}): AsyncIterable<RecordedEvent> {
    return readPages(this.#pages(scope, options.direction), event => event.position, options)
  }

  tail(scope: Scope, options: ReadOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    return tailPages(this.#pages(scope, 'forwards'), this.#head, async () => this.#log.length, options)
  }

  async readEvent(tenantId: string, eventId: string): Promise<RecordedEvent | undefined> {
    return this.#ids.get(join(tenantId, eventId))?.event
  }

  async readPositions(tenantId: string, positions: readonly number[]): Promise<readonly RecordedEvent[]> {
    const found = positions.map(position => this.#log[position - 1]?.event)
    return found.filter(event => event?.tenantId === tenantId) as RecordedEvent[]
  }

  async head(scope: Scope): Promise<number> {
    return this.#scoped(scope).at(-1)?.event.position ?? 0
  }

  async commit(unit: UnitOfWork): Promise<void> {
    if (unit.statements.length > 0) throw new KeelsonError('store_failed', 'The memory store has no SQL')
    const step = unit.checkpoint
    if (!step) return
    if ((this.#checkpoints.get(step.name) ?? 0) !== step.from) {
      throw new KeelsonError(
        'checkpoint_conflict',
        `The checkpoint "${step.name}" does not stand at ${step.from}`,
      )
    }
    this.#checkpoints.set(step.name, step.to)
  }

  async checkpoint(name: string): Promise<number> {
    return this.#checkpoints.get(name) ?? 0
  }

  async query(): Promise<readonly SqlValue[][]> {
    throw new KeelsonError('store_failed', 'The memory store has no SQL')
  }

  async close(): Promise<void> {
    this.#head.close()
  }

  #repeated(append: PreparedAppend): readonly Stored[] | undefined {
    const events = append.writes.flatMap(write => write.events)
    const key = append.idempotencyKey
    const known = key === undefined ? undefined : this.#keys.get(join(append.tenantId, key))
    if (known) {
      if (
        known.length === events.length &&
        known.every((stored, at) => isSame(stored, events[at] as PreparedEvent))
      )
        return known
      throw new KeelsonError(
        'idempotency_key_conflict',
        `The idempotency key "${key}" was used with other content`,
      )
    }
    const stored = events.map(event => this.#ids.get(join(append.tenantId, event.id)))
    for (const [at, event] of events.entries()) {
      const earlier = stored[at]
      if (earlier && !isSame(earlier, event)) throw conflict(event.id, 'is already stored with other content')
    }
    const found = stored.filter(earlier => earlier !== undefined)
    if (found.length === 0) return undefined
    if (found.length < events.length)
      throw conflict(
        (events[0] as PreparedEvent).id,
        'is appended with others of which only some are already stored',
      )
    return found
  }

  #store(tenantId: string, stream: string, prepared: PreparedEvent): Stored {
    const log = this.#scoped({ tenantId })
    const last = log.at(-1)?.event
    const blind = new Uint8Array(blindLength)
    this.#fill(blind)
    const time = Math.max(this.#clock.now(), last ? Date.parse(last.recordedAt) : 0)
    const leaf = leafText({
      body: commitBody(prepared.body, blind),
      id: prepared.id,
      kind: 'event',
      n: log.length,
      prev: last?.leafHash ?? zeroHash,
      t: new Date(time).toISOString(),
    })
    const versions = this.#stream(tenantId, stream)
    const event = createRecordedEvent({
      position: this.#log.length + 1,
      sequence: log.length,
      tenantId,
      stream,
      version: versions.length + 1,
      eventType: prepared.type,
      leaf,
      leafHash: leafHash(leaf),
      blind: Buffer.from(blind).toString('base64url'),
      body: prepared.body,
    })
    const stored = { event, filled: prepared.filled }
    this.#log.push(stored)
    log.push(stored)
    versions.push(stored)
    this.#tenants.set(tenantId, log)
    this.#streams.set(join(tenantId, stream), versions)
    this.#ids.set(join(tenantId, prepared.id), stored)
    return stored
  }

  #stream(tenantId: string, stream: string): Stored[] {
    return this.#streams.get(join(tenantId, stream)) ?? []
  }

  #scoped(scope: Scope): Stored[] {
    return scope.tenantId === 'every tenant' ? this.#log : (this.#tenants.get(scope.tenantId) ?? [])
  }

  #pages(scope: Scope, direction: ReadOptions['direction']) {
    return async (after: number, limit: number) =>
      page(this.#scoped(scope), event => event.position, after, limit, direction)
  }
}

/** A page of an ascending array, found by halving. */
function page(
  log: readonly Stored[],
  cursorOf: (event: RecordedEvent) => number,
  after: number,
  limit: number,
  direction: ReadOptions['direction'] = 'forwards',
): RecordedEvent[] {
  let low = 0
  let high = log.length
  const isBefore = (event: RecordedEvent) =>
    direction === 'forwards' ? cursorOf(event) <= after : cursorOf(event) < after
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore((log[middle] as Stored).event)) low = middle + 1
    else high = middle
  }
  const found =
    direction === 'forwards'
      ? log.slice(low, low + limit)
      : log.slice(Math.max(0, low - limit), low).reverse()
  return found.map(({ event }) => event)
}

const join = (tenantId: string, name: string): string => `${tenantId}\n${name}`

function isSame(stored: Stored, event: PreparedEvent): boolean {
  return isSameContent({ body: stored.event.body, filled: stored.filled }, event)
}

function toReceipt(event: RecordedEvent, duplicate: boolean): Receipt {
  const { eventId, position, sequence, stream, version, recordedAt, leafHash, previousHash } = event
  return { eventId, position, sequence, stream, version, recordedAt, leafHash, previousHash, duplicate }
}

function conflict(eventId: string, what: string): KeelsonError {
  return new KeelsonError('event_id_conflict', `The event ${eventId} ${what}`, { eventId })
}
