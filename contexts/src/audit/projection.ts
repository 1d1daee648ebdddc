import type { ProjectionDefinition, SqlValue } from 'keelson'
import { defineProjection } from 'keelson'
import { toAuditView } from './audit-view.ts'
import { searchText } from './search-text.ts'

/** Each index ends in the rowid, the position, so that a filtered page comes out in order without sorting. */
const indexed = ['type', 'actor_id', 'actor_name', 'action', 'resource_id', 'occurred_at', 'correlation_id']

const insertRow = `INSERT INTO audit_event (position, tenant, event_id, type, source, stream, correlation_id,
  occurred_at, actor_type, actor_id, actor_name, action, resource_type, resource_id, resource_name, outcome)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const insertText = 'INSERT INTO audit_text (rowid, tenant, text) VALUES (?, ?, ?)'

/** Every event of the log as a row of the audit trail, to be found by its columns and by its words. */
export const AuditEventProjection: ProjectionDefinition = defineProjection({
  name: 'AuditEventProjection',
  version: 1,
  schema: [
    `CREATE TABLE IF NOT EXISTS audit_event (
      position INTEGER PRIMARY KEY,
      tenant TEXT NOT NULL,
      event_id TEXT NOT NULL,
      type TEXT NOT NULL,
      source TEXT NOT NULL,
      stream TEXT NOT NULL,
      correlation_id TEXT NOT NULL,
      -- UTC with a fixed number of digits, so that text order is time order.
      occurred_at TEXT NOT NULL,
      actor_type TEXT,
      actor_id TEXT,
      actor_name TEXT,
      action TEXT NOT NULL,
      resource_type TEXT,
      resource_id TEXT,
      resource_name TEXT,
      outcome TEXT NOT NULL
    ) STRICT`,
    'CREATE INDEX IF NOT EXISTS audit_event_tenant ON audit_event (tenant)',
    ...indexed.map(
      column => `CREATE INDEX IF NOT EXISTS audit_event_${column} ON audit_event (tenant, ${column})`,
    ),
    `CREATE VIRTUAL TABLE IF NOT EXISTS audit_text USING fts5 (
      tenant, text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
    )`,
  ],
  handle(event, unit) {
    const view = toAuditView(event)
    const { envelope } = event
    const row: SqlValue[] = [
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
    unit.write(insertRow, row)
    unit.write(insertText, [
      event.position,
      event.tenantId,
      searchText(view, event.eventType, envelope.payload),
    ])
  },
})

/** A UTC time with nine digits of fraction: `2026-06-11T09:00:01Z` → `2026-06-11T09:00:01.000000000Z`. */
export function sortableTime(utc: string): string {
  const [seconds, fraction = ''] = utc.slice(0, -1).split('.')
  return `${seconds}.${fraction.padEnd(9, '0')}Z`
}
