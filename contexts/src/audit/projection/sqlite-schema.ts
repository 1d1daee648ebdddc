/** Each index ends in the rowid, the position, so that a filtered page comes out in order without sorting. */
const indexed = [
  'type',
  'actor_id',
  'actor_name',
  'action',
  'resource_id',
  'occurred_at',
  'correlation_id',
  'stream',
]

/** Rows by position, which is one for all tenants, and the words of each in an index that keeps no text. */
export const sqliteSchema: readonly string[] = [
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
]
