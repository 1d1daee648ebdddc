CREATE TABLE checkpoint (
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE commit_mark (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  writer TEXT NOT NULL,
  number INTEGER NOT NULL
) STRICT;

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

CREATE TABLE event (
  position INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL REFERENCES tenant (id),
  sequence INTEGER NOT NULL,
  stream INTEGER NOT NULL REFERENCES stream (id),
  version INTEGER NOT NULL,
  type INTEGER NOT NULL REFERENCES event_type (id),
  -- Which members of the envelope Keelson filled in (a bit set); a repeated event is compared without them.
  filled INTEGER NOT NULL,
  leaf TEXT NOT NULL,
  leaf_hash TEXT NOT NULL,
  blind BLOB NOT NULL,
  body TEXT NOT NULL
, state INTEGER NOT NULL DEFAULT 0, secrets TEXT NOT NULL DEFAULT '') STRICT;

CREATE UNIQUE INDEX event_by_stream ON event (stream, version);

CREATE INDEX event_by_tenant ON event (tenant);

CREATE INDEX event_by_type ON event (tenant, type);

CREATE TABLE event_id (
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_link (
  tenant INTEGER NOT NULL,
  link TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant, link, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_type (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
, topic TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE idempotency_key (
  tenant INTEGER NOT NULL,
  key TEXT NOT NULL,
  first_position INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE stream (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL REFERENCES tenant (id),
  name TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 0, state INTEGER NOT NULL DEFAULT 0,
  UNIQUE (tenant, name)
) STRICT;

CREATE TABLE tenant (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  -- Number of leaves in the tenant's log: the next leaf's n.
  size INTEGER NOT NULL DEFAULT 0,
  -- Hash and time of the newest leaf, so that an append reads one row.
  head_hash TEXT NOT NULL,
  head_time INTEGER NOT NULL DEFAULT 0,
  head_position INTEGER NOT NULL DEFAULT 0
, deleted_at INTEGER) STRICT;
