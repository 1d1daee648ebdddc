import type { CompleteEvent, Envelope } from '../core/index.ts'

/** `n` is the version that the stream's last event has; `none` a stream without events. */
export type ExpectedVersion = 'any' | 'none' | 'exists' | number

export interface StreamWrite {
  readonly stream: string
  readonly expected: ExpectedVersion
  /** Empty where the write is only a condition on the stream. */
  readonly events: readonly CompleteEvent[]
}

/** Where an event stands, and how it is chained. Hashes are base64url. */
export interface Receipt {
  readonly eventId: string
  /** Contiguous from 1 over the whole store, in commit order. */
  readonly position: number
  /** Dense from 0 in the tenant's log. */
  readonly sequence: number
  readonly stream: string
  /** Dense from 1 in the stream. */
  readonly version: number
  readonly recordedAt: string
  readonly leafHash: string
  readonly previousHash: string
  /** Whether this very event was stored by an earlier call, whose receipt this is. */
  readonly duplicate: boolean
}

export interface RecordedEvent extends Omit<Receipt, 'duplicate'> {
  readonly tenantId: string
  readonly eventType: string
  /** Exact bytes of the sealed body, canonical JSON. */
  readonly body: string
  /** base64url of the 32 bytes that blind the body's commitment. */
  readonly blind: string
  /** Exact bytes of the leaf. */
  readonly leaf: string
  /** Parsed from `body` when first asked for. */
  readonly envelope: Envelope
}

/** Whose events a read is about; there is no way to read without saying it. */
export type Scope = { readonly tenantId: string } | { readonly tenantId: 'every tenant' }

export interface ReadOptions {
  /** Only events after this position (before it when backwards). */
  readonly after?: number
  readonly direction?: 'forwards' | 'backwards'
  readonly limit?: number
  readonly signal?: AbortSignal
}

export interface AppendOptions {
  readonly idempotencyKey?: string
}

/** What an adapter can do beyond the port; data, so that callers and tests can ask. */
export interface StoreCapabilities {
  readonly name: string
  readonly durability: 'fsync' | 'relaxed' | 'none'
  readonly sql: boolean
}

/** A value that a SQL statement takes or gives. */
export type SqlValue = null | number | bigint | string | Uint8Array

export interface Statement {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

export interface QueryOptions {
  /** Whose question it is: tenants' questions take turns, and one that asks too many gets `store_busy`. */
  readonly tenantId?: string
  /** A question that still waits when this aborts is not asked. */
  readonly signal?: AbortSignal
}

/** Statements and the step of a checkpoint that belong together. */
export interface UnitOfWork {
  readonly statements: readonly Statement[]
  /** Moves from `from` to `to`; refused with `checkpoint_conflict` where it does not stand at `from`. */
  readonly checkpoint?: { readonly name: string; readonly from: number; readonly to: number }
}
