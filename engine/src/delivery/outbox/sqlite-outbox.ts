import { randomUUID } from 'node:crypto'
import { KeelsonError } from '../../core/index.ts'
import type { Alarm } from '../../transport/index.ts'
import { systemAlarm } from '../../transport/index.ts'
import type { DeadOutboxRow, OutboxRow } from './outbox-row.ts'
import type { OutboxTable } from './outbox-schema.ts'
import { tablesOf } from './outbox-schema.ts'
import type {
  DeadOutboxQuery,
  OutboxBacklog,
  OutboxLead,
  OutboxSource,
  ReadRows,
  RefusedRow,
} from './outbox-source.ts'
import { largestStep, mostCounted, pageOf } from './outbox-source.ts'

/** The shape of `node:sqlite`'s `DatabaseSync`. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): {
    all(...params: (string | number)[]): readonly unknown[]
    run(...params: (string | number)[]): { readonly changes: number | bigint }
  }
}

export interface SqliteOutboxOptions extends OutboxTable {
  /** A connection of the relay's own: the product's may be within a transaction. It stays open. */
  readonly database: SqliteDatabase
  /** Milliseconds after which a relay that gives no sign is followed by another; default 10,000. */
  readonly leaseTime?: number
  readonly alarm?: Alarm
}

/** Milliseconds before the lease is asked for again that another has. */
const retryEvery = 500

/** The outbox of a product's SQLite file. Its statements run in the caller's thread, a batch at a time. */
export class SqliteOutbox implements OutboxSource {
  readonly partitions = 1
  readonly #tools: SqliteTools

  /** @throws KeelsonError `outbox_invalid`. */
  constructor({ database, leaseTime = 10_000, alarm = systemAlarm, ...table }: SqliteOutboxOptions) {
    this.#tools = { database, leaseTime, alarm, tables: tablesOf('sqlite', table) }
  }

  async lead(_: number, signal: AbortSignal): Promise<OutboxLead> {
    const lead = new SqliteLead(this.#tools)
    while (!lead.take()) {
      await this.#tools.alarm.wait(retryEvery, signal)
      signal.throwIfAborted()
    }
    return lead
  }

  async backlog(): Promise<OutboxBacklog> {
    const { database, tables } = this.#tools
    const count = (table: string) => `(SELECT count(*) FROM (SELECT 1 FROM ${table} LIMIT ${mostCounted}))`
    const first = `(SELECT (unixepoch('subsec') * 1000 - createdat) / 1000.0 FROM ${tables.outbox} ORDER BY position LIMIT 1)`
    const sql = `SELECT ${count(tables.outbox)} AS rows, ${count(tables.dead)} AS dead, ${first} AS lag`
    const [found] = database.prepare(sql).all()
    const { rows, dead, lag } = found as { rows: number; dead: number; lag: number | null }
    return { rows, dead, lagSeconds: Math.max(0, lag ?? 0) }
  }

  async listDead(query: DeadOutboxQuery = {}): Promise<readonly DeadOutboxRow[]> {
    const { database, tables } = this.#tools
    const { after, limit } = pageOf(query)
    const own = query.tenantId === undefined ? '' : 'AND tenantid = ?'
    const sql = `SELECT * FROM ${tables.dead} WHERE position > ? ${own} ORDER BY position LIMIT ${limit}`
    const params = query.tenantId === undefined ? [after] : [after, query.tenantId]
    return database.prepare(sql).all(...params) as readonly DeadOutboxRow[]
  }

  async replayDead(positions: readonly number[]): Promise<number> {
    const { tables } = this.#tools
    const columns = rowColumns
    return this.#changeDead(
      positions,
      `INSERT INTO ${tables.outbox} (${columns}) SELECT ${columns} FROM ${tables.dead} WHERE ${listed}`,
    )
  }

  async discardDead(positions: readonly number[]): Promise<number> {
    return this.#changeDead(positions)
  }

