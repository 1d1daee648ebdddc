-- What the numbered files make, with one shard. Made by a test, which also holds it to them.

CREATE TABLE keelson.checkpoint (
  name text COLLATE "C" NOT NULL,
  "position" bigint NOT NULL
) WITH (fillfactor=50);

ALTER TABLE keelson.checkpoint ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (name);

CREATE TABLE keelson.definition (
  digest text NOT NULL
);

ALTER TABLE keelson.definition ADD CONSTRAINT definition_pkey PRIMARY KEY (digest);

CREATE TABLE keelson.document (
  tenant text COLLATE "C" NOT NULL,
  collection text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  due bigint,
  value text NOT NULL
) WITH (fillfactor=80);

ALTER TABLE keelson.document ADD CONSTRAINT document_pkey PRIMARY KEY (tenant, collection, id);

CREATE INDEX document_by_due ON keelson.document USING btree (collection, due) WHERE (due IS NOT NULL);

-- Row-level security of keelson.document is forced.

CREATE POLICY by_tenant ON keelson.document
  USING ((( SELECT keelson.sees_all() AS sees_all) OR (tenant = ( SELECT keelson.scope() AS scope))));

CREATE TABLE keelson.event (
  shard integer NOT NULL,
  "position" bigint NOT NULL,
  tenant bigint NOT NULL,
  sequence bigint NOT NULL,
  stream bigint NOT NULL,
  version bigint NOT NULL,
  type bigint NOT NULL,
  filled integer NOT NULL,
  state smallint NOT NULL DEFAULT 0,
  leaf text NOT NULL,
  leaf_hash text NOT NULL,
  blind bytea NOT NULL,
  body text NOT NULL,
  secrets text NOT NULL DEFAULT ''::text
) PARTITION BY LIST (shard);

ALTER TABLE keelson.event ADD CONSTRAINT event_pkey PRIMARY KEY (shard, "position");

CREATE INDEX event_by_stream ON ONLY keelson.event USING btree (stream, version);

CREATE INDEX event_by_tenant ON ONLY keelson.event USING btree (tenant, "position");

CREATE INDEX event_by_type ON ONLY keelson.event USING btree (tenant, type, "position");

-- Row-level security of keelson.event is forced.

CREATE POLICY by_tenant ON keelson.event
  USING ((( SELECT keelson.sees_all() AS sees_all) OR ((shard = ( SELECT keelson.scope_shard() AS scope_shard)) AND (tenant = ( SELECT keelson.scope_tenant() AS scope_tenant)))));

CREATE TABLE keelson.event_id (
  shard integer NOT NULL,
  tenant bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  "position" bigint NOT NULL
);

ALTER TABLE keelson.event_id ADD CONSTRAINT event_id_pkey PRIMARY KEY (shard, tenant, id);

-- Row-level security of keelson.event_id is forced.

CREATE POLICY by_tenant ON keelson.event_id
  USING ((( SELECT keelson.sees_all() AS sees_all) OR ((shard = ( SELECT keelson.scope_shard() AS scope_shard)) AND (tenant = ( SELECT keelson.scope_tenant() AS scope_tenant)))));

CREATE TABLE keelson.event_link (
  shard integer NOT NULL,
  tenant bigint NOT NULL,
  link text COLLATE "C" NOT NULL,
  "position" bigint NOT NULL
);

ALTER TABLE keelson.event_link ADD CONSTRAINT event_link_pkey PRIMARY KEY (shard, tenant, link, "position");

-- Row-level security of keelson.event_link is forced.

CREATE POLICY by_tenant ON keelson.event_link
  USING ((( SELECT keelson.sees_all() AS sees_all) OR ((shard = ( SELECT keelson.scope_shard() AS scope_shard)) AND (tenant = ( SELECT keelson.scope_tenant() AS scope_tenant)))));

CREATE TABLE keelson.event_partition (
  shard integer NOT NULL,
  first_position bigint NOT NULL,
  last_position bigint NOT NULL,
  name text NOT NULL
);

ALTER TABLE keelson.event_partition ADD CONSTRAINT event_partition_pkey PRIMARY KEY (shard, first_position);

-- keelson.event_s0: partition of keelson.event FOR VALUES IN (0), by RANGE ("position")

-- keelson.event_s0_p1: partition of keelson.event_s0 FOR VALUES FROM ('1') TO ('10000001')

