import type { Clock } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { AppendBatch } from '../../append/batch.ts'
import type { PostgresQueryable } from '../connection/pool.ts'
import { rowsOf } from '../connection/pool.ts'
import { ownTypes } from '../connection/row-types.ts'
import { fetchFacts } from '../plan/facts.ts'
import { fetchHeads, keepHeads, missingHeads } from '../plan/head-rows.ts'
import type { Heads, LogPlace } from '../plan/heads.ts'
import type { Plan } from '../plan/plan.ts'
import { planBatch } from '../plan/plan.ts'
import type { StatementNames } from '../read/statement-names.ts'
import { appendCall } from './append-call.ts'

export interface PlanOptions {
  readonly clock: Clock
  /** A random number that is safe and not 0. */
  readonly nextMark: () => number
  /** Names for the statements that look for what a condition matches; without them each is planned anew. */
  readonly names?: StatementNames
  /** Whether the position is known to have a partition; default not. */
  readonly hasPartition?: (position: number) => boolean
}

/** Locks the shard's head until the transaction ends, and says where the log stands. */
export async function lockHead(client: PostgresQueryable, shard: number): Promise<LogPlace> {
  // A statement of its own: what follows sees all that was committed before the lock was given.
  const [row] = await rowsOf(client, {
    text: 'SELECT position, mark FROM keelson.log_head WHERE shard = $1 FOR UPDATE',
    name: 'keelson_lock',
    values: [shard],
    rowMode: 'array',
    types: ownTypes,
  })
  if (!row) throw new KeelsonError('store_damaged', `The head of shard ${shard} is missing: restore a backup`)
  return { position: row[0] as number, mark: row[1] as number }
}

/**
 * Plans and writes a batch in an open transaction that holds the lock on the shard's head. Everything that an append
 * can depend on is fetched under the lock, so that each one's answer is final once the transaction commits.
 */
export async function appendLocked(
  client: PostgresQueryable,
  shard: number,
  heads: Heads,
  place: LogPlace,
  batch: AppendBatch,
  options: PlanOptions,
): Promise<Plan> {
  if (heads.place?.mark !== place.mark) heads.adopt(place)
  const missing = missingHeads(heads, batch)
  if (missing) keepHeads(heads, await fetchHeads(client, shard, missing))
  const facts = await fetchFacts(client, shard, batch, options.names)
  const plan = planBatch(heads, place, batch, facts, options)
  if (plan.log.isEmpty) return plan
  if (!options.hasPartition?.(plan.to.position)) await addPartitions(client, shard, plan.to.position)
  const [row] = await rowsOf(client, appendCall(shard, plan))
  if (row?.[0] !== true)
    throw new KeelsonError('store_failed', 'The head of the log moved although it was locked')
  return plan
}

/** Makes what partitions are missing up to the position, and gives the last position that has one. */
export async function addPartitions(client: PostgresQueryable, shard: number, upTo: number): Promise<number> {
  const [row] = await rowsOf(client, {
    text: 'SELECT keelson.add_partitions($1::integer, $2::bigint)',
    name: 'keelson_add_partitions',
    values: [shard, upTo],
    rowMode: 'array',
    types: ownTypes,
  })
  return row?.[0] as number
}
