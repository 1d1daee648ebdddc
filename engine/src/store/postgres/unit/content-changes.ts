import type { PreparedRedaction } from '../../append/redaction.ts'
import { notRedacted, staleLinks } from '../../append/redaction.ts'
import type { BodyChange, SecretChange } from '../../types.ts'
import { int8Array, textArray } from '../connection/binary-array.ts'
import type { PostgresQueryable } from '../connection/pool.ts'
import { rowsOf } from '../connection/pool.ts'
import { ownTypes } from '../connection/row-types.ts'

/** Takes bodies out; what is sealed goes with a removed one and stays beside an archived one. */
export async function changeBodies(client: PostgresQueryable, one: BodyChange, shard: number): Promise<void> {
  // An archived body may be removed for good, never the other way round.
  await client.query({
    text: `UPDATE keelson.event SET state = $1, body = '', blind = '',
        secrets = CASE WHEN $1 = 1 THEN secrets ELSE '' END WHERE shard = $2 AND state < $1
      AND tenant = (SELECT id FROM keelson.tenant WHERE shard = $2 AND name = $3) AND position = ANY ($4::bigint[])`,
    name: 'keelson_bodies',
    values: [one.becomes === 'archived' ? 1 : 2, shard, one.tenantId, int8Array(one.positions)],
    rowMode: 'array',
  })
}

export async function removeSecrets(
  client: PostgresQueryable,
  { tenantId, positions, kids }: SecretChange,
  shard: number,
): Promise<void> {
  await client.query({
    text: `UPDATE keelson.event e SET secrets = coalesce((
        SELECT string_agg(s.part, ' ' ORDER BY s.number)
        FROM unnest(string_to_array(e.secrets, ' ')) WITH ORDINALITY AS s (part, number)
        WHERE NOT split_part(s.part, ':', 1) = ANY ($4::text[])), '')
      WHERE e.shard = $1 AND e.secrets <> ''
      AND e.tenant = (SELECT id FROM keelson.tenant WHERE shard = $1 AND name = $2) AND e.position = ANY ($3::bigint[])`,
    name: 'keelson_secrets',
    values: [shard, tenantId, int8Array(positions), textArray(kids)],
    rowMode: 'array',
  })
}

export async function redact(
  client: PostgresQueryable,
  change: PreparedRedaction,
  shard: number,
): Promise<void> {
  const { tenantId, position, eventId, body, blind, before } = change
  const [row] = await rowsOf(client, {
    text: `SELECT e.tenant, e.body FROM keelson.event e
      WHERE e.shard = $1 AND e.position = $2 AND e.state <= $5 AND position($4::text in e.leaf) > 0
      AND e.tenant = (SELECT id FROM keelson.tenant WHERE shard = $1 AND name = $3) FOR UPDATE`,
    name: 'keelson_redacted',
    values: [shard, position, tenantId, `"id":"${eventId}"`, before === undefined ? 0 : 1],
    rowMode: 'array',
    types: ownTypes,
  })
  if (!row) throw notRedacted(change)
  await client.query({
    text: 'UPDATE keelson.event SET body = $3, blind = $4, state = 0 WHERE shard = $1 AND position = $2',
    name: 'keelson_redact',
    values: [shard, position, body, Buffer.from(blind, 'base64url')],
    rowMode: 'array',
  })
  const stale = staleLinks(row[1] as string, change)
  if (stale.length === 0) return
  await client.query({
    text: `DELETE FROM keelson.event_link
      WHERE shard = $1 AND tenant = $2 AND position = $3 AND link = ANY ($4::text[])`,
    name: 'keelson_stale_links',
    values: [shard, row[0], position, textArray(stale)],
    rowMode: 'array',
  })
}