CREATE TABLE keelson.event_type (
  shard integer NOT NULL,
  id bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  topic text COLLATE "C" NOT NULL
);

ALTER TABLE keelson.event_type ADD CONSTRAINT event_type_pkey PRIMARY KEY (shard, id);

CREATE UNIQUE INDEX event_type_by_name ON keelson.event_type USING btree (shard, name);

CREATE TABLE keelson.idempotency_key (
  shard integer NOT NULL,
  tenant bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  first_position bigint NOT NULL,
  event_count integer NOT NULL
);

ALTER TABLE keelson.idempotency_key ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (shard, tenant, key);

-- Row-level security of keelson.idempotency_key is forced.

CREATE POLICY by_tenant ON keelson.idempotency_key
  USING ((( SELECT keelson.sees_all() AS sees_all) OR ((shard = ( SELECT keelson.scope_shard() AS scope_shard)) AND (tenant = ( SELECT keelson.scope_tenant() AS scope_tenant)))));

CREATE TABLE keelson.log_head (
  shard integer NOT NULL,
  "position" bigint NOT NULL DEFAULT 0,
  mark bigint NOT NULL DEFAULT 0
) WITH (fillfactor=10);

ALTER TABLE keelson.log_head ADD CONSTRAINT log_head_pkey PRIMARY KEY (shard);

CREATE TABLE keelson.read_model (
  name text NOT NULL
);

ALTER TABLE keelson.read_model ADD CONSTRAINT read_model_pkey PRIMARY KEY (name);

CREATE TABLE keelson.schema_version (
  version integer NOT NULL,
  applied_at timestamp with time zone NOT NULL DEFAULT now()
);

ALTER TABLE keelson.schema_version ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);

CREATE TABLE keelson.secret (
  only_row boolean NOT NULL DEFAULT true,
  value bytea NOT NULL
);

ALTER TABLE keelson.secret ADD CONSTRAINT secret_only_row_check CHECK (only_row);

ALTER TABLE keelson.secret ADD CONSTRAINT secret_pkey PRIMARY KEY (only_row);

CREATE TABLE keelson.store (
  only_row boolean NOT NULL DEFAULT true,
  shards integer NOT NULL,
  partition_size bigint NOT NULL
);

ALTER TABLE keelson.store ADD CONSTRAINT store_only_row_check CHECK (only_row);

ALTER TABLE keelson.store ADD CONSTRAINT store_partition_size_check CHECK ((partition_size > 0));

ALTER TABLE keelson.store ADD CONSTRAINT store_pkey PRIMARY KEY (only_row);

ALTER TABLE keelson.store ADD CONSTRAINT store_shards_check CHECK ((shards > 0));

CREATE TABLE keelson.stream (
  shard integer NOT NULL,
  id bigint NOT NULL,
  tenant bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  state smallint NOT NULL DEFAULT 0
) WITH (fillfactor=80);

ALTER TABLE keelson.stream ADD CONSTRAINT stream_pkey PRIMARY KEY (shard, id);

CREATE UNIQUE INDEX stream_by_name ON keelson.stream USING btree (shard, tenant, name);

-- Row-level security of keelson.stream is forced.

CREATE POLICY by_tenant ON keelson.stream
  USING ((( SELECT keelson.sees_all() AS sees_all) OR ((shard = ( SELECT keelson.scope_shard() AS scope_shard)) AND (tenant = ( SELECT keelson.scope_tenant() AS scope_tenant)))));

CREATE TABLE keelson.tenant (
  shard integer NOT NULL,
  id bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  size bigint NOT NULL,
  head_hash text NOT NULL,
  head_time bigint NOT NULL,
  head_position bigint NOT NULL,
  deleted_at bigint
) WITH (fillfactor=50);

ALTER TABLE keelson.tenant ADD CONSTRAINT tenant_pkey PRIMARY KEY (shard, id);

CREATE INDEX tenant_by_deletion ON keelson.tenant USING btree (shard, id) WHERE (deleted_at IS NOT NULL);

CREATE UNIQUE INDEX tenant_by_name ON keelson.tenant USING btree (name, shard);

-- Row-level security of keelson.tenant is forced.

CREATE POLICY by_tenant ON keelson.tenant
  USING ((( SELECT keelson.sees_all() AS sees_all) OR (name = ( SELECT keelson.scope() AS scope))));

