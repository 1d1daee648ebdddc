import type { RandomFill } from '../../../core/index.ts'
import type { AppendOutcome } from '../../append/batch.ts'
import { answers, fromFailure, toBatch } from '../../append/batch.ts'
import type { PreparedAppend } from '../../append/prepare.ts'
import type { PreparedUnit } from '../../append/prepare-unit.ts'
import { wipeKeys } from '../../append/seal-secrets.ts'
import type { Receipt } from '../../types.ts'
import type { PlanOptions } from '../append/locked-append.ts'
import { appendLocked, lockHead } from '../append/locked-append.ts'
import { shardOf } from '../append/placement.ts'
import type { ShardLane } from '../append/shard-lane.ts'
import type { PostgresClient } from '../connection/pool.ts'
import type { ProductSql } from '../connection/product-sql.ts'
import type { Sessions } from '../connection/sessions.ts'
import { isContended } from '../connection/sql-error.ts'
import type { Heads } from '../plan/heads.ts'
import { moveCheckpoint, writeParts } from './unit-writer.ts'

/** A lane that the unit has to itself. */
interface HeldLane {
  readonly shard: number
  readonly heads: Heads
  readonly options: PlanOptions
}

export interface UnitContext {
  readonly sessions: Sessions
  readonly lanes: readonly ShardLane[]
  readonly fill: RandomFill
  readonly products: ProductSql
}

export interface CommittedUnit {
  readonly receipts: readonly Receipt[]
  /** Newest position of each shard that was written to. */
  readonly heads: ReadonlyMap<number, number>
}

const maxAttempts = 5

/** Carries out a unit in one transaction; anew where another transaction stood in its way. */
export async function commitUnit(unit: PreparedUnit, context: UnitContext): Promise<CommittedUnit> {
  const { lanes } = context
  const shards = [...new Set(unit.appends.map(({ tenantId }) => shardOf(tenantId, lanes.length)))]
  for (let attempt = 1; ; attempt += 1) {
    try {
      // In the order of their numbers, as everybody takes them.
      return await withLanes(
        lanes,
        shards.sort((a, b) => a - b),
        [],
        held =>
          context.sessions.write('*', client => carryOut(client, unit, held, context), {
            isProducts: unit.statements.length > 0,
            isRelaxed: unit.durability === 'relaxed',
          }),
      )
    } catch (error) {
      if (attempt >= maxAttempts || !isContended(error)) throw error
    }
  }
}

function withLanes<Result>(
  lanes: readonly ShardLane[],
  [shard, ...rest]: readonly number[],
  held: readonly HeldLane[],
  work: (held: readonly HeldLane[]) => Promise<Result>,
): Promise<Result> {
  const lane = shard === undefined ? undefined : lanes[shard]
  if (shard === undefined || !lane) return work(held)
  return lane.exclusive((heads, options) =>
    withLanes(lanes, rest, [...held, { shard, heads, options }], work),
  )
}

async function carryOut(
  client: PostgresClient,
  unit: PreparedUnit,
  held: readonly HeldLane[],
  { lanes, fill, products }: UnitContext,
): Promise<CommittedUnit> {
  if (unit.checkpoint) await moveCheckpoint(client, unit.checkpoint)
  const receipts = new Map<PreparedAppend, readonly Receipt[]>()
  const heads = new Map<number, number>()
  for (const lane of held) {
    const appends = unit.appends.filter(({ tenantId }) => shardOf(tenantId, lanes.length) === lane.shard)
    const place = await lockHead(client, lane.shard)
    const batch = toBatch(appends, fill)
    const plan = await appendLocked(client, lane.shard, lane.heads, place, batch, lane.options)
    wipeKeys(batch)
    for (const [index, answer] of answersOf(appends, plan.outcome).entries())
      receipts.set(appends[index] as PreparedAppend, answer)
    heads.set(lane.shard, plan.to.position)
  }
  await writeParts(client, unit, lanes.length, products)
  return { receipts: unit.appends.flatMap(append => receipts.get(append) ?? []), heads }
}

/** @throws KeelsonError of the first append that was refused. */
export function answersOf(
  appends: readonly PreparedAppend[],
  outcome: AppendOutcome,
): (readonly Receipt[])[] {
  const failure = outcome.failures.find(one => one !== undefined)
  if (failure) throw fromFailure(failure)
  return answers(appends, outcome) as (readonly Receipt[])[]
}
