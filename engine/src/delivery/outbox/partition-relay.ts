import { KeelsonError } from '../../core/index.ts'
import type { Alarm } from '../../transport/index.ts'
import { delayAfter, HeldAggregates } from './held-aggregates.ts'
import type { OutboxRow } from './outbox-row.ts'
import type { OutboxLead, RefusedRow } from './outbox-source.ts'
import type { BatchOutcome, OutboxPublisher } from './publish-batch.ts'
import { publishBatch } from './publish-batch.ts'
import type { RelayCounts } from './relay-counts.ts'

export interface PartitionRelaySettings {
  readonly publisher: OutboxPublisher
  readonly batchSize: number
  readonly pollEvery: number
  readonly attempts: number
  readonly isHolding: boolean
  readonly onError: (error: unknown) => void
  readonly alarm: Alarm
  readonly counts: { -readonly [Name in keyof RelayCounts]: RelayCounts[Name] }
}

/** `stop`: after the batch in hand; `drain`: when no row is left that can go out. */
export interface RelayEnds {
  readonly stop: AbortSignal
  readonly drain: AbortSignal
}

/** More aggregates than this that are not taken are an outage of the publisher, not of theirs. */
const mostHeld = 1_000
const longestPause = 5_000
/** Batches that are read one behind the other before it begins anew at the first row. */
const longestPass = 20

/** The rows of one partition, batch by batch. What it knows of tries survives a change of the lead. */
export class PartitionRelay {
  readonly #settings: PartitionRelaySettings
  readonly #held = new HeldAggregates()
  #outages = 0
  #removing: Promise<void> = Promise.resolve()

  constructor(settings: PartitionRelaySettings) {
    this.#settings = settings
  }

  get held(): number {
    return this.#held.size
  }

  async run(lead: OutboxLead, ends: RelayEnds): Promise<void> {
    const { batchSize, isHolding } = this.#settings
    this.#removing = Promise.resolve()
    let ahead: Promise<readonly OutboxRow[]> | undefined
    try {
      for (let pass = 0; !ends.stop.aborted; ) {
        const rows = await (ahead ?? this.#read(lead, 0))
        // Now and then from the first row on: one of a lower position may have been committed since.
        pass = isHolding || rows.length < batchSize || pass === longestPass ? 0 : pass + 1
        ahead = pass === 0 ? undefined : this.#read(lead, rows.at(-1)?.position ?? 0)
        ahead?.catch(() => undefined)
        const outcome = rows.length === 0 ? 'done' : await this.#relay(rows, lead, ends)
        // What was read ahead may stand behind what was not taken.
        if (outcome !== 'done') ahead = undefined
        if (ends.drain.aborted && (outcome === 'outage' || rows.length === 0)) return
        if (rows.length === 0) await this.#rest(lead, ends)
      }
    } finally {
      await ahead?.catch(() => undefined)
      await this.#removing
    }
  }

  #read(lead: OutboxLead, after: number): Promise<readonly OutboxRow[]> {
    const { batchSize, isHolding, alarm } = this.#settings
    // Behind the first rows an aggregate whose row there is to be tried again has no turn at all.
    const except = after === 0 ? this.#held.waiting(alarm.now()) : this.#held.keys()
    return lead.read({ limit: batchSize, after, except, isHolding })
  }

  #remove(lead: OutboxLead, positions: readonly number[]): void {
    this.#removing = lead.remove(positions)
    // Who waits for it is told.
    this.#removing.catch(() => undefined)
  }

  async #rest(lead: OutboxLead, { drain }: RelayEnds): Promise<void> {
    await this.#removing
    const { pollEvery, alarm } = this.#settings
    const wait = Math.min(pollEvery, this.#held.dueIn(alarm.now()) ?? pollEvery)
    await lead.wait(Math.max(1, wait), drain)
  }

  /** `outage` where nothing could be published at all, `stuck` where something could not. */
  async #relay(
    rows: readonly OutboxRow[],
    lead: OutboxLead,
    ends: RelayEnds,
  ): Promise<'done' | 'stuck' | 'outage'> {
    const { publisher, isHolding, counts, onError, alarm } = this.#settings
    const outcome = await publishBatch(rows, publisher, isHolding, ends.stop)
    for (const { error } of [...outcome.refused, ...outcome.failed]) onError(error)
    const isOutage = outcome.failed.length > 0 && outcome.published.length + outcome.refused.length === 0
    const aside = [...refusedRows(outcome, this.#held), ...(isOutage ? [] : this.#exhausted(outcome))]
    // While they are removed the next ones go out; who is killed in between publishes them once more, as duplicates.
    await this.#removing
    if (outcome.published.length > 0) this.#remove(lead, outcome.published)
    if (aside.length > 0) await lead.setAside(aside)
    this.#held.settle(new Set(outcome.published))
    counts.published += outcome.published.length
    counts.duplicates += outcome.duplicates
    counts.setAside += aside.length
    const [failure] = outcome.failed
    if (failure === undefined) {
      delete counts.error
      this.#outages = 0
    } else counts.error = messageOf(failure.error)
    if (isOutage || this.#held.size > mostHeld) {
      this.#outages += 1
      await alarm.wait(Math.min(longestPause, delayAfter(this.#outages)), ends.drain)
    }
    if (isOutage) return 'outage'
    return failure === undefined ? 'done' : 'stuck'
  }

  /** Notes tries that failed while others did not; those that were the last one are set aside. */
  #exhausted({ failed }: BatchOutcome): readonly RefusedRow[] {
    const { attempts, alarm } = this.#settings
    return failed.flatMap(({ row, error }) => {
      const tries = this.#held.add(row, alarm.now())
      if (tries < attempts) return []
      this.#held.release(row)
      return [refusedRow(row, error, tries)]
    })
  }
}

const refusedRows = ({ refused }: BatchOutcome, held: HeldAggregates): readonly RefusedRow[] =>
  refused.map(({ row, error }) => {
    held.release(row)
    return refusedRow(row, error, 1)
  })

const refusedRow = (row: OutboxRow, error: unknown, attempts: number): RefusedRow => ({
  position: row.position,
  code: error instanceof KeelsonError ? error.code : 'internal_error',
  message: messageOf(error).slice(0, 1_000).toWellFormed(),
  attempts,
})

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