CREATE OR REPLACE FUNCTION keelson.add_partitions(of_shard integer, up_to bigint)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keelson', 'pg_temp'
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION keelson.append(of_shard integer, base bigint, expected_mark bigint, new_mark bigint, tenants bigint[], sequences bigint[], event_streams bigint[], versions bigint[], types bigint[], filled integer[], ids text[], leaves text[], hashes text[], blinds bytea[], bodies text[], secrets text[], tenant_ids bigint[], tenant_names text[], sizes bigint[], head_hashes text[], head_times bigint[], head_positions bigint[], stream_ids bigint[], stream_tenants bigint[], stream_names text[], stream_versions bigint[], stream_states integer[], type_ids bigint[], type_names text[], type_topics text[], link_tenants bigint[], links text[], link_positions bigint[], key_tenants bigint[], keys text[], key_positions bigint[], key_counts integer[])
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'keelson', 'pg_temp'
AS $function$
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
    (shard, position, tenant, sequence, stream, version, type, filled, leaf, leaf_hash, blind, body,
      secrets)
  SELECT of_shard, base + e.number, e.tenant, e.sequence, e.stream, e.version, e.type, e.filled,
    e.leaf, e.hash, e.blind, e.body, coalesce(e.sealed, '')
  FROM ROWS FROM (
    unnest(tenants), unnest(sequences), unnest(event_streams), unnest(versions), unnest(types), unnest(filled),
    unnest(leaves), unnest(hashes), unnest(blinds), unnest(bodies), unnest(secrets)
  ) WITH ORDINALITY AS e (tenant, sequence, stream, version, type, filled, leaf, hash, blind, body, sealed,
    number);
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
END $function$;

CREATE OR REPLACE FUNCTION keelson.ask(statement text, params text[])
 RETURNS SETOF record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET standard_conforming_strings TO 'on'
AS $function$
BEGIN
  IF pg_catalog.has_schema_privilege(current_user, 'keelson', 'USAGE') THEN
    RAISE insufficient_privilege USING MESSAGE = 'The guest of the schema keelson is not set up: start as its owner';
  END IF;
  EXECUTE concat('PREPARE keelson_product AS ', statement);
  RETURN QUERY EXECUTE concat('EXECUTE keelson_product', (
    SELECT concat('(', string_agg(quote_nullable(p.value), ', ' ORDER BY p.number), ')')
    FROM unnest(params) WITH ORDINALITY AS p (value, number) HAVING count(*) > 0));
  DEALLOCATE keelson_product;
END $function$;

CREATE OR REPLACE FUNCTION keelson.clear()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM pg_advisory_unlock_all();
  IF EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'keelson_product') THEN
    DEALLOCATE keelson_product;
  END IF;
END $function$;

