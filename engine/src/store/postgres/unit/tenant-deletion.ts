import { lockHead } from '../append/locked-append.ts'
import type { ShardLane } from '../append/shard-lane.ts'
import type { PostgresQueryable, PostgresRows } from '../connection/pool.ts'
import { rowsOf } from '../connection/pool.ts'
import { ownTypes } from '../connection/row-types.ts'
import type { Sessions } from '../connection/sessions.ts'
import { toStoreError } from '../connection/sql-error.ts'

/** Rows of a kind that a step changes: few enough that its transaction is short. */
const stepSize = 2_000

export interface DeletionPlace {
  readonly sessions: Sessions
  readonly lane: ShardLane
  readonly shard: number
}

/** Deletes a tenant in many short transactions; a call that is cut off is finished by the next one. */
export async function deleteTenant(
  { sessions, lane, shard }: DeletionPlace,
  tenantId: string,
  values: { readonly now: number; readonly mark: number },
  signal: AbortSignal | undefined,
): Promise<{ readonly events: number }> {
  let events = 0
  try {
    signal?.throwIfAborted()
    await lane.exclusive(async heads => {
      heads.forget()
      await sessions.write('*', async client => {
        await lockHead(client, shard)
        await takeName(client, shard, tenantId, values)
      })
    })
    for (let isDone = false; !isDone; ) {
      signal?.throwIfAborted()
      const step = await sessions.write('*', client => deleteStep(client, shard))
      events += step.events
      isDone = step.isDone
    }
    return { events }
  } catch (error) {
    throw signal?.aborted && error === signal.reason ? error : toStoreError(error)
  }
}

interface DeletionStep {
  /** Events whose content was removed. */
  readonly events: number
  /** Whether nothing is left to remove on the shard. */
  readonly isDone: boolean
}

/**
 * Takes a tenant's name away, so that it has no log under it any more, and its documents. Under the lock on the
 * shard's head, with a new mark: nobody goes on with what was remembered of the tenant.
 */
async function takeName(
  client: PostgresQueryable,
  shard: number,
  tenantId: string,
  values: { readonly now: number; readonly mark: number },
): Promise<void> {
  const renamed = await changed(
    client,
    `UPDATE keelson.tenant SET name = 'deleted:' || id, deleted_at = $3 WHERE shard = $1 AND name = $2`,
    [shard, tenantId, values.now],
  )
  if (renamed > 0)
    await changed(client, 'UPDATE keelson.log_head SET mark = $2 WHERE shard = $1', [shard, values.mark])
  await changed(client, 'DELETE FROM keelson.document WHERE tenant = $1', [tenantId])
}

/**
 * Removes a part of what deleted tenants of the shard still have: content of events, ids, links, keys, names of
 * streams. What stays of an event is its position, sequence, version and leaf hash.
 */
async function deleteStep(client: PostgresQueryable, shard: number): Promise<DeletionStep> {
  const tenants = await rowsOf(client, {
    text: 'SELECT id FROM keelson.tenant WHERE shard = $1 AND deleted_at IS NOT NULL ORDER BY id',
    values: [shard],
    rowMode: 'array',
    types: ownTypes,
  })
  let events = 0
  let changes = 0
  for (const [tenant] of tenants) {
    if (changes >= stepSize) break
    const emptied = await changed(client, statements.event, [shard, tenant, stepSize])
    events += emptied
    changes += emptied
    for (const text of statements.names) changes += await changed(client, text, [shard, tenant, stepSize])
  }
  return { events, isDone: changes === 0 }
}

const remove = (table: string): string =>
  `DELETE FROM keelson.${table} WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM keelson.${table} WHERE shard = $1 AND tenant = $2 LIMIT $3))`

const statements = {
  event: `UPDATE keelson.event SET state = 3, leaf = '', blind = '', body = '', secrets = ''
    WHERE shard = $1 AND position = ANY (ARRAY(
      SELECT position FROM keelson.event WHERE shard = $1 AND tenant = $2 AND state < 3 ORDER BY position LIMIT $3))`,
  names: [
    remove('event_id'),
    remove('event_link'),
    remove('idempotency_key'),
    `UPDATE keelson.stream SET name = 'deleted:' || id WHERE shard = $1 AND id = ANY (ARRAY(
      SELECT id FROM keelson.stream
      WHERE shard = $1 AND tenant = $2 AND name <> 'deleted:' || id LIMIT $3))`,
  ],
} as const

async function changed(client: PostgresQueryable, text: string, values: unknown[]): Promise<number> {
  const result = (await client.query({ text, values, rowMode: 'array' })) as PostgresRows
  return result.rowCount ?? 0
}
