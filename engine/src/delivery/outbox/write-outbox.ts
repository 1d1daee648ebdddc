import { randomUUID } from 'node:crypto'
import type { Clock, CompleteEvent, JsonObject, JsonValue } from '../../core/index.ts'
import {
  canonicalJson,
  completeEvent,
  createIdSource,
  currentContext,
  isJsonObject,
  KeelsonError,
  systemClock,
} from '../../core/index.ts'
import { toRow } from './outbox-row.ts'
import type { OutboxDialect, OutboxTable } from './outbox-schema.ts'
import { tablesOf } from './outbox-schema.ts'
import type { OutboxTransaction } from './outbox-transaction.ts'

export interface WriteOutboxOptions extends OutboxTable {
  /** Of events that name none; default that of the current context. */
  readonly tenantId?: string
  /** Source of events that name none; default `outbox`. */
  readonly source?: string
  /** Asked for each event before anything is written, such as a catalogue's validation; what it throws is thrown. */
  readonly check?: (event: CompleteEvent) => void
  /**
   * PostgreSQL: whether transactions that write about one aggregate wait for each other, so that its rows stand in the
   * order of their commits; default true. Not needed where each of them locks the aggregate's own row first, or for
   * loads of many thousand aggregates in one transaction.
   */
  readonly keepsOrder?: boolean
  /** PostgreSQL: whether the relay is told at the commit, in place of at its next look; default false. */
  readonly notifies?: boolean
  readonly clock?: Clock
}

/** The shape of `node:sqlite`'s `DatabaseSync`. */
export interface SyncDatabase {
  prepare(sql: string): { run(...params: (string | null)[]): unknown }
}

/**
 * Writes events to the outbox table within a transaction of the product: they are published if, and only if, it commits.
 * Each is an envelope as `publish` takes it, with an `aggregateType` and `aggregateId`; gives their ids. Trace and
 * correlation are those of the current context.
 *
 * @throws KeelsonError `envelope_invalid`, `outbox_invalid` and the like; nothing is written then.
 */
export async function writeOutbox(
  transaction: OutboxTransaction,
  events: JsonObject | readonly JsonObject[],
  options: WriteOutboxOptions = {},
): Promise<readonly string[]> {
  const { dialect } = transaction
  const { ids, statements } = prepare(dialect, events, options)
  for (const { sql, params } of statements) await transaction.run(sql, params)
  return ids
}

/** As `writeOutbox`, on a connection of `node:sqlite`, whose transactions end before anybody else has a turn. */
export function writeOutboxSync(
  database: SyncDatabase,
  events: JsonObject | readonly JsonObject[],
  options: WriteOutboxOptions = {},
): readonly string[] {
  const { ids, statements } = prepare('sqlite', events, options)
  for (const { sql, params } of statements) database.prepare(sql).run(...params)
  return ids
}

interface OutboxStatement {
  readonly sql: string
  readonly params: readonly (string | null)[]
}

