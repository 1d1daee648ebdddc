import { KeelsonError } from '../../core/index.ts'
import type { Alarm } from '../../transport/index.ts'
import type { OutboxRow } from './outbox-row.ts'
import type { tablesOf } from './outbox-schema.ts'
import type { OutboxLead, ReadRows, RefusedRow } from './outbox-source.ts'
import { insertedColumns, outboxRow, rowSelect } from './postgres-columns.ts'
import type { OutboxClient } from './postgres-pool.ts'

export interface PostgresLeadTools {
  readonly tables: ReturnType<typeof tablesOf>
  readonly partition: number
  readonly partitions: number
  readonly answerWithin: number
  readonly alarm: Alarm
}

const key = 'tenantid || chr(31) || aggregatetype || chr(31) || aggregateid'

/**
 * Leads as long as its connection holds the partition's advisory lock. All that it does to the table goes through that
 * connection: with the lock, the means to remove rows are lost.
 */
export class PostgresLead implements OutboxLead {
  readonly #client: OutboxClient
  readonly #tools: PostgresLeadTools
  readonly #lost = new AbortController()
  #wake: () => void = () => undefined
  #isClosed = false
  #isTold = false

  constructor(client: OutboxClient, tools: PostgresLeadTools) {
    this.#client = client
    this.#tools = tools
    client.on('error', this.#onError)
    client.on('notification', this.#onNotification)
  }

  readonly #onError = (error: Error): void => {
    this.#lost.abort(new KeelsonError('outbox_overtaken', undefined, {}, error))
    this.#wake()
  }

  readonly #onNotification = (): void => {
    this.#isTold = true
    this.#wake()
  }

  /** Whether the lock is ours now. */
  async take(): Promise<boolean> {
    const { tables, partition } = this.#tools
    const sql = `SELECT pg_try_advisory_lock(hashtext($1), $2) AS taken`
    const [found] = await this.#query(sql, [`keelson-outbox:${tables.outbox}`, partition])
    if (!(found as { taken: boolean }).taken) return false
    await this.#query(`LISTEN ${tables.channel}`)
    return true
  }

  async read({ limit, after, except, isHolding }: ReadRows): Promise<readonly OutboxRow[]> {
    const { tables, partition, partitions } = this.#tools
    this.#isTold = false
    const own =
      partitions === 1
        ? ''
        : `AND (hashtextextended(${key}, 0) & 9223372036854775807) % ${partitions} = ${partition}`
    const free = except.length === 0 ? '' : `AND ${key} <> ALL($3::text[])`
    const held = isHolding ? `AND NOT EXISTS (${heldBy(tables.dead)})` : ''
    const sql = `SELECT ${rowSelect} FROM ${tables.outbox} AS own
      WHERE own.position > $1 ${own} ${free} ${held} ORDER BY own.position LIMIT $2`
    const rows = await this.#query(sql, except.length === 0 ? [after, limit] : [after, limit, [...except]])
    return rows.map(outboxRow)
  }

  async remove(positions: readonly number[]): Promise<void> {
    const sql = `DELETE FROM ${this.#tools.tables.outbox} WHERE position = ANY($1::bigint[])`
    await this.#query(sql, [positions])
  }

  async setAside(rows: readonly RefusedRow[]): Promise<void> {
    const { outbox, dead } = this.#tools.tables
    const sql = `WITH why AS (
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::integer[]) AS list(place, code, message, tries)
      ), gone AS (DELETE FROM ${outbox} USING why WHERE position = place RETURNING ${outbox}.*, code, message, tries)
      INSERT INTO ${dead} (${insertedColumns}, errorcode, errormessage, attempts)
      SELECT ${insertedColumns}, code, message, tries FROM gone ON CONFLICT DO NOTHING`
    await this.#query(sql, [
      rows.map(({ position }) => position),
      rows.map(({ code }) => code),
      rows.map(({ message }) => message.replaceAll('\0', '')),
      rows.map(({ attempts }) => attempts),
    ])
  }

  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#isTold || this.#lost.signal.aborted) return
    const woken = new AbortController()
    const wake = () => woken.abort('something is there')
    this.#wake = wake
    signal.addEventListener('abort', wake, { once: true, signal: woken.signal })
    if (signal.aborted) return
    await this.#tools.alarm.wait(milliseconds, woken.signal)
    wake()
    this.#wake = () => undefined
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    // The session ends with its lock and its listening; a pool would hand it on with both.
    this.#client.release(true)
  }

  async #query(sql: string, params: unknown[] = []): Promise<readonly unknown[]> {
    this.#lost.signal.throwIfAborted()
    const answered = new AbortController()
    const { alarm, answerWithin } = this.#tools
    const late = alarm.wait(answerWithin, answered.signal).then(() => {
      const message = `The database has not answered for ${answerWithin} ms`
      if (!answered.signal.aborted) throw new KeelsonError('outbox_overtaken', message)
      return { rows: [] }
    })
    try {
      return (await Promise.race([this.#client.query(sql, params), late])).rows
    } catch (error) {
      this.#lost.abort(new KeelsonError('outbox_overtaken', undefined, {}, error))
      throw error
    } finally {
      answered.abort('answered')
    }
  }
}

const heldBy = (dead: string): string => `SELECT 1 FROM ${dead} AS other WHERE other.tenantid = own.tenantid
  AND other.aggregatetype = own.aggregatetype AND other.aggregateid = own.aggregateid`
