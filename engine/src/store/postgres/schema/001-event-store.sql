-- The log and what stands beside it. Numbered files are applied in order, once, and never edited after a release.

CREATE TABLE keelson.schema_version (
  version integer PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT now()
);

-- What is fixed at the first start, one row.
CREATE TABLE keelson.store (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  shards integer NOT NULL CHECK (shards > 0),
  -- Positions that a partition of events has room for.
  partition_size bigint NOT NULL CHECK (partition_size > 0)
);

-- Whoever appends to a shard locks its row first and assigns positions from it, so that positions are given in the
-- order of commits and none is left out. The row is rewritten with each batch: room for that stays in its page.
CREATE TABLE keelson.log_head (
  shard integer PRIMARY KEY,
  position bigint NOT NULL DEFAULT 0,
  -- Random, another one with each change of what writers remember of the shard.
  mark bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

CREATE TABLE keelson.tenant (
  shard integer NOT NULL,
  -- Position of the tenant's first event, as the ids of streams and types are of theirs.
  id bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  -- Number of leaves in the tenant's log: the next leaf's n.
  size bigint NOT NULL,
  head_hash text NOT NULL,
  -- Milliseconds since the epoch, here and in all columns of times.
  head_time bigint NOT NULL,
  head_position bigint NOT NULL,
  -- A deleted tenant's name is free again.
  deleted_at bigint,
  PRIMARY KEY (shard, id)
) WITH (fillfactor = 50);

CREATE UNIQUE INDEX tenant_by_name ON keelson.tenant (name, shard);
CREATE INDEX tenant_by_deletion ON keelson.tenant (shard, id) WHERE deleted_at IS NOT NULL;

CREATE TABLE keelson.stream (
  shard integer NOT NULL,
  id bigint NOT NULL,
  tenant bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  -- 0 open, 1 sealed, 2 tombstoned.
  state smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (shard, id)
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX stream_by_name ON keelson.stream (shard, tenant, name);

CREATE TABLE keelson.event_type (
  shard integer NOT NULL,
  id bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  -- As the catalogue had it at the newest append of the type.
  topic text COLLATE "C" NOT NULL,
  PRIMARY KEY (shard, id)
);

CREATE UNIQUE INDEX event_type_by_name ON keelson.event_type (shard, name);

-- Bodies and leaves are text and not json: they are given back, and hashed, byte for byte.
CREATE TABLE keelson.event (
  shard integer NOT NULL,
  position bigint NOT NULL,
  tenant bigint NOT NULL,
  sequence bigint NOT NULL,
  stream bigint NOT NULL,
  version bigint NOT NULL,
  type bigint NOT NULL,
  -- Which members of the envelope Keelson filled in (a bit set); a repeated event is compared without them.
  filled integer NOT NULL,
  -- 0 present, 1 archived, 2 removed, 3 of a deleted tenant; blind and body are empty unless 0.
  state smallint NOT NULL DEFAULT 0,
  leaf text NOT NULL,
  leaf_hash text NOT NULL,
  blind bytea NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (shard, position)
) PARTITION BY LIST (shard);

-- Versions are kept dense by the lock on the shard's head; an index over partitions could not enforce it.
CREATE INDEX event_by_stream ON keelson.event (stream, version);
CREATE INDEX event_by_tenant ON keelson.event (tenant, position);
CREATE INDEX event_by_type ON keelson.event (tenant, type, position);

-- Ranges of positions that have a partition.
CREATE TABLE keelson.event_partition (
  shard integer NOT NULL,
  first_position bigint NOT NULL,
  last_position bigint NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (shard, first_position)
);

-- Ids stand in a narrow table of their own: an index of random ids on the big table would halve its write speed.
CREATE TABLE keelson.event_id (
  shard integer NOT NULL,
  tenant bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (shard, tenant, id)
);

-- Tags (t:), correlation (c:, unless it is the event's own id) and causation (k:).
CREATE TABLE keelson.event_link (
  shard integer NOT NULL,
  tenant bigint NOT NULL,
  link text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (shard, tenant, link, position)
);

CREATE TABLE keelson.idempotency_key (
  shard integer NOT NULL,
  tenant bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  first_position bigint NOT NULL,
  event_count integer NOT NULL,
  PRIMARY KEY (shard, tenant, key)
);

CREATE TABLE keelson.checkpoint (
  name text COLLATE "C" PRIMARY KEY,
  position bigint NOT NULL
) WITH (fillfactor = 50);

-- Small records that change in one transaction with the log: snapshots, timers, metadata, messages.
CREATE TABLE keelson.document (
  tenant text COLLATE "C" NOT NULL,
  collection text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  due bigint,
  value text NOT NULL,
  PRIMARY KEY (tenant, collection, id)
) WITH (fillfactor = 80);

CREATE INDEX document_by_due ON keelson.document (collection, due) WHERE due IS NOT NULL;

-- Tables, views and sequences that products defined, so that their privileges can be given again after a restore.
CREATE TABLE keelson.read_model (
  name text PRIMARY KEY
);

-- Digests of the statements that made them: who may not make any can tell by these that it was done.
CREATE TABLE keelson.definition (
  digest text PRIMARY KEY
);

-- Whose rows a transaction sees: those of one tenant, of all (*), or of none where it was not said. The setting
-- keelson.tenant is set for each transaction. Policies ask in a subquery, which is answered once a statement.
CREATE FUNCTION keelson.scope() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('keelson.tenant', true), '');

CREATE FUNCTION keelson.sees_all() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN current_setting('keelson.tenant', true) IS NOT DISTINCT FROM '*';

CREATE FUNCTION keelson.scope_shard() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT t.shard FROM keelson.tenant t WHERE t.name = keelson.scope());

CREATE FUNCTION keelson.scope_tenant() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT t.id FROM keelson.tenant t WHERE t.name = keelson.scope());

