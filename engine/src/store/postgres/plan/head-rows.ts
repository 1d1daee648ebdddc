import type { AppendBatch } from '../../append/batch.ts'
import { textArray } from '../connection/binary-array.ts'
import type { PostgresQueryable } from '../connection/pool.ts'
import { rowsOf } from '../connection/pool.ts'
import { ownTypes } from '../connection/row-types.ts'
import type { Heads, LogPlace } from './heads.ts'
import { streamStates } from './heads.ts'

/** What a batch asks for and the heads do not have. */
export interface Missing {
  readonly tenants: readonly string[]
  readonly streams: readonly (readonly [tenantId: string, name: string])[]
  readonly types: readonly string[]
}

/** undefined where nothing is missing. */
export function missingHeads(heads: Heads, batch: AppendBatch): Missing | undefined {
  const tenants = new Set<string>()
  const streams = new Map<string, readonly [string, string]>()
  let write = 0
  for (const [index, tenantId] of batch.tenants.entries()) {
    const tenant = heads.tenants.get(tenantId)
    if (!tenant || tenant.size === 0) tenants.add(tenantId)
    const last = write + (batch.writeCounts[index] as number)
    for (; write < last; write += 1) {
      const name = batch.streams[write] as string
      if (!heads.stream(tenantId, name)) streams.set(`${tenantId}\n${name}`, [tenantId, name])
    }
  }
  const types = new Set(batch.types.filter(type => !heads.types.has(type)))
  if (tenants.size === 0 && streams.size === 0 && types.size === 0) return undefined
  return { tenants: [...tenants], streams: [...streams.values()], types: [...types] }
}

/** Rows of `keelson.heads`. */
export type HeadRows = readonly unknown[][]

/** Everything in one statement, so that it is true at the same moment. */
export function fetchHeads(client: PostgresQueryable, shard: number, missing: Missing): Promise<HeadRows> {
  return rowsOf(client, {
    text: 'SELECT kind, id, name, a, b, c, note FROM keelson.heads($1::integer, $2::text[], $3::text[], $4::text[], $5::text[])',
    name: 'keelson_heads',
    values: [
      shard,
      textArray(missing.tenants),
      textArray(missing.streams.map(([tenantId]) => tenantId)),
      textArray(missing.streams.map(([, name]) => name)),
      textArray(missing.types),
    ],
    rowMode: 'array',
    types: ownTypes,
  })
}

/** Where the log stood when the rows were fetched. */
export function placeIn(rows: HeadRows): LogPlace | undefined {
  const row = rows.find(([kind]) => kind === 0)
  return row && { position: row[1] as number, mark: row[3] as number }
}

export function keepHeads(heads: Heads, rows: HeadRows): void {
  for (const [kind, id, name, a, b, c, note] of rows as [
    number,
    number,
    string,
    number,
    number,
    number,
    string,
  ][]) {
    if (kind === 1) heads.tenants.set(name, { id, name, size: a, time: b, position: c, hash: note })
    if (kind === 2) heads.setStream(note, { id, name, version: a, state: streamStates[b] ?? 'open' })
    if (kind === 3) heads.types.set(name, { id, topic: note })
  }
}
