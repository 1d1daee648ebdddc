-- The log. Numbered files are applied in order, once, and never edited after a release.

CREATE TABLE tenant (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  -- Number of leaves in the tenant's log: the next leaf's n.
  size INTEGER NOT NULL DEFAULT 0,
  -- Hash and time of the newest leaf, so that an append reads one row.
  head_hash TEXT NOT NULL,
  head_time INTEGER NOT NULL DEFAULT 0,
  head_position INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE stream (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL REFERENCES tenant (id),
  name TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 0,
  UNIQUE (tenant, name)
) STRICT;

CREATE TABLE event_type (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- A rowid table keyed by position: appends go to the right edge of the tree.
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
) STRICT;

CREATE UNIQUE INDEX event_by_stream ON event (stream, version);
-- Ends in the position by nature of a rowid table, which is the order that a tenant's log is read in.
CREATE INDEX event_by_tenant ON event (tenant);

-- Ids stand in a narrow table of their own: an index of random ids on the big table would halve its write speed.
CREATE TABLE event_id (
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_key (
  tenant INTEGER NOT NULL,
  key TEXT NOT NULL,
  first_position INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