-- Changes whose rows the transaction sees. The functions below see all while they run: they are
-- the store's own, which writes the appends of many tenants in one call.
CREATE FUNCTION keelson.see(whose text) RETURNS text
LANGUAGE sql
RETURN set_config('keelson.tenant', whose, true);

CREATE FUNCTION keelson.see_all() RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  before text := keelson.scope();
BEGIN
  PERFORM keelson.see('*');
  RETURN before;
END $$;

ALTER TABLE keelson.tenant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE keelson.stream ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE keelson.event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE keelson.event_id ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE keelson.event_link ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE keelson.idempotency_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE keelson.document ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY by_tenant ON keelson.tenant
  USING ((SELECT keelson.sees_all()) OR name = (SELECT keelson.scope()));
CREATE POLICY by_tenant ON keelson.stream
  USING ((SELECT keelson.sees_all())
    OR (shard = (SELECT keelson.scope_shard()) AND tenant = (SELECT keelson.scope_tenant())));
CREATE POLICY by_tenant ON keelson.event
  USING ((SELECT keelson.sees_all())
    OR (shard = (SELECT keelson.scope_shard()) AND tenant = (SELECT keelson.scope_tenant())));
CREATE POLICY by_tenant ON keelson.event_id
  USING ((SELECT keelson.sees_all())
    OR (shard = (SELECT keelson.scope_shard()) AND tenant = (SELECT keelson.scope_tenant())));
CREATE POLICY by_tenant ON keelson.event_link
  USING ((SELECT keelson.sees_all())
    OR (shard = (SELECT keelson.scope_shard()) AND tenant = (SELECT keelson.scope_tenant())));
CREATE POLICY by_tenant ON keelson.idempotency_key
  USING ((SELECT keelson.sees_all())
    OR (shard = (SELECT keelson.scope_shard()) AND tenant = (SELECT keelson.scope_tenant())));
CREATE POLICY by_tenant ON keelson.document
  USING ((SELECT keelson.sees_all()) OR tenant = (SELECT keelson.scope()));

-- Puts a read model under the same rule; does nothing where it is already.
CREATE FUNCTION keelson.protect(of_table regclass, tenant_column text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE p.polrelid = of_table AND p.polname = 'keelson_by_tenant' AND c.relrowsecurity AND c.relforcerowsecurity
  ) THEN
    RETURN;
  END IF;
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', of_table);
  EXECUTE format('DROP POLICY IF EXISTS keelson_by_tenant ON %s', of_table);
  EXECUTE format(
    'CREATE POLICY keelson_by_tenant ON %s USING ((SELECT keelson.sees_all()) OR %I = (SELECT keelson.scope()))',
    of_table, tenant_column);
