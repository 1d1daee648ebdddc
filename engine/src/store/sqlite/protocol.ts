import type { ErrorCode, ErrorDetails } from '../../core/index.ts'
import type { SqlValue, UnitOfWork } from '../types.ts'

/**
 * Appends on their way to the writer, laid out in columns: flat arrays cross the thread boundary several times
 * faster than a tree of objects. An append has `writeCounts` writes, a write `eventCounts` events.
 */
export interface AppendBatch {
  readonly kind: 'append'
  readonly id: number
  readonly tenants: string[]
  readonly keys: (string | null)[]
  readonly writeCounts: number[]
  readonly streams: string[]
  readonly expected: (string | number)[]
  readonly eventCounts: number[]
  readonly ids: string[]
  readonly types: string[]
  readonly bodies: string[]
  readonly commitments: string[]
  readonly filled: number[]
  /** 32 bytes an event. */
  readonly blinds: Uint8Array
}

export interface CommitRequest {
  readonly kind: 'commit'
  readonly id: number
  readonly unit: UnitOfWork
}

export interface WriterOptions {
  readonly path: string
  /** Largest size of the database file in bytes; undefined for none. */
  readonly maxBytes?: number
  readonly durability: 'fsync' | 'relaxed'
}

export type WriterRequest = AppendBatch | CommitRequest | { readonly kind: 'close'; readonly id: number }

/** Receipts in columns, an entry for each event of the appends that succeeded, in their order. */
export interface ReceiptColumns {
  readonly positions: number[]
  readonly sequences: number[]
  readonly versions: number[]
  readonly times: number[]
  readonly hashes: string[]
  readonly previous: string[]
  /** For an event that was stored before: its id and stream then; null for a new one. */
  readonly ids: (string | null)[]
  readonly streams: (string | null)[]
}

export function emptyReceipts(): ReceiptColumns {
  return {
    positions: [],
    sequences: [],
    versions: [],
    times: [],
    hashes: [],
    previous: [],
    ids: [],
    streams: [],
  }
}

export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly details: ErrorDetails
}

export interface AppendReply {
  readonly kind: 'append'
  readonly id: number
  /** An entry for each append: undefined where it succeeded. */
  readonly failures: (Failure | undefined)[]
  readonly receipts: ReceiptColumns
  readonly head: number
}

export type WriterReply =
  | AppendReply
  | { readonly kind: 'done'; readonly id: number; readonly failure?: Failure }
  | { readonly kind: 'opened'; readonly head: number; readonly failure?: Failure }

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
  readonly failure?: Failure
}
