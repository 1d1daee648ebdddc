-- Sealed fields.

-- Encrypted disclosures as `kid:base64url`, joined by spaces; empty where there are none, or none any more. What sealed
-- something in an event is a link of it (p:), also afterwards.
ALTER TABLE keelson.event ADD COLUMN secrets text NOT NULL DEFAULT '';

-- Both get what is sealed, and so another form.
DROP FUNCTION keelson.stored;
DROP FUNCTION keelson.append;

-- Events that are stored under these ids (kind 0) and that were appended under these keys (1), for the comparison
-- with what is appended again.
CREATE FUNCTION keelson.stored(of_shard integer, id_tenants text[], ids text[], key_tenants text[], keys text[])
RETURNS TABLE (
  kind integer, tenant text, asked_by text, event_position bigint, sequence bigint, version bigint, stream text,
  id text, filled integer, leaf text, leaf_hash text, blind bytea, body text,
  secrets text
)
LANGUAGE plpgsql STABLE
SET search_path = keelson, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
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
END $$;

-- Writes a batch that was planned on the shard's head at (base, expected_mark). False where the head has moved on;
-- then nothing is written. The lock on the head is taken first and held until the transaction ends.
CREATE FUNCTION keelson.append(
  of_shard integer, base bigint, expected_mark bigint, new_mark bigint,
  -- The events; positions follow the base.
  tenants bigint[], sequences bigint[], event_streams bigint[], versions bigint[], types bigint[], filled integer[],
  ids text[], leaves text[], hashes text[], blinds bytea[], bodies text[],
  -- Sealed disclosures of the events; none at all where no event has any.
  secrets text[],
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
END $$;

REVOKE EXECUTE ON FUNCTION keelson.stored, keelson.append FROM PUBLIC;
