import type { ProjectionDefinition, RecordedEvent, SqlValue, Unit } from 'keelson'
import { defineProjection, isJsonObject } from 'keelson'
import { toAuditView } from '../audit-view.ts'
import { storable, wordsOf } from '../search/lexemes.ts'
import { searchText } from '../search/search-text.ts'
import { sortableTime } from '../search/sortable-time.ts'
import { forgetRows, removeStream } from './forget-rows.ts'
import { postgresSchema } from './postgres-schema.ts'
import { sqliteSchema } from './sqlite-schema.ts'

/** Every event of the log as a row of the audit trail, to be found by its columns and by its words. */
export const AuditEventProjection: ProjectionDefinition = defineProjection({
  name: 'AuditEventProjection',
  version: 1,
  schema: { sqlite: sqliteSchema, postgres: postgresSchema },
  handle(event, unit) {
    if (unit.dialect === 'postgres') addToPostgres(event, unit)
    else addToSqlite(event, unit)
    const stream = tombstonedStream(event)
    if (stream !== undefined) unit.add({ statements: removeStream(event.tenantId, stream, unit.dialect) })
  },
  forget: forgetRows,
})

const columns = [
  'position',
  'tenant',
  'event_id',
  'type',
  'source',
  'stream',
  'correlation_id',
  'occurred_at',
  'actor_type',
  'actor_id',
  'actor_name',
  'action',
  'resource_type',
  'resource_id',
  'resource_name',
  'outcome',
]
const insertRow = `INSERT INTO audit_event (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`

/** The row's values in the order of the columns, and the words that it is found by. */
function toRow(event: RecordedEvent): { row: SqlValue[]; text: string } {
  const view = toAuditView(event)
  const { envelope } = event
  const row = [
    event.position,
    event.tenantId,
    event.eventId,
    event.eventType,
    envelope.source,
    event.stream,
    envelope.correlationId,
    sortableTime(envelope.occurredAt),
    view.actor?.type ?? null,
    view.actor?.id ?? null,
    view.actor?.name ?? null,
    view.action,
    view.resource?.type ?? null,
    view.resource?.id ?? null,
    view.resource?.name ?? null,
    view.outcome,
  ]
  return { row, text: searchText(view, event.eventType, envelope.payload) }
}

function addToSqlite(event: RecordedEvent, unit: Unit): void {
  const { row, text } = toRow(event)
  unit.write(insertRow, row)
  unit.write('INSERT INTO audit_text (rowid, tenant, text) VALUES (?, ?, ?)', [
    event.position,
    event.tenantId,
    text,
  ])
}

function addToPostgres(event: RecordedEvent, unit: Unit): void {
  const { row, text } = toRow(event)
  const stored = row.map(value => (typeof value === 'string' ? storable(value) : value))
  unit.write(insertRow, stored)
  const cell = (column: string) => stored[columns.indexOf(column)] as string | null
  unit.write('INSERT INTO audit_text (tenant, position, occurred_at, words) VALUES (?, ?, ?, ?)', [
    event.tenantId,
    event.position,
    cell('occurred_at'),
    wordsOf(event.tenantId, text, cell),
  ])
}

/** A stream that was deleted is not found any more; its events' rows go when the log says so. */
function tombstonedStream({ eventType, envelope }: RecordedEvent): string | undefined {
  if (eventType !== 'EventStreamTombstoned' || !isJsonObject(envelope.payload)) return undefined
  const { streamId } = envelope.payload
  return typeof streamId === 'string' ? streamId : undefined
}
