import type { AppendBatch, AppendOutcome } from '../../append/batch.ts'
import type { PostgresClient } from '../connection/pool.ts'
import { rowsOf } from '../connection/pool.ts'
import { ownTypes } from '../connection/row-types.ts'
import type { Sessions } from '../connection/sessions.ts'
import { isContended, isLost } from '../connection/sql-error.ts'
import type { Heads, LogPlace } from '../plan/heads.ts'
import type { Plan } from '../plan/plan.ts'
import type { PlanOptions } from './locked-append.ts'
import { appendLocked, lockHead } from './locked-append.ts'

const maxAttempts = 3

/**
 * Writes batches under the lock on the shard's head, again on another connection where one was lost. Whatever became
 * of an earlier try is known under the lock: the server has finished with it, or will find the head moved.
 */
export class LockedWriter {
  readonly #sessions: Sessions
  readonly #shard: number
  readonly #options: PlanOptions

  constructor(sessions: Sessions, shard: number, options: PlanOptions) {
    this.#sessions = sessions
    this.#shard = shard
    this.#options = options
  }

  /**
   * `unknown` are plans of the batch that may have been stored. What was done to the heads holds if this resolves;
   * `seen` is told where the log stood.
   */
  async write(
    heads: Heads,
    batch: AppendBatch,
    unknown: readonly Plan[],
    seen: (place: LogPlace) => void,
  ): Promise<AppendOutcome> {
    const tried = [...unknown]
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#sessions.write('*', async client => {
          const place = await lockHead(client, this.#shard)
          const stored = await this.#findStored(client, place, tried)
          if (stored) return stored.outcome
          seen(place)
          const plan = await appendLocked(client, this.#shard, heads, place, batch, this.#options)
          tried.push(plan)
          return plan.outcome
        })
      } catch (error) {
        heads.forget()
        if (attempt >= maxAttempts || !(isLost(error) || isContended(error))) throw error
      }
    }
  }

  /** The plan that was stored after all, though the answer was lost: its leaves have random blinds, like nobody's. */
  async #findStored(
    client: PostgresClient,
    place: LogPlace,
    tried: readonly Plan[],
  ): Promise<Plan | undefined> {
    for (const plan of tried) {
      if (plan.log.isEmpty) continue
      if (place.mark === plan.to.mark) return plan
      const [event] = plan.log.events
      if (!event) continue
      const [row] = await rowsOf(client, {
        text: 'SELECT leaf_hash FROM keelson.event WHERE shard = $1 AND position = $2',
        values: [this.#shard, event.position],
        rowMode: 'array',
        types: ownTypes,
      })
      if (row?.[0] === event.leafHash) return plan
    }
    return undefined
  }
}
