import type { ProjectionDefinition, RecordedEvent, SqlValue, Unit } from 'keelson'
import { defineProjection, isJsonObject } from 'keelson'
import { toAuditView } from '../audit-view.ts'
import { sortableTime } from '../search/sortable-time.ts'
import { storable, wordsOf } from '../words/lexemes.ts'
import { searchText } from '../words/search-text.ts'
import { forgetRows, removePositions, removeStream } from './forget-rows.ts'
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
  forgetEvents: removePositions,
})

type Row = Readonly<Record<string, SqlValue>>

/** The event's row, and the words that it is found by. */
function toRow(event: RecordedEvent): { row: Row; text: string } {
  const view = toAuditView(event)
  const { envelope } = event
  const row = {
    position: event.position,
    tenant: event.tenantId,
    event_id: event.eventId,
    type: event.eventType,
    source: envelope.source,
    stream: event.stream,
    correlation_id: envelope.correlationId,
    occurred_at: sortableTime(envelope.occurredAt),
    actor_type: view.actor?.type ?? null,
    actor_id: view.actor?.id ?? null,
    actor_name: view.actor?.name ?? null,
    action: view.action,
    resource_type: view.resource?.type ?? null,
    resource_id: view.resource?.id ?? null,
    resource_name: view.resource?.name ?? null,
    outcome: view.outcome,
  }
  return { row, text: searchText(view, event.eventType, envelope.payload) }
}

function addToSqlite(event: RecordedEvent, unit: Unit): void {
  const { row, text } = toRow(event)
  unit.insert('audit_event', row)
  unit.insert('audit_text', { rowid: event.position, tenant: event.tenantId, text })
}

function addToPostgres(event: RecordedEvent, unit: Unit): void {
  const { row, text } = toRow(event)
  const stored: Row = Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === 'string' ? storable(value) : value,
    ]),
  )
  unit.insert('audit_event', stored)
  unit.insert('audit_text', {
    tenant: event.tenantId,
    position: event.position,
    occurred_at: stored['occurred_at'] as string,
    words: wordsOf(event.tenantId, text, column => stored[column] as string | null),
  })
}

/** A stream that was deleted is not found any more; its events' rows go when the log says so. */
function tombstonedStream({ eventType, envelope }: RecordedEvent): string | undefined {
  if (eventType !== 'EventStreamTombstoned' || !isJsonObject(envelope.payload)) return undefined
  const { streamId } = envelope.payload
  return typeof streamId === 'string' ? streamId : undefined
}