CREATE OR REPLACE FUNCTION keelson.columns(statement text, param_count integer)
 RETURNS oid[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET standard_conforming_strings TO 'on'
AS $function$
DECLARE
  call text := 'EXECUTE keelson_product' || CASE WHEN param_count > 0
    THEN '(' || array_to_string(array_fill('NULL'::text, ARRAY[param_count]), ', ') || ')' ELSE '' END;
  shape record;
  names text := '';
  types text := '';
  result oid[];
BEGIN
  IF pg_catalog.has_schema_privilege(current_user, 'keelson', 'USAGE') THEN
    RAISE insufficient_privilege USING MESSAGE = 'The guest of the schema keelson is not set up: start as its owner';
  END IF;
  DEALLOCATE keelson_product;
  EXECUTE concat('PREPARE keelson_product AS SELECT q.* FROM (VALUES (1)) AS one LEFT JOIN (', statement,
    E'\n) AS q ON false');
  EXECUTE call INTO shape;
  DEALLOCATE keelson_product;
  SELECT string_agg('c' || n, ', '), string_agg('pg_catalog.pg_typeof(q.c' || n || ')::oid', ', ') INTO names, types
  FROM (SELECT row_number() OVER () AS n FROM json_object_keys(row_to_json(shape))) AS found;
  EXECUTE concat('PREPARE keelson_product AS SELECT ARRAY[', types, ']::oid[] FROM (VALUES (1)) AS one LEFT JOIN (',
    statement, E'\n) AS q (', names, ') ON false');
  EXECUTE call INTO result;
  DEALLOCATE keelson_product;
  RETURN result;
END $function$;

CREATE OR REPLACE FUNCTION keelson.create_shards(count integer, size bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO keelson.store (shards, partition_size) VALUES (count, size);
  FOR shard IN 0 .. count - 1 LOOP
    INSERT INTO keelson.log_head (shard) VALUES (shard);
    EXECUTE format('CREATE TABLE keelson.%I PARTITION OF keelson.event FOR VALUES IN (%s) PARTITION BY RANGE (position)',
      'event_s' || shard, shard);
    PERFORM keelson.protect_part(format('keelson.%I', 'event_s' || shard)::regclass);
    PERFORM keelson.add_partitions(shard, 1);
  END LOOP;
END $function$;

CREATE OR REPLACE FUNCTION keelson.enter(whose text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
BEGIN
  PERFORM pg_catalog.set_config('keelson.tenant', whose, true);
  PERFORM pg_catalog.set_config('keelson.seal', keelson.seal_of(whose), true);
END $function$;

CREATE OR REPLACE FUNCTION keelson.grant_to(application name)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
  wanted text;
BEGIN
  IF keelson.guest() IS NULL THEN
    PERFORM keelson.invite((application || '_guest')::name);
  END IF;
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
END $function$;

CREATE OR REPLACE FUNCTION keelson.guest()
 RETURNS text
 LANGUAGE sql
 STABLE
RETURN (SELECT min((r.rolname)::text) AS min FROM (pg_proc p JOIN pg_roles r ON ((r.oid = p.proowner))) WHERE ((p.pronamespace = ('keelson'::regnamespace)::oid) AND (p.proname = ANY (ARRAY['columns'::name, 'ask'::name, 'run'::name])) AND p.prosecdef AND (NOT r.rolsuper) AND (NOT r.rolbypassrls) AND (NOT has_schema_privilege(r.oid, 'keelson'::text, 'USAGE'::text))) HAVING ((count(*) = 3) AND (count(DISTINCT r.oid) = 1)));

CREATE OR REPLACE FUNCTION keelson.heads(of_shard integer, tenants text[], stream_tenants text[], streams text[], types text[])
 RETURNS TABLE(kind integer, id bigint, name text, a bigint, b bigint, c bigint, note text)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'keelson', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION keelson.invite(guest name)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
  made text;
BEGIN
  -- Who is to own a function must be allowed to make it.
  EXECUTE format('GRANT CREATE ON SCHEMA keelson TO %I', guest);
  FOREACH made IN ARRAY ARRAY['columns(text, integer)', 'ask(text, text[])', 'run(text[], integer[], text[])'] LOOP
    EXECUTE format('ALTER FUNCTION keelson.%s OWNER TO %I', made, guest);
    EXECUTE format('REVOKE ALL ON FUNCTION keelson.%s FROM PUBLIC, %I', made, guest);
  END LOOP;
  EXECUTE format('REVOKE ALL ON SCHEMA keelson FROM %I', guest);
END $function$;

CREATE OR REPLACE FUNCTION keelson.protect(of_table regclass, tenant_column text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
    $policy$CREATE POLICY keelson_by_tenant ON %s USING ((SELECT keelson.scope()) IN ('*', %I))$policy$,
    of_table, tenant_column);
END $function$;

CREATE OR REPLACE FUNCTION keelson.protect_part(part regclass)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
  EXECUTE format(
    'CREATE POLICY by_tenant ON %s USING ((SELECT keelson.sees_all()) OR '
    '(shard = (SELECT keelson.scope_shard()) AND tenant = (SELECT keelson.scope_tenant())))', part);
END $function$;

CREATE OR REPLACE FUNCTION keelson.run(statements text[], counts integer[], params text[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET standard_conforming_strings TO 'on'
AS $function$
DECLARE
  prepared text;
  done integer := 0;
BEGIN
  IF pg_catalog.has_schema_privilege(current_user, 'keelson', 'USAGE') THEN
    RAISE insufficient_privilege USING MESSAGE = 'The guest of the schema keelson is not set up: start as its owner';
  END IF;
  FOR number IN 1 .. cardinality(statements) LOOP
    IF prepared IS DISTINCT FROM statements[number] THEN
      IF prepared IS NOT NULL THEN
        DEALLOCATE keelson_product;
      END IF;
      prepared := statements[number];
      EXECUTE concat('PREPARE keelson_product AS ', prepared);
    END IF;
    EXECUTE concat('EXECUTE keelson_product', (
      SELECT concat('(', string_agg(quote_nullable(p.value), ', ' ORDER BY p.number), ')')
      FROM unnest(params[done + 1 : done + counts[number]]) WITH ORDINALITY AS p (value, number) HAVING count(*) > 0));
    done := done + counts[number];
  END LOOP;
  DEALLOCATE keelson_product;
  -- SELECT INTO makes a table, and a function a large object: what the guest owns all tenants would share.
  IF EXISTS (
    SELECT FROM pg_catalog.pg_shdepend d
    WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = current_user::pg_catalog.regrole
      AND d.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
      AND d.deptype = 'o' AND d.classid <> 'pg_catalog.pg_proc'::pg_catalog.regclass
  ) THEN
    RAISE insufficient_privilege USING MESSAGE = 'A statement of a product makes rows, and nothing else';
  END IF;
END $function$;

CREATE OR REPLACE FUNCTION keelson.scope()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL RESTRICTED
RETURN CASE WHEN (CURRENT_USER = CASE current_setting('role'::text) WHEN 'none'::text THEN (SESSION_USER)::text ELSE current_setting('role'::text) END) THEN COALESCE(current_setting('keelson.tenant'::text, true), ''::text) ELSE keelson.sealed_scope() END;

CREATE OR REPLACE FUNCTION keelson.scope_shard()
 RETURNS integer
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (SELECT t.shard FROM keelson.tenant t WHERE (t.name = keelson.scope()));

CREATE OR REPLACE FUNCTION keelson.scope_tenant()
 RETURNS bigint
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (SELECT t.id FROM keelson.tenant t WHERE (t.name = keelson.scope()));

CREATE OR REPLACE FUNCTION keelson.seal_of(whose text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE PARALLEL RESTRICTED
AS $function$
DECLARE
  key bytea;
BEGIN
  SELECT s.value INTO key FROM keelson.secret s;
  RETURN pg_catalog.encode(pg_catalog.sha256(key OPERATOR(pg_catalog.||) pg_catalog.sha256(
    key OPERATOR(pg_catalog.||) pg_catalog.convert_to(pg_catalog.concat(
      pg_catalog.pg_backend_pid(), '/', extract(epoch FROM pg_catalog.now()), '/', whose), 'UTF8'))), 'hex');
END $function$;

CREATE OR REPLACE FUNCTION keelson.sealed_scope()
 RETURNS text
 LANGUAGE plpgsql
 STABLE PARALLEL RESTRICTED SECURITY DEFINER
AS $function$
DECLARE
  whose text := pg_catalog.current_setting('keelson.tenant', true);
BEGIN
  IF pg_catalog.current_setting('keelson.seal', true) OPERATOR(pg_catalog.=) keelson.seal_of(whose) THEN
    RETURN whose;
  END IF;
  RETURN '';
END $function$;

CREATE OR REPLACE FUNCTION keelson.see(whose text)
 RETURNS text
 LANGUAGE sql
RETURN set_config('keelson.tenant'::text, whose, true);

CREATE OR REPLACE FUNCTION keelson.see_all()
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE
  before text := keelson.scope();
BEGIN
  PERFORM keelson.see('*');
  RETURN before;
END $function$;

CREATE OR REPLACE FUNCTION keelson.sees_all()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL RESTRICTED
RETURN (keelson.scope() = '*'::text);

CREATE OR REPLACE FUNCTION keelson.stored(of_shard integer, id_tenants text[], ids text[], key_tenants text[], keys text[])
 RETURNS TABLE(kind integer, tenant text, asked_by text, event_position bigint, sequence bigint, version bigint, stream text, id text, filled integer, leaf text, leaf_hash text, blind bytea, body text, secrets text)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'keelson', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
DECLARE
  seen text := keelson.see_all();
BEGIN
  RETURN QUERY SELECT 0, asked.tenant, i.id, e.position, e.sequence, e.version, s.name, i.id, e.filled, e.leaf,
      e.leaf_hash, e.blind, e.body, e.secrets
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
        substring(e.leaf FROM '"id":"([^"]+)"'), e.filled, e.leaf, e.leaf_hash, e.blind, e.body, e.secrets
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
END $function$;
