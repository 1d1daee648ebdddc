-- Closed streams, archived and removed bodies, what events are found by, documents, deleted tenants.

-- 0 present, 1 archived, 2 removed, 3 of a deleted tenant; blind and body are empty unless 0.
ALTER TABLE event ADD COLUMN state INTEGER NOT NULL DEFAULT 0;

-- 0 open, 1 sealed, 2 tombstoned.
ALTER TABLE stream ADD COLUMN state INTEGER NOT NULL DEFAULT 0;

-- As the catalogue had it at the newest append of the type.
ALTER TABLE event_type ADD COLUMN topic TEXT NOT NULL DEFAULT '';

-- When the tenant was deleted, in milliseconds since the epoch; its name is then free again.
ALTER TABLE tenant ADD COLUMN deleted_at INTEGER;

-- Ends in the position by nature of a rowid table.
CREATE INDEX event_by_type ON event (tenant, type);

-- Tags (t:), correlation (c:, unless it is the event's own id) and causation (k:).
CREATE TABLE event_link (
  tenant INTEGER NOT NULL,
  link TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant, link, position)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO event_link (tenant, link, position)
SELECT tenant, 'c:' || (body ->> '$.correlationId'), position FROM event
WHERE body ->> '$.correlationId' <> body ->> '$.eventId'
UNION ALL
SELECT tenant, 'k:' || (body ->> '$.causationId'), position FROM event
WHERE body ->> '$.causationId' IS NOT NULL
UNION ALL
SELECT e.tenant, 't:' || tag.value, e.position FROM event e, json_each(e.body, '$.metadata.tags') AS tag
WHERE json_type(e.body, '$.metadata.tags') = 'array'
  AND NOT EXISTS (SELECT 1 FROM json_each(e.body, '$.metadata.tags') WHERE type <> 'text');

-- Small records that change in one transaction with the log: snapshots, timers, metadata, messages.
CREATE TABLE document (
  tenant TEXT NOT NULL,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  due INTEGER,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant, collection, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX document_by_due ON document (collection, due) WHERE due IS NOT NULL;
