/** Among so many rows in order matches are looked for without the index: where they are many, a page is full by then. */
const walked = 400

const lexemes = "array_to_tsvector(string_to_array(words, ' '))"

/**
 * Positions of a tenant's rows by words, in order. Operators of text search are never used under row-level security
 * before the policy has passed each row, and so never with an index: the function reads as the owner, and holds the
 * tenant to the transaction's by itself. Its settings leave the planner only the index of words where that is meant.
 */
const matches = `CREATE OR REPLACE FUNCTION audit_text_matches(
  of_tenant text, wanted text, phrases text, no_phrases text, since text, before text, beyond bigint, sorted_by text,
  direction text, most bigint
) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET enable_seqscan = off SET enable_indexscan = on SET work_mem = '32MB' SET jit = off
AS $$
DECLARE
  compared text := CASE direction WHEN 'desc' THEN '<' ELSE '>' END;
  ending text := CASE direction WHEN 'desc' THEN 'DESC' ELSE 'ASC' END;
  ordered text := CASE sorted_by WHEN 'occurred' THEN format('occurred_at %s, position %s', ending, ending)
    ELSE format('position %s', ending) END;
  bounds text := 'tenant = $1';
  matching text := '${lexemes.replaceAll("'", "''")} @@ $2::tsquery';
  steps bigint := ${walked};
  scanned bigint;
  found bigint[];
  hits bigint;
BEGIN
  IF keelson.scope() NOT IN ('*', of_tenant) THEN
    RETURN;
  END IF;
  IF since IS NOT NULL THEN bounds := bounds || ' AND occurred_at >= $5'; END IF;
  IF before IS NOT NULL THEN bounds := bounds || ' AND occurred_at < $6'; END IF;
  IF beyond IS NOT NULL AND sorted_by = 'occurred' THEN
    bounds := bounds || format(' AND (occurred_at, position) %s
      (SELECT b.occurred_at, b.position FROM audit_text b WHERE b.tenant = $1 AND b.position = $7)', compared);
  ELSIF beyond IS NOT NULL THEN
    bounds := bounds || format(' AND position %s $7', compared);
  END IF;
  IF wanted IS NULL THEN
    RETURN QUERY EXECUTE format('SELECT position FROM audit_text WHERE %s ORDER BY %s LIMIT $8', bounds, ordered)
      USING of_tenant, wanted, phrases, no_phrases, since, before, beyond, most;
    RETURN;
  END IF;
  IF phrases <> '' THEN
    matching := matching || ' AND NOT EXISTS (SELECT FROM string_to_table($3, E''\\n'') p WHERE strpos('' '' || words || '' '', p) = 0)';
  END IF;
  IF no_phrases <> '' THEN
    matching := matching || ' AND NOT EXISTS (SELECT FROM string_to_table($4, E''\\n'') p WHERE strpos('' '' || words || '' '', p) > 0)';
  END IF;
  LOOP
    EXECUTE format('SELECT count(*), array_agg(position) FILTER (WHERE is_match)
      FROM (SELECT position, %s AS is_match FROM audit_text WHERE %s ORDER BY %s LIMIT $8) first', matching, bounds, ordered)
      INTO scanned, found USING of_tenant, wanted, phrases, no_phrases, since, before, beyond, steps;
    hits := coalesce(cardinality(found), 0);
    IF scanned < steps OR hits >= most THEN
      RETURN QUERY SELECT unnest(found) LIMIT most;
      RETURN;
    END IF;
    -- Where every fifth row matches, a longer walk is cheaper than the list of all of them.
    EXIT WHEN hits * 5 < scanned OR steps > ${walked};
    steps := least(50000, 2 * most * scanned / hits);
  END LOOP;
  PERFORM set_config('enable_indexscan', 'off', true);
  RETURN QUERY EXECUTE format('SELECT position FROM audit_text WHERE %s AND %s ORDER BY %s LIMIT $8', bounds, matching, ordered)
    USING of_tenant, wanted, phrases, no_phrases, since, before, beyond, most;
END $$`

/** Rows by tenant and position, for shards have positions of their own; beside them the words of each. */
export const postgresSchema: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS audit_event (
    tenant text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    event_id text NOT NULL,
    type text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    correlation_id text COLLATE "C" NOT NULL,
    -- UTC with a fixed number of digits, so that text order is time order.
    occurred_at text COLLATE "C" NOT NULL,
    actor_type text COLLATE "C",
    actor_id text COLLATE "C",
    actor_name text COLLATE "C",
    action text COLLATE "C" NOT NULL,
    resource_type text COLLATE "C",
    resource_id text COLLATE "C",
    resource_name text COLLATE "C",
    outcome text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, position)
  )`,
  "SELECT keelson.protect('audit_event', 'tenant')",
  `CREATE TABLE IF NOT EXISTS audit_text (
    tenant text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    occurred_at text COLLATE "C" NOT NULL,
    -- As lexemes.ts makes them, with a blank between.
    words text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, position)
  )`,
  'CREATE INDEX IF NOT EXISTS audit_text_occurred ON audit_text (tenant, occurred_at, position)',
  `CREATE INDEX IF NOT EXISTS audit_text_words ON audit_text USING gin (${lexemes})`,
  // Protected like every table, but for the owner, as whom the function reads.
  `DO $$ BEGIN
    IF NOT (SELECT relrowsecurity FROM pg_class WHERE oid = 'audit_text'::regclass) THEN
      PERFORM keelson.protect('audit_text', 'tenant');
      ALTER TABLE audit_text NO FORCE ROW LEVEL SECURITY;
    END IF;
  END $$`,
  matches,
  // It runs as the owner: nobody's objects may stand in for its own.
  `DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION audit_text_matches SET search_path = pg_catalog, %I, pg_temp', current_schema());
  END $$`,
]
