-- SQL that a product gives the store is carried out by a guest: a role that may use read models and nothing of the
-- store's own. Whose rows it sees was said by the store, and no SQL can change that.

-- One row, made here, that no role may read: who knows it could say whose rows a transaction sees.
CREATE TABLE keelson.secret (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  value bytea NOT NULL
);

INSERT INTO keelson.secret (value)
VALUES (sha256(convert_to(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), 'UTF8')));

-- Seals whose rows the transaction sees: good in this session and transaction only. Names are written out, for whose
-- search path it runs under is not known; in PL/pgSQL, which keeps its plans from one statement to the next.
CREATE FUNCTION keelson.seal_of(whose text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
DECLARE
  key bytea;
BEGIN
  SELECT s.value INTO key FROM keelson.secret s;
  RETURN pg_catalog.encode(pg_catalog.sha256(key OPERATOR(pg_catalog.||) pg_catalog.sha256(
    key OPERATOR(pg_catalog.||) pg_catalog.convert_to(pg_catalog.concat(
      pg_catalog.pg_backend_pid(), '/', extract(epoch FROM pg_catalog.now()), '/', whose), 'UTF8'))), 'hex');
END $$;

-- Says whose rows a product's SQL sees until the transaction ends; by the store, before it hands over to the guest.
CREATE FUNCTION keelson.enter(whose text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM pg_catalog.set_config('keelson.tenant', whose, true);
  PERFORM pg_catalog.set_config('keelson.seal', keelson.seal_of(whose), true);
END $$;

-- Whose rows were sealed for this transaction; nobody's where the setting was changed since. Asked once and returned,
-- so that nothing can come between.
CREATE FUNCTION keelson.sealed_scope() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER AS $$
DECLARE
  whose text := pg_catalog.current_setting('keelson.tenant', true);
BEGIN
  IF pg_catalog.current_setting('keelson.seal', true) OPERATOR(pg_catalog.=) keelson.seal_of(whose) THEN
    RETURN whose;
  END IF;
  RETURN '';
END $$;

-- Who runs under the role that the session took sees what the setting says, as before. Who was given another role by
-- a function, as the guest is, and who calls a function of a read model's owner, sees what was sealed.
CREATE OR REPLACE FUNCTION keelson.scope() RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN CASE
  WHEN current_user = CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role') END
  THEN coalesce(current_setting('keelson.tenant', true), '')
  ELSE keelson.sealed_scope()
END;

CREATE OR REPLACE FUNCTION keelson.sees_all() RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN keelson.scope() = '*';

-- As before, for read models; whose rows are seen is asked once a statement and not twice.
CREATE OR REPLACE FUNCTION keelson.protect(of_table regclass, tenant_column text) RETURNS void
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
    $policy$CREATE POLICY keelson_by_tenant ON %s USING ((SELECT keelson.scope()) IN ('*', %I))$policy$,
    of_table, tenant_column);
END $$;

-- The functions that follow belong to the guest, and so run as the guest: PostgreSQL lets nobody take another role inside
-- of such a function. The server has taken the statement for PREPARE before, so that it is one SELECT, INSERT, UPDATE,
-- DELETE or MERGE. Values are literals of no type yet: each gets the type that it would have as a parameter. None of
-- them runs as somebody with rights in the schema, for a restore may give functions to who restores.

-- Types of what the statement gives, in the order of its columns. Carries nothing out.
CREATE FUNCTION keelson.columns(statement text, param_count integer) RETURNS oid[]
LANGUAGE plpgsql SECURITY DEFINER SET standard_conforming_strings = on AS $$
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
END $$;

CREATE FUNCTION keelson.ask(statement text, params text[]) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET standard_conforming_strings = on AS $$
BEGIN
  IF pg_catalog.has_schema_privilege(current_user, 'keelson', 'USAGE') THEN
    RAISE insufficient_privilege USING MESSAGE = 'The guest of the schema keelson is not set up: start as its owner';
  END IF;
  EXECUTE concat('PREPARE keelson_product AS ', statement);
  RETURN QUERY EXECUTE concat('EXECUTE keelson_product', (
    SELECT concat('(', string_agg(quote_nullable(p.value), ', ' ORDER BY p.number), ')')
    FROM unnest(params) WITH ORDINALITY AS p (value, number) HAVING count(*) > 0));
  DEALLOCATE keelson_product;
END $$;

-- Statements in their order, each with so many of the values.
CREATE FUNCTION keelson.run(statements text[], counts integer[], params text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET standard_conforming_strings = on AS $$
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
END $$;

-- What a product's SQL that failed may have left in the session. Locks of sessions outlive transactions.
CREATE FUNCTION keelson.clear() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_unlock_all();
  IF EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'keelson_product') THEN
    DEALLOCATE keelson_product;
  END IF;
END $$;

-- The role that products' SQL runs under; null where it is not set up, or might do more than a guest may.
CREATE FUNCTION keelson.guest() RETURNS text
LANGUAGE sql STABLE
RETURN (
  SELECT min(r.rolname) FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
  WHERE p.pronamespace = 'keelson'::regnamespace AND p.proname IN ('columns', 'ask', 'run') AND p.prosecdef
    AND NOT r.rolsuper AND NOT r.rolbypassrls AND NOT has_schema_privilege(r.oid, 'keelson', 'USAGE')
  HAVING count(*) = 3 AND count(DISTINCT r.oid) = 1
);

-- Makes the role the guest; by the owner of the schema, who is a member of it.
CREATE FUNCTION keelson.invite(guest name) RETURNS void
LANGUAGE plpgsql AS $$
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
END $$;

CREATE OR REPLACE FUNCTION keelson.grant_to(application name) RETURNS void
LANGUAGE plpgsql AS $$
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
END $$;

-- Whoever may not use the schema cannot name its functions; that policies can call them is all that others need.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA keelson FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keelson.scope(), keelson.sees_all(), keelson.sealed_scope(), keelson.scope_shard(),
  keelson.scope_tenant() TO PUBLIC;
