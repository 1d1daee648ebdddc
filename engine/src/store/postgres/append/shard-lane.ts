import type { AppendBatch, AppendOutcome } from '../../append/batch.ts'
import { emptyReceipts } from '../../append/batch.ts'
import { wipeKeys } from '../../append/seal-secrets.ts'
import { Arena } from '../connection/arena.ts'
import type { PostgresQuery } from '../connection/pool.ts'
import { rowsOf } from '../connection/pool.ts'
import type { Sessions } from '../connection/sessions.ts'
import { isContended, isLost, sqlState, toStoreError } from '../connection/sql-error.ts'
import { fetchStored } from '../plan/facts.ts'
import type { Missing } from '../plan/head-rows.ts'
import { fetchHeads, keepHeads, missingHeads, placeIn } from '../plan/head-rows.ts'
import type { LogPlace } from '../plan/heads.ts'
import { Heads } from '../plan/heads.ts'
import type { Plan } from '../plan/plan.ts'
import { planBatch } from '../plan/plan.ts'
import { noFacts } from '../plan/planned-log.ts'
import { appendCall } from './append-call.ts'
import type { PlanOptions } from './locked-append.ts'
import { LockedWriter } from './locked-writer.ts'
import { Partitions } from './partitions.ts'
import { pickAppends, replaceAnswers } from './second-look.ts'
import { Turn } from './turn.ts'

/** How a call that was planned on remembered heads ended. */
type Sent = 'stored' | 'refused' | 'unknown'

/** How many batches took which way; for tests and measurements. */
export interface LaneCounts {
  /** In one call, planned on what this process remembered. */
  optimistic: number
  /** Under the lock, with everything fetched. */
  locked: number
  /** Planned on what turned out not to be so, and then done again under the lock. */
  refused: number
}

/** Batches under the lock after a refusal, as long as nobody else is seen to write, until the short way is tried again. */
const caution = 3

const uniqueViolation = '23505'

/**
 * Writes the batches of one shard. The short way is one call: the batch is planned on heads that this process
 * remembers, and the database stores it only if the log's head is where they were true. Where it is not, or an event
 * is stored already, the batch is planned again under the lock on the head, where every answer is certain.
 */
export class ShardLane {
  readonly counts: LaneCounts = { optimistic: 0, locked: 0, refused: 0 }
  readonly #sessions: Sessions
  readonly #shard: number
  readonly #options: PlanOptions
  readonly #partitions: Partitions
  readonly #locked: LockedWriter
  readonly #heads = new Heads()
  readonly #turn = new Turn()
  /** Batches whose answers are awaited, the oldest first. */
  readonly #inFlight = new Map<Plan, Promise<Sent>>()
  /** Places where what is remembered is true or will be: where the log was last seen, and after each one in flight. */
  #marks = new Set<number>()
  #caution = 0
  /** Memory of calls that were answered. */
  readonly #arenas: Arena[] = []

  constructor(sessions: Sessions, shard: number, partitionSize: number, options: PlanOptions) {
    this.#sessions = sessions
    this.#shard = shard
    this.#partitions = new Partitions(sessions, shard, partitionSize)
    this.#options = { ...options, hasPartition: position => this.#partitions.has(position) }
    this.#locked = new LockedWriter(sessions, shard, this.#options)
  }

