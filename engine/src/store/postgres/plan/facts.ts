import type { AppendBatch } from '../../append/batch.ts'
import type { StoredEvent } from '../../append/log.ts'
import { needsTypes } from '../../read/event-select.ts'
import type { EventQuery } from '../../types.ts'
import { textArray } from '../connection/binary-array.ts'
import type { PostgresQueryable } from '../connection/pool.ts'
import { rowsOf } from '../connection/pool.ts'
import { ownTypes } from '../connection/row-types.ts'
import { selectPage } from '../read/page-select.ts'
import { fetchTypes } from '../read/select.ts'
import type { StatementNames } from '../read/statement-names.ts'
import type { Facts } from './planned-log.ts'
import { factKey, matchKey } from './planned-log.ts'

/** Asks for all that the batch's appends can repeat or be refused for; by the holder of the shard's lock. */
export async function fetchFacts(
  client: PostgresQueryable,
  shard: number,
  batch: AppendBatch,
  names?: StatementNames,
): Promise<Facts> {
  const { events, keys } = await fetchStored(client, shard, batch)
  return { events, keys, matches: await fetchMatches(client, shard, batch, names) }
}

/** What is stored under the ids and keys of the batch's appends. */
export async function fetchStored(
  client: PostgresQueryable,
  shard: number,
  batch: AppendBatch,
): Promise<Omit<Facts, 'matches'>> {
  // Several appends of a batch may have the same key.
  const asked = new Map<string, readonly [tenantId: string, key: string]>()
  for (const [index, tenantId] of batch.tenants.entries()) {
    const key = batch.keys[index]
    if (key) asked.set(factKey(tenantId, key), [tenantId, key])
  }
  const ofKeys = [...asked.values()]
  const rows = await rowsOf(client, {
    text: 'SELECT * FROM keelson.stored($1::integer, $2::text[], $3::text[], $4::text[], $5::text[])',
    name: 'keelson_stored',
    values: [
      shard,
      textArray(tenantOfEach(batch)),
      textArray(batch.ids),
      textArray(ofKeys.map(([tenantId]) => tenantId)),
      textArray(ofKeys.map(([, key]) => key)),
    ],
    rowMode: 'array',
    types: ownTypes,
  })
  const events = new Map<string, StoredEvent>()
  const keys = new Map<string, StoredEvent[]>()
  for (const row of rows) {
    const key = factKey(row[1] as string, row[2] as string)
    const event = toStoredEvent(row)
    if (row[0] === 0) events.set(key, event)
    else if (!keys.get(key)?.push(event)) keys.set(key, [event])
  }
  return { events, keys }
}

/** The tenant of each event of the batch. */
function tenantOfEach(batch: AppendBatch): string[] {
  const tenants: string[] = []
  let write = 0
  for (const [index, tenantId] of batch.tenants.entries()) {
    const last = write + (batch.writeCounts[index] as number)
    for (; write < last; write += 1)
      for (let count = batch.eventCounts[write] as number; count > 0; count -= 1) tenants.push(tenantId)
  }
  return tenants
}

async function fetchMatches(
  client: PostgresQueryable,
  shard: number,
  batch: AppendBatch,
  names: StatementNames | undefined,
): Promise<Map<EventQuery, Map<string, number>>> {
  const matches = new Map<EventQuery, Map<string, number>>()
  const asked = batch.conditions.flatMap((condition, index) =>
    condition === null ? [] : [{ ...condition, tenantId: batch.tenants[index] as string }],
  )
  if (asked.length === 0) return matches
  const types = asked.some(({ query }) => needsTypes({ query })) ? await fetchTypes(client, shard) : []
  for (const { query, after, tenantId } of asked) {
    const filter = { query }
    const { sql, params } = selectPage(
      { tenantId, cursor: after, direction: 'forwards', limit: 1, filter, withRemoved: true },
      shard,
      types,
    )
    const name = names?.nameOf(sql)
    const [row] = await rowsOf(client, {
      text: sql,
      ...(name === undefined ? {} : { name }),
      values: [...params],
      rowMode: 'array',
      types: ownTypes,
    })
    const ofQuery = matches.get(query) ?? new Map<string, number>()
    matches.set(query, ofQuery.set(matchKey(tenantId, after), (row?.[0] as number | undefined) ?? 0))
  }
  return matches
}

function toStoredEvent(row: readonly unknown[]): StoredEvent {
  return {
    position: row[3] as number,
    sequence: row[4] as number,
    version: row[5] as number,
    stream: row[6] as string,
    id: row[7] as string,
    filled: row[8] as number,
    leaf: row[9] as string,
    leafHash: row[10] as string,
    blind: row[11] as Uint8Array,
    body: row[12] as string,
    secrets: row[13] as string,
  }
}
