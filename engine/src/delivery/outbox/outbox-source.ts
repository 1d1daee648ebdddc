import type { DeadOutboxRow, OutboxRow } from './outbox-row.ts'

/** The tables of an outbox as a relay and an operator see them. */
export interface OutboxSource {
  /** Each has one relay at a time; rows of an aggregate are all in one. */
  readonly partitions: number
  /** Resolves when this process alone reads the partition. @throws what the signal was aborted with, and of the database. */
  lead(partition: number, signal: AbortSignal): Promise<OutboxLead>
  backlog(): Promise<OutboxBacklog>
  /** Rows that were set aside, by their position. */
  listDead(query?: DeadOutboxQuery): Promise<readonly DeadOutboxRow[]>
  /** Puts them back at their old places, and says how many; what fails again is set aside again. */
  replayDead(positions: readonly number[]): Promise<number>
  /** Gives them up for good, and says how many. */
  discardDead(positions: readonly number[]): Promise<number>
}

/** One partition, as long as this process alone reads it. Its methods throw `outbox_overtaken` once that is over. */
export interface OutboxLead {
  /** The first rows but those of the aggregates named by `except`, after a position. */
  read(options: ReadRows): Promise<readonly OutboxRow[]>
  /** They were published. */
  remove(positions: readonly number[]): Promise<void>
  /** They cannot be published. */
  setAside(rows: readonly RefusedRow[]): Promise<void>
  /** Resolves after so many milliseconds, or before where it is told of new rows; at once where the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
  /** Lets another lead. May be called twice. */
  close(): Promise<void>
}

export interface ReadRows {
  readonly limit: number
  readonly after: number
  /** As `aggregateKey` gives them. */
  readonly except: readonly string[]
  /** Also none of aggregates that have a row set aside. */
  readonly isHolding: boolean
}

export interface RefusedRow {
  readonly position: number
  readonly code: string
  readonly message: string
  readonly attempts: number
}

export interface DeadOutboxQuery {
  readonly tenantId?: string
  /** Position of the last one of the page before. */
  readonly after?: number
  /** Default 100, at most 1,000. */
  readonly limit?: number
}

export interface OutboxBacklog {
  /** Rows that wait, counted up to 100,000. */
  readonly rows: number
  /** Age of the first one; 0 where none waits. */
  readonly lagSeconds: number
  /** Rows that were set aside, counted up to 100,000. */
  readonly dead: number
}

export const mostCounted = 100_000

export const pageOf = ({ after = 0, limit = 100 }: DeadOutboxQuery): { after: number; limit: number } => ({
  after,
  limit: Math.max(1, Math.min(1_000, limit)),
})

/** Rows that one statement removes or moves. */
export const largestStep = 1_000