END $$;

-- Puts a part of the table of events under the rule of the whole: a dump reads the parts one by one.
CREATE FUNCTION keelson.protect_part(part regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
  EXECUTE format(
    'CREATE POLICY by_tenant ON %s USING ((SELECT keelson.sees_all()) OR '
    '(shard = (SELECT keelson.scope_shard()) AND tenant = (SELECT keelson.scope_tenant())))', part);
END $$;

-- Makes partitions until there is one for the position, and returns the last position that has one. Runs as the
-- owner. A partition is made beside the table and then attached, so that nobody has to wait for it.
CREATE FUNCTION keelson.add_partitions(of_shard integer, up_to bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = keelson, pg_temp AS $$
DECLARE
  size bigint := (SELECT partition_size FROM keelson.store);
  reached bigint;
  part text;
BEGIN
  SELECT coalesce(max(last_position), 0) INTO reached FROM keelson.event_partition WHERE shard = of_shard;
  IF reached >= up_to THEN
    RETURN reached;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('keelson.event_partition'), of_shard);
  SELECT coalesce(max(last_position), 0) INTO reached FROM keelson.event_partition WHERE shard = of_shard;
  WHILE reached < up_to LOOP
    part := format('event_s%s_p%s', of_shard, reached / size + 1);
    EXECUTE format('CREATE TABLE keelson.%I (LIKE keelson.event INCLUDING ALL)', part);
    PERFORM keelson.protect_part(format('keelson.%I', part)::regclass);
    EXECUTE format('ALTER TABLE keelson.%I ATTACH PARTITION keelson.%I FOR VALUES FROM (%s) TO (%s)',
      'event_s' || of_shard, part, reached + 1, reached + size + 1);
    INSERT INTO keelson.event_partition (shard, first_position, last_position, name)
    VALUES (of_shard, reached + 1, reached + size, part);
    reached := reached + size;
  END LOOP;
  RETURN reached;
END $$;

-- Fixes the number of shards and makes what each of them has; for the first start.
CREATE FUNCTION keelson.create_shards(count integer, size bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO keelson.store (shards, partition_size) VALUES (count, size);
  FOR shard IN 0 .. count - 1 LOOP
    INSERT INTO keelson.log_head (shard) VALUES (shard);
    EXECUTE format('CREATE TABLE keelson.%I PARTITION OF keelson.event FOR VALUES IN (%s) PARTITION BY RANGE (position)',
      'event_s' || shard, shard);
    PERFORM keelson.protect_part(format('keelson.%I', 'event_s' || shard)::regclass);
    PERFORM keelson.add_partitions(shard, 1);
  END LOOP;
END $$;

-- What a writer must know to plan appends, as it was at one moment: the shard's head (kind 0), and the heads of these
-- tenants (1) and streams (2) and the types (3), as far as there are any. Read by append/head-rows.ts.
CREATE FUNCTION keelson.heads(of_shard integer, tenants text[], stream_tenants text[], streams text[], types text[])
RETURNS TABLE (kind integer, id bigint, name text, a bigint, b bigint, c bigint, note text)
LANGUAGE plpgsql STABLE
SET search_path = keelson, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  seen text := keelson.see_all();
BEGIN
  RETURN QUERY SELECT 0, h.position, NULL::text, h.mark, NULL::bigint, NULL::bigint, NULL::text
    FROM keelson.log_head h WHERE h.shard = of_shard;
  RETURN QUERY SELECT 1, t.id, t.name, t.size, t.head_time, t.head_position, t.head_hash
    FROM unnest(tenants) AS asked (name), LATERAL (
      SELECT * FROM keelson.tenant h WHERE h.shard = of_shard AND h.name = asked.name LIMIT 1
    ) AS t;
  RETURN QUERY SELECT 2, s.id, s.name, s.version, s.state::bigint, NULL::bigint, asked.tenant
    FROM ROWS FROM (unnest(stream_tenants), unnest(streams)) AS asked (tenant, name), LATERAL (
      SELECT * FROM keelson.stream h WHERE h.shard = of_shard AND h.name = asked.name
        AND h.tenant = (SELECT t.id FROM keelson.tenant t WHERE t.shard = of_shard AND t.name = asked.tenant)
      LIMIT 1
    ) AS s;
  RETURN QUERY SELECT 3, y.id, y.name, NULL::bigint, NULL::bigint, NULL::bigint, y.topic
    FROM unnest(types) AS asked (name), LATERAL (
      SELECT * FROM keelson.event_type h WHERE h.shard = of_shard AND h.name = asked.name LIMIT 1
    ) AS y;
  PERFORM keelson.see(seen);
END $$;

-- Events that are stored under these ids (kind 0) and that were appended under these keys (1), for the comparison
-- with what is appended again.
CREATE FUNCTION keelson.stored(of_shard integer, id_tenants text[], ids text[], key_tenants text[], keys text[])
RETURNS TABLE (
  kind integer, tenant text, asked_by text, event_position bigint, sequence bigint, version bigint, stream text,
  id text, filled integer, leaf text, leaf_hash text, body text
)
LANGUAGE plpgsql STABLE
SET search_path = keelson, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  seen text := keelson.see_all();
BEGIN
  RETURN QUERY SELECT 0, asked.tenant, i.id, e.position, e.sequence, e.version, s.name, i.id, e.filled, e.leaf,
      e.leaf_hash, e.body
    FROM ROWS FROM (unnest(id_tenants), unnest(ids)) AS asked (tenant, id), LATERAL (
      SELECT * FROM keelson.event_id h WHERE h.shard = of_shard AND h.id = asked.id
        AND h.tenant = (SELECT t.id FROM keelson.tenant t WHERE t.shard = of_shard AND t.name = asked.tenant)
      LIMIT 1
    ) AS i, LATERAL (
      SELECT * FROM keelson.event h WHERE h.shard = of_shard AND h.position = i.position LIMIT 1
    ) AS e, LATERAL (
      SELECT * FROM keelson.stream h WHERE h.shard = of_shard AND h.id = e.stream LIMIT 1
    ) AS s;
  IF cardinality(keys) > 0 THEN
    RETURN QUERY SELECT 1, asked.tenant, k.key, e.position, e.sequence, e.version, s.name,
        substring(e.leaf FROM '"id":"([^"]+)"'), e.filled, e.leaf, e.leaf_hash, e.body
      FROM ROWS FROM (unnest(key_tenants), unnest(keys)) AS asked (tenant, key), LATERAL (
        SELECT * FROM keelson.idempotency_key h WHERE h.shard = of_shard AND h.key = asked.key
          AND h.tenant = (SELECT t.id FROM keelson.tenant t WHERE t.shard = of_shard AND t.name = asked.tenant)
        LIMIT 1
      ) AS k, LATERAL (
        SELECT * FROM keelson.event h WHERE h.shard = of_shard AND h.position >= k.first_position
        ORDER BY h.position LIMIT k.event_count
      ) AS e, LATERAL (
        SELECT * FROM keelson.stream h WHERE h.shard = of_shard AND h.id = e.stream LIMIT 1
      ) AS s
      ORDER BY asked.tenant, k.key, e.position;
  END IF;
  PERFORM keelson.see(seen);
END $$;

-- Writes a batch that was planned on the shard's head at (base, expected_mark). False where the head has moved on;
-- then nothing is written. The lock on the head is taken first and held until the transaction ends.
CREATE FUNCTION keelson.append(
  of_shard integer, base bigint, expected_mark bigint, new_mark bigint,
  -- The events; positions follow the base.
  tenants bigint[], sequences bigint[], event_streams bigint[], versions bigint[], types bigint[], filled integer[],
  ids text[], leaves text[], hashes text[], blinds bytea[], bodies text[],
  -- Heads that have changed or are new.
  tenant_ids bigint[], tenant_names text[], sizes bigint[], head_hashes text[], head_times bigint[],
  head_positions bigint[],
  stream_ids bigint[], stream_tenants bigint[], stream_names text[], stream_versions bigint[], stream_states integer[],
  type_ids bigint[], type_names text[], type_topics text[],
  link_tenants bigint[], links text[], link_positions bigint[],
  key_tenants bigint[], keys text[], key_positions bigint[], key_counts integer[]
) RETURNS boolean
LANGUAGE plpgsql
SET search_path = keelson, pg_temp AS $$
DECLARE
  seen text := keelson.see_all();
BEGIN
  UPDATE keelson.log_head SET position = base + cardinality(ids), mark = new_mark
  WHERE shard = of_shard AND position = base AND mark = expected_mark;
  IF NOT FOUND THEN
    PERFORM keelson.see(seen);
    RETURN false;
  END IF;
  INSERT INTO keelson.event_id (shard, tenant, id, position)
  SELECT of_shard, e.tenant, e.id, base + e.number
  FROM ROWS FROM (unnest(tenants), unnest(ids)) WITH ORDINALITY AS e (tenant, id, number);
  INSERT INTO keelson.event
    (shard, position, tenant, sequence, stream, version, type, filled, leaf, leaf_hash, blind, body)
  SELECT of_shard, base + e.number, e.tenant, e.sequence, e.stream, e.version, e.type, e.filled,
    e.leaf, e.hash, e.blind, e.body
  FROM ROWS FROM (
    unnest(tenants), unnest(sequences), unnest(event_streams), unnest(versions), unnest(types), unnest(filled),
    unnest(leaves), unnest(hashes), unnest(blinds), unnest(bodies)
  ) WITH ORDINALITY AS e (tenant, sequence, stream, version, type, filled, leaf, hash, blind, body, number);
  INSERT INTO keelson.tenant AS t (shard, id, name, size, head_hash, head_time, head_position)
  SELECT of_shard, n.* FROM ROWS FROM (
    unnest(tenant_ids), unnest(tenant_names), unnest(sizes), unnest(head_hashes), unnest(head_times),
    unnest(head_positions)
  ) AS n
  ON CONFLICT (shard, id) DO UPDATE SET size = excluded.size, head_hash = excluded.head_hash,
    head_time = excluded.head_time, head_position = excluded.head_position;
  INSERT INTO keelson.stream AS s (shard, id, tenant, name, version, state)
  SELECT of_shard, n.* FROM ROWS FROM (
    unnest(stream_ids), unnest(stream_tenants), unnest(stream_names), unnest(stream_versions), unnest(stream_states)
  ) AS n
  ON CONFLICT (shard, id) DO UPDATE SET version = excluded.version, state = excluded.state;
  IF cardinality(type_ids) > 0 THEN
    INSERT INTO keelson.event_type (shard, id, name, topic)
    SELECT of_shard, n.* FROM ROWS FROM (unnest(type_ids), unnest(type_names), unnest(type_topics)) AS n
    ON CONFLICT (shard, id) DO UPDATE SET topic = excluded.topic;
  END IF;
  IF cardinality(links) > 0 THEN
    INSERT INTO keelson.event_link (shard, tenant, link, position)
    SELECT of_shard, n.* FROM ROWS FROM (unnest(link_tenants), unnest(links), unnest(link_positions)) AS n;
  END IF;
  IF cardinality(keys) > 0 THEN
    INSERT INTO keelson.idempotency_key (shard, tenant, key, first_position, event_count)
    SELECT of_shard, n.* FROM ROWS FROM (
      unnest(key_tenants), unnest(keys), unnest(key_positions), unnest(key_counts)
    ) AS n;
  END IF;
  PERFORM keelson.see(seen);
  RETURN true;
END $$;

-- What the application's role may do, given anew where it is missing: dumps are often restored without it.
CREATE FUNCTION keelson.grant_to(application name) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY[
    'USAGE ON SCHEMA keelson',
    'SELECT ON keelson.schema_version, keelson.store, keelson.event_partition, keelson.read_model,
      keelson.definition',
    'SELECT, UPDATE ON keelson.log_head',
    'SELECT, INSERT, UPDATE ON keelson.tenant, keelson.stream, keelson.event_type, keelson.event, keelson.checkpoint',
    'SELECT, INSERT, DELETE ON keelson.event_id, keelson.event_link, keelson.idempotency_key',
    'SELECT, INSERT, UPDATE, DELETE ON keelson.document',
    'EXECUTE ON ALL FUNCTIONS IN SCHEMA keelson'
  ] LOOP
    EXECUTE format('GRANT %s TO %I', wanted, application);
  END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION keelson.add_partitions FROM PUBLIC;