function prepare(
  dialect: OutboxDialect,
  events: JsonObject | readonly JsonObject[],
  options: WriteOutboxOptions,
): { readonly ids: readonly string[]; readonly statements: readonly OutboxStatement[] } {
  const list = Array.isArray(events) ? (events as readonly JsonObject[]) : [events as JsonObject]
  const rows = list.map(event => toRow(complete(dialect, event, options).envelope))
  const ids = rows.map(({ id }) => id)
  if (rows.length === 0) return { ids, statements: [] }
  if (dialect === 'postgres') return { ids, statements: [insertIntoPostgres(rows, options)] }
  const { outbox } = tablesOf(dialect, options)
  const sql = `INSERT INTO ${outbox} (id, aggregatetype, aggregateid, type, payload, tenantid, occurredat, headers) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
  const statements = rows.map(row => ({
    sql,
    params: [
      row.id,
      row.aggregatetype,
      row.aggregateid,
      row.type,
      row.payload,
      row.tenantid,
      row.occurredat,
      row.headers,
    ],
  }))
  return { ids, statements }
}

const largestEvent = 256 * 1024
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** U+0000 as JSON writes it, which `jsonb` has no form for. */
const nul = /(?<!\\)(?:\\\\)*\\u0000/

function complete(dialect: OutboxDialect, event: JsonObject, options: WriteOutboxOptions): CompleteEvent {
  const { clock = systemClock, source = 'outbox', check } = options
  if (!isJsonObject(event)) throw refuse('', 'is not an object')
  const given = event['eventId'] === undefined ? { ...event, eventId: randomUUID() } : event
  const tenantId = tenantOf(event, options)
  const ids = createIdSource(clock)
  const completed = completeEvent(given, { tenantId, ids, now: clock.now(), source })
  // As the log will have it: what it refuses is refused here, where the transaction can still do otherwise.
  const text = canonicalJson({ ...completed.envelope } as JsonValue)
  if (Buffer.byteLength(text) > largestEvent)
    throw new KeelsonError('event_too_large', `An event has at most ${largestEvent} bytes`)
  if (dialect === 'postgres') {
    if (!uuid.test(completed.envelope.eventId)) throw refuse('/eventId', 'must be a UUID in small letters')
    if (nul.test(text))
      throw refuse('/payload', 'must not have the character U+0000, which jsonb cannot hold')
  }
  check?.(completed)
  return completed
}

function tenantOf(event: JsonObject, { tenantId = currentContext().tenantId }: WriteOutboxOptions): string {
  const own = event['tenantId']
  if (typeof own === 'string') return own
  if (tenantId !== undefined) return tenantId
  throw refuse('/tenantId', 'is missing, and there is no context of a tenant')
}

const refuse = (pointer: string, message: string): KeelsonError =>
  new KeelsonError('outbox_invalid', `The event: ${pointer} ${message}`, { faults: [{ pointer, message }] })

/** One statement and one parameter for any number of rows; positions are given after the locks are held. */
function insertIntoPostgres(
  rows: readonly Readonly<Record<string, string | null>>[],
  options: WriteOutboxOptions,
): OutboxStatement {
  const { keepsOrder = true, notifies = false } = options
  const { outbox, channel } = tablesOf('postgres', options)
  const key = `tenantid || chr(31) || aggregatetype || chr(31) || aggregateid`
  const locked = `locked AS MATERIALIZED (
  SELECT count(pg_advisory_xact_lock(key)) FROM (
    SELECT DISTINCT hashtextextended('${outbox}' || chr(31) || ${key}, 0) AS key FROM event ORDER BY key
  ) AS keys
)`
  const notified = `notified AS MATERIALIZED (SELECT count(pg_notify('${channel}', '')))`
  const parts = [...(keepsOrder ? [locked] : []), ...(notifies ? [notified] : [])]
  const names = [...(keepsOrder ? ['locked'] : []), ...(notifies ? ['notified'] : [])]
  const sql = `WITH event AS MATERIALIZED (
  SELECT value ->> 'id' AS id, value ->> 'aggregatetype' AS aggregatetype, value ->> 'aggregateid' AS aggregateid,
    value ->> 'type' AS type, value ->> 'payload' AS payload, value ->> 'tenantid' AS tenantid,
    value ->> 'occurredat' AS occurredat, value ->> 'headers' AS headers, at
  FROM json_array_elements($1::json) WITH ORDINALITY AS list(value, at)
)${parts.map(part => `, ${part}`).join('')}
INSERT INTO ${outbox} (id, aggregatetype, aggregateid, type, payload, tenantid, occurredat, headers)
SELECT id::uuid, aggregatetype, aggregateid, type, payload::jsonb, tenantid, occurredat, headers::jsonb
FROM event${names.map(name => `, ${name}`).join('')} ORDER BY at`
  return { sql, params: [JSON.stringify(rows)] }
}