  /** Runs the statement for the positions, if there is one, and then they are gone. */
  #changeDead(positions: readonly number[], first?: string): number {
    const { database, tables } = this.#tools
    const list = JSON.stringify(positions.slice(0, largestStep))
    return transact(database, () => {
      if (first !== undefined) database.prepare(first).run(list)
      return Number(database.prepare(`DELETE FROM ${tables.dead} WHERE ${listed}`).run(list).changes)
    })
  }
}

const rowColumns =
  'position, id, aggregatetype, aggregateid, type, payload, tenantid, occurredat, headers, createdat'
const listed = 'position IN (SELECT value FROM json_each(?))'
const key = 'tenantid || char(31) || aggregatetype || char(31) || aggregateid'

interface SqliteTools {
  readonly database: SqliteDatabase
  readonly leaseTime: number
  readonly alarm: Alarm
  readonly tables: ReturnType<typeof tablesOf>
}

/** All in one, or nothing of it. */
function transact<Result>(database: SqliteDatabase, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

/** Leads as long as its row in the lease table is its own, which each step asks in the step's own transaction. */
class SqliteLead implements OutboxLead {
  readonly #tools: SqliteTools
  readonly #owner = randomUUID()

  constructor(tools: SqliteTools) {
    this.#tools = tools
  }

  /** Whether the lease is ours now. */
  take(): boolean {
    const { database, tables } = this.#tools
    const now = this.#tools.alarm.now()
    const sql = `INSERT INTO ${tables.lease} (only, owner, until) VALUES (1, ?1, ?2)
      ON CONFLICT DO UPDATE SET owner = ?1, until = ?2 WHERE owner = ?1 OR until < ?3`
    const { changes } = database.prepare(sql).run(this.#owner, now + this.#tools.leaseTime, now)
    return Number(changes) === 1
  }

  async read({ limit, after, except, isHolding }: ReadRows): Promise<readonly OutboxRow[]> {
    const { database, tables } = this.#tools
    if (!this.take()) throw new KeelsonError('outbox_overtaken')
    const free = except.length === 0 ? '' : `AND ${key} NOT IN (SELECT value FROM json_each(?))`
    const held = isHolding ? `AND NOT EXISTS (${heldBy(tables.dead)})` : ''
    const sql = `SELECT ${rowColumns} FROM ${tables.outbox} AS own
      WHERE position > ? ${free} ${held} ORDER BY position LIMIT ?`
    const params = except.length === 0 ? [after, limit] : [after, JSON.stringify(except), limit]
    return database.prepare(sql).all(...params) as readonly OutboxRow[]
  }

  async remove(positions: readonly number[]): Promise<void> {
    const { database, tables } = this.#tools
    this.#step(() => {
      database.prepare(`DELETE FROM ${tables.outbox} WHERE ${listed}`).run(JSON.stringify(positions))
    })
  }

  async setAside(rows: readonly RefusedRow[]): Promise<void> {
    const { database, tables } = this.#tools
    this.#step(() => {
      const copy = database.prepare(
        `INSERT INTO ${tables.dead} (${rowColumns}, errorcode, errormessage, attempts)
         SELECT ${rowColumns}, ?, ?, ? FROM ${tables.outbox} WHERE position = ? ON CONFLICT DO NOTHING`,
      )
      const remove = database.prepare(`DELETE FROM ${tables.outbox} WHERE position = ?`)
      for (const { position, code, message, attempts } of rows) {
        copy.run(code, message, attempts, position)
        remove.run(position)
      }
    })
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return this.#tools.alarm.wait(milliseconds, signal)
  }

  async close(): Promise<void> {
    const { database, tables } = this.#tools
    database.prepare(`DELETE FROM ${tables.lease} WHERE owner = ?`).run(this.#owner)
  }

  #step(work: () => void): void {
    transact(this.#tools.database, () => {
      if (!this.take()) throw new KeelsonError('outbox_overtaken')
      work()
    })
  }
}

const heldBy = (dead: string): string => `SELECT 1 FROM ${dead} AS other WHERE other.tenantid = own.tenantid
  AND other.aggregatetype = own.aggregatetype AND other.aggregateid = own.aggregateid`
