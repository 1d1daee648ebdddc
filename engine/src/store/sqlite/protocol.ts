import type { AppendBatch, AppendOutcome, Failure } from '../append/batch.ts'
import type { PreparedUnit } from '../append/prepare-unit.ts'
import type { SqlValue } from '../types.ts'
import type { CommitMark } from './log-flush.ts'

/** A unit of work on its way to the writer: its appends are laid out in columns. */
export interface WriterUnit extends Omit<PreparedUnit, 'appends' | 'scope'> {
  readonly batch: AppendBatch | null
}

export interface WriterOptions {
  readonly path: string
  /** Largest size of the database file in bytes; undefined for none. */
  readonly maxBytes?: number
  readonly durability: 'fsync' | 'relaxed'
}

/** What the writer is asked to do inside a transaction. */
export type WriterWork =
  | { readonly kind: 'append'; readonly id: number; readonly batch: AppendBatch }
  | { readonly kind: 'commit'; readonly id: number; readonly unit: WriterUnit }
  | { readonly kind: 'define'; readonly id: number; readonly statements: readonly string[] }
  /** Deletes a part of what is left of deleted tenants, and the tenant of this name. */
  | { readonly kind: 'delete'; readonly id: number; readonly tenantId: string }

/** What cannot be done inside of one. */
export type WriterChore =
  | { readonly kind: 'purge'; readonly id: number }
  | { readonly kind: 'close'; readonly id: number }

export type WriterRequest = WriterWork | WriterChore

export interface Done {
  readonly kind: 'done'
  readonly id: number
  readonly failure?: Failure
  readonly outcome?: AppendOutcome
  /** What was written last may not be on disk, and nothing is written any more. */
  readonly isBroken?: true
  /** Number of the newest transaction that was flushed. */
  readonly flushed?: number
  /** How long the transaction's `COMMIT` took, with its flush, in milliseconds. */
  readonly commitMs?: number
  /** Events that this step deleted, and whether there was nothing left to delete. */
  readonly deleted?: { readonly events: number; readonly isAll: boolean }
}

export type WriterReply =
  | Done
  | {
      readonly kind: 'opened'
      readonly head: number
      /** As whom it marks its transactions; undefined where it does not flush. */
      readonly writer?: string
      readonly failure?: Failure
    }

export interface QueryRequest {
  readonly kind: 'query'
  readonly id: number
  readonly sql: string
  readonly params: readonly SqlValue[]
  /** Ends the answer with the row that reaches this many bytes of text and blobs; undefined for no end. */
  readonly maxBytes?: number
}

export interface QueryReply {
  readonly id: number
  readonly rows?: SqlValue[][]
  /** The newest transaction that the rows may be of; undefined before the first one. */
  readonly mark?: CommitMark
  readonly failure?: Failure
}
