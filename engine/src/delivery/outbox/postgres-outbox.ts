import { KeelsonError } from '../../core/index.ts'
import type { Alarm } from '../../transport/index.ts'
import { systemAlarm } from '../../transport/index.ts'
import type { DeadOutboxRow } from './outbox-row.ts'
import type { OutboxTable } from './outbox-schema.ts'
import { tablesOf } from './outbox-schema.ts'
import type { DeadOutboxQuery, OutboxBacklog, OutboxLead, OutboxSource } from './outbox-source.ts'
import { largestStep, mostCounted, pageOf } from './outbox-source.ts'
import { deadRow, insertedColumns, rowSelect } from './postgres-columns.ts'
import { PostgresLead } from './postgres-lead.ts'
import type { OutboxPool } from './postgres-pool.ts'
import { connectTo } from './postgres-pool.ts'

export interface PostgresOutboxOptions extends OutboxTable {
  /**
   * Each partition that is led takes one connection for as long, which holds its lock. Connections must lead to the server
   * itself, or to a pooler that keeps sessions.
   */
  readonly pool: OutboxPool
  /** 1 to 64, the same for every relay of the table; default 1. */
  readonly partitions?: number
  /** Milliseconds that the database has for an answer before the connection counts as lost; default 30,000. */
  readonly answerWithin?: number
  readonly alarm?: Alarm
}

/** Milliseconds before the lock is asked for again that another has. */
const retryEvery = 1_000

/** The outbox of a product's PostgreSQL database. */
export class PostgresOutbox implements OutboxSource {
  readonly partitions: number
  readonly #options: PostgresOutboxOptions
  readonly #tables: ReturnType<typeof tablesOf>
  readonly #alarm: Alarm

  /** @throws KeelsonError `outbox_invalid`. */
  constructor(options: PostgresOutboxOptions) {
    const { partitions = 1, alarm = systemAlarm } = options
    if (!Number.isInteger(partitions) || partitions < 1 || partitions > 64)
      throw new KeelsonError('outbox_invalid', 'An outbox has 1 to 64 partitions')
    this.#options = options
    this.#tables = tablesOf('postgres', options)
    this.#alarm = alarm
    this.partitions = partitions
  }

  async lead(partition: number, signal: AbortSignal): Promise<OutboxLead> {
    for (;;) {
      signal.throwIfAborted()
      const lead = await this.#tryLead(partition)
      if (lead !== undefined) return lead
      await this.#alarm.wait(retryEvery, signal)
    }
  }

  async #tryLead(partition: number): Promise<OutboxLead | undefined> {
    const { pool, answerWithin = 30_000 } = this.#options
    const client = await connectTo(pool)
    const lead = new PostgresLead(client, {
      tables: this.#tables,
      partition,
      partitions: this.partitions,
      answerWithin,
      alarm: this.#alarm,
    })
    try {
      if (await lead.take()) return lead
      await lead.close()
      return undefined
    } catch (error) {
      await lead.close()
      throw error
    }
  }

  async backlog(): Promise<OutboxBacklog> {
    const { outbox, dead } = this.#tables
    const count = (table: string) =>
      `(SELECT count(*) FROM (SELECT 1 FROM ${table} LIMIT ${mostCounted}) AS counted)::integer`
    const first = `(SELECT extract(epoch FROM clock_timestamp() - createdat) FROM ${outbox} ORDER BY position LIMIT 1)`
    const [found] = await this.#rows(
      `SELECT ${count(outbox)} AS rows, ${count(dead)} AS dead, ${first}::float8 AS lag`,
    )
    const { rows, dead: aside, lag } = found as { rows: number; dead: number; lag: number | null }
    return { rows, dead: aside, lagSeconds: Math.max(0, lag ?? 0) }
  }

  async listDead(query: DeadOutboxQuery = {}): Promise<readonly DeadOutboxRow[]> {
    const { after, limit } = pageOf(query)
    const own = query.tenantId === undefined ? '' : 'AND tenantid = $3'
    const sql = `SELECT ${rowSelect}, errorcode, errormessage, attempts, (extract(epoch FROM diedat) * 1000)::float8 AS diedat
      FROM ${this.#tables.dead} WHERE position > $1 ${own} ORDER BY position LIMIT $2`
    const params = query.tenantId === undefined ? [after, limit] : [after, limit, query.tenantId]
    return (await this.#rows(sql, params)).map(deadRow)
  }

  async replayDead(positions: readonly number[]): Promise<number> {
    const { outbox, dead } = this.#tables
    const back = `INSERT INTO ${outbox} (${insertedColumns}) SELECT ${insertedColumns} FROM gone RETURNING 1`
    const sql = `WITH gone AS (DELETE FROM ${dead} WHERE position = ANY($1::bigint[]) RETURNING *), back AS (${back})
      SELECT count(*)::integer AS count FROM back`
    return this.#count(sql, positions)
  }

  async discardDead(positions: readonly number[]): Promise<number> {
    const sql = `WITH gone AS (DELETE FROM ${this.#tables.dead} WHERE position = ANY($1::bigint[]) RETURNING 1)
      SELECT count(*)::integer AS count FROM gone`
    return this.#count(sql, positions)
  }

  async #count(sql: string, positions: readonly number[]): Promise<number> {
    const [found] = await this.#rows(sql, [positions.slice(0, largestStep)])
    return (found as { count: number }).count
  }

  async #rows(sql: string, params: unknown[] = []): Promise<readonly unknown[]> {
    const client = await connectTo(this.#options.pool)
    try {
      const { rows } = await client.query(sql, params)
      client.release()
      return rows
    } catch (error) {
      client.release(true)
      throw error
    }
  }
}
