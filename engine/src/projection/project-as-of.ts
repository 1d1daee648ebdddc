import { DatabaseSync } from 'node:sqlite'
import { collectUnit } from '../bus/index.ts'
import { KeelsonError } from '../core/index.ts'
import type { EventStore, RecordedEvent, SqlValue, Statement } from '../store/index.ts'
import type { AsOf } from './as-of.ts'
import { readAsOf } from './as-of.ts'
import type { ProjectionDefinition } from './define-projection.ts'

export interface ProjectAsOfOptions {
  readonly tenantId: string
  /** The last place whose event is in it. */
  readonly at: AsOf
  readonly signal?: AbortSignal
  /** Bytes of memory that its rows may take; default 256 MiB. */
  readonly maxBytes?: number
}

/** A read model as it was, in a database of its own in memory, until it is closed. */
export interface ProjectionView {
  /** Position of the last event in it, 0 for none, and how many there are. */
  readonly position: number
  readonly events: number
  /** Reads with SQL in SQLite's dialect; rows are arrays in column order. @throws KeelsonError `read_invalid`. */
  query(sql: string, params?: readonly SqlValue[]): readonly SqlValue[][]
  /** Frees its memory. May be called twice. */
  close(): void
  [Symbol.dispose](): void
}

const defaultBytes = 256 * 1024 * 1024
const pageBytes = 4096
/** Events whose rows go in together, between which others have a turn. */
const batchSize = 500

/**
 * Builds a projection aside from one tenant's events up to a place; the live one is not touched. It is built in SQLite's
 * dialect whatever the store is on, so a definition with statements for PostgreSQL alone is refused.
 *
 * @throws KeelsonError `read_invalid`, `view_too_large`, and what the definition's handler throws.
 */
export async function projectAsOf(
  store: EventStore,
  definition: ProjectionDefinition,
  { tenantId, at, signal, maxBytes = defaultBytes }: ProjectAsOfOptions,
): Promise<ProjectionView> {
  const view = new View(definition, maxBytes)
  try {
    let batch: RecordedEvent[] = []
    const query = { tenantId, at, ...(signal === undefined ? {} : { signal }) }
    for await (const event of readAsOf(store, query)) {
      batch.push(event)
      if (batch.length < batchSize) continue
      view.add(batch)
      batch = []
    }
    view.add(batch)
    signal?.throwIfAborted()
    view.finish()
    return view
  } catch (error) {
    view.close()
    throw error
  }
}

class View implements ProjectionView {
  readonly #definition: ProjectionDefinition
  readonly #database = new DatabaseSync(':memory:')
  readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  position = 0
  events = 0

  constructor(definition: ProjectionDefinition, maxBytes: number) {
    this.#definition = definition
    this.#database.exec(`PRAGMA page_size = ${pageBytes}`)
    this.#database.exec(`PRAGMA max_page_count = ${Math.max(16, Math.floor(maxBytes / pageBytes))}`)
    const { schema } = definition
    for (const statement of 'sqlite' in schema ? schema.sqlite : schema)
      this.#guard(() => this.#database.exec(statement))
  }

  add(events: readonly RecordedEvent[]): void {
    if (events.length === 0) return
    const { unit, parts } = collectUnit('sqlite')
    for (const event of events) this.#definition.handle(event, unit)
    const { statements = [], ...others } = parts()
    if (Object.values(others).some(part => part.length > 0))
      throw new KeelsonError('read_invalid', `${this.#definition.name} writes more than rows`)
    this.#guard(() => {
      this.#database.exec('BEGIN')
      for (const statement of statements) this.#run(statement)
      this.#database.exec('COMMIT')
    })
    this.events += events.length
    this.position = events.at(-1)?.position ?? this.position
  }

  /** From here on it is only read. */
  finish(): void {
    this.#statements.clear()
    this.#database.exec('PRAGMA query_only = ON')
  }

  query(sql: string, params: readonly SqlValue[] = []): readonly SqlValue[][] {
    return this.#guard(() => {
      const statement = this.#database.prepare(sql)
      statement.setReturnArrays(true)
      statement.setReadBigInts(true)
      const rows = statement.all(...params) as readonly unknown[] as readonly SqlValue[][]
      return rows.map(row => row.map(small))
    })
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #run({ sql, params }: Statement): void {
    let prepared = this.#statements.get(sql)
    if (prepared === undefined) {
      prepared = this.#database.prepare(sql)
      // What is written with its values in it would be kept for nothing.
      if (this.#statements.size < 100) this.#statements.set(sql, prepared)
    }
    prepared.run(...params)
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (message.includes('database or disk is full')) throw new KeelsonError('view_too_large')
      throw new KeelsonError('read_invalid', `${this.#definition.name}: ${message}`, {}, error)
    }
  }
}

/** Whole numbers as numbers where they are safe, as stores give them. */
const small = (value: SqlValue): SqlValue =>
  typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