  /** @throws KeelsonError where nothing is known to be stored; refusals of single appends are part of the outcome. */
  async write(batch: AppendBatch): Promise<AppendOutcome> {
    try {
      const started = await this.#turn.take(async () => {
        const plan = this.#isBold(batch) ? await this.#plan(batch) : undefined
        return plan ? { plan, sent: this.#send(plan) } : { outcome: await this.#writeLocked(batch, []) }
      })
      if (started.outcome) return started.outcome
      const { plan, sent } = started
      const end = await sent
      if (end === 'stored') return await this.#lookAgain(batch, plan.outcome)
      this.counts.refused += 1
      return await this.#turn.take(() => this.#writeLocked(batch, end === 'unknown' ? [plan] : []))
    } catch (error) {
      throw toStoreError(error)
    }
  }

  /**
   * Work with the lane to itself: no batch is in flight, and what the work does to the heads in its transaction holds
   * if it resolves. Before the transaction begins, so that nobody waits here while holding a lock of the database.
   */
  exclusive<Result>(work: (heads: Heads, options: PlanOptions) => Promise<Result>): Promise<Result> {
    return this.#turn.take(async () => {
      await this.#landed()
      try {
        const result = await work(this.#heads, this.#options)
        this.#settle()
        return result
      } catch (error) {
        this.#forget()
        throw error
      }
    })
  }

  /** Resolves when nothing is under way any more. */
  async drain(): Promise<void> {
    await this.#turn.take(() => this.#landed())
    await this.#partitions.settled()
  }

  #isBold(batch: AppendBatch): boolean {
    // What is in the log under a condition can only be looked for while nobody else adds to it.
    return this.#caution === 0 && batch.conditions.every(condition => condition === null)
  }

  /** The batch's plan on what is remembered; undefined where that is not to be trusted. */
  async #plan(batch: AppendBatch): Promise<Plan | undefined> {
    const heads = this.#heads
    if (heads.isFull) await this.#landed()
    if (this.#inFlight.size === 0) heads.trim()
    const missing = missingHeads(heads, batch)
    if (missing && !(await this.#complete(missing))) return undefined
    const { place } = heads
    if (!place) return undefined
    const last = place.position + batch.ids.length
    if (!this.#partitions.has(last)) await this.#partitions.ensure(last)
    // While it waited, a batch in flight may have been refused.
    if (heads.place !== place) return undefined
    return planBatch(heads, place, batch, noFacts, this.#options)
  }

  /** Fetches heads; false where somebody else has written, so that they do not fit what is remembered. */
  async #complete(missing: Missing): Promise<boolean> {
    const heads = this.#heads
    const { place: before } = heads
    // Whatever is in flight has its heads in memory; what it does not touch is the same before it as after.
    const marks = new Set(this.#marks)
    const rows = await this.#sessions
      .use(client => fetchHeads(client, this.#shard, missing))
      .catch(error => {
        if (isLost(error)) return []
        throw error
      })
    const place = placeIn(rows)
    if (!place || heads.place !== before) return false
    if (before === undefined && this.#inFlight.size === 0) {
      heads.adopt(place)
      this.#marks = new Set([place.mark])
    } else if (!marks.has(place.mark)) return false
    keepHeads(heads, rows)
    return true
  }

  /** Sends a plan at once; never throws what the plan can be tried again after. */
  #send(plan: Plan): Promise<Sent> {
    const arena = this.#arenas.pop() ?? new Arena()
    const call = plan.log.isEmpty ? undefined : appendCall(this.#shard, plan, arena)
    const work = (): Promise<Sent> => (call ? this.#call(call) : this.#confirm(plan))
    // Planned and written out while the batch before is stored, and sent when that is: on its way at the same time it
    // might come first, and be refused.
    const before = [...this.#inFlight.values()].at(-1)
    const answered = (before ? this.#after(before, work) : work()).finally(() => {
      arena.clear()
      this.#arenas.push(arena)
    })
    const sent = answered.then(
      end => {
        this.#land(plan, end)
        return end
      },
      error => {
        this.#land(plan, 'refused')
        throw error
      },
    )
    this.#inFlight.set(plan, sent)
    this.#marks.add(plan.to.mark)
    // Awaited by who sent it; here only so that it is not unhandled before.
    sent.catch(() => undefined)
    this.#partitions.look(plan.to.position)
    return sent
  }

  async #after(before: Promise<Sent>, work: () => Promise<Sent>): Promise<Sent> {
    const end = await before.catch((): Sent => 'refused')
    return end === 'stored' ? work() : 'refused'
  }

  async #call(call: PostgresQuery): Promise<Sent> {
    try {
      const [row] = await this.#sessions.use(client => rowsOf(client, call))
      return row?.[0] === true ? 'stored' : 'refused'
    } catch (error) {
      if (isLost(error)) return 'unknown'
      // An id or key is there already, or something was in the way: under the lock it will be seen what.
      if (sqlState(error) === uniqueViolation || isContended(error)) return 'refused'
      throw error
    }
  }

  /** Where all appends were refused there is nothing to send, but the refusals must be true of the log as it is. */
  async #confirm(plan: Plan): Promise<Sent> {
    const missing = { tenants: [], streams: [], types: [] }
    const rows = await this.#sessions.use(client => fetchHeads(client, this.#shard, missing))
    return placeIn(rows)?.mark === plan.from.mark ? 'stored' : 'refused'
  }

  /**
   * A refusal that was decided without looking for repeats holds only if the append is none: its ids and key are
   * looked for now, when everything before it is stored, and where one is found the append is answered anew.
   */
  async #lookAgain(batch: AppendBatch, outcome: AppendOutcome): Promise<AppendOutcome> {
    const refused = outcome.failures.flatMap((failure, index) => (failure ? [index] : []))
    if (refused.length === 0) return outcome
    const doubtful = pickAppends(batch, refused)
    try {
      const { events, keys } = await this.#sessions.use(client => fetchStored(client, this.#shard, doubtful))
      if (events.size === 0 && keys.size === 0) return outcome
      const other = await this.#turn.take(() => this.#writeLocked(doubtful, []))
      return replaceAnswers(batch, outcome, refused, other)
    } catch (error) {
      // What was stored is stored; only these cannot be told what became of them.
      const { code, message, details } = toStoreError(error)
      const other = {
        failures: refused.map(() => ({ code, message, details })),
        receipts: emptyReceipts(),
        head: 0,
      }
      return replaceAnswers(batch, outcome, refused, other)
    } finally {
      wipeKeys(doubtful)
    }
  }

  #land(plan: Plan, end: Sent): void {
    this.#inFlight.delete(plan)
    if (end === 'stored') {
      this.counts.optimistic += 1
      this.#marks = new Set([plan.to.mark, ...[...this.#inFlight.keys()].map(({ to }) => to.mark)])
    } else {
      this.#forget()
      this.#caution = caution
    }
  }

  /** Resolves when no batch is in flight. */
  async #landed(): Promise<void> {
    await Promise.allSettled(this.#inFlight.values())
  }

  async #writeLocked(batch: AppendBatch, unknown: readonly Plan[]): Promise<AppendOutcome> {
    await this.#landed()
    try {
      const seen = (place: LogPlace): void => this.#watch(place)
      const outcome = await this.#locked.write(this.#heads, batch, unknown, seen)
      this.counts.locked += 1
      this.#settle()
      return outcome
    } catch (error) {
      this.#forget()
      throw error
    }
  }

  /** Notices whether somebody else writes to the shard as well. */
  #watch(place: LogPlace): void {
    if (this.#heads.place?.mark === place.mark) this.#caution = Math.max(0, this.#caution - 1)
    else if (this.#heads.place) this.#caution = caution
  }

  #settle(): void {
    const { place } = this.#heads
    this.#marks = new Set(place ? [place.mark] : [])
    if (this.#inFlight.size === 0) this.#heads.trim()
  }

  #forget(): void {
    this.#heads.forget()
    this.#marks = new Set()
  }
}
