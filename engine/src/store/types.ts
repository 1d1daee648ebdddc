import type { CompleteEvent, Envelope, JsonValue } from '../core/index.ts'
import type { LeafKind } from '../proof/index.ts'

/** `n` is the version that the stream's last event has; `none` a stream without events. */
export type ExpectedVersion = 'any' | 'none' | 'exists' | number

export type StreamState = 'open' | 'sealed' | 'tombstoned'

/** Disclosures of an event that are stored encrypted under one subject's key. */
export interface Secret {
  /** Names the key; ids of keys hold nothing of the subject. */
  readonly kid: string
  /** 32 bytes; used in the append's transaction and not kept. */
  readonly key: Uint8Array
  readonly disclosures: readonly string[]
}

/** An event on its way to the log: its envelope is the body, in which secrets are digests already. */
export interface LogEvent extends CompleteEvent {
  /** What its leaf records; default `event`. */
  readonly kind?: LeafKind
  readonly secrets?: readonly Secret[]
}

export interface StreamWrite {
  readonly stream: string
  readonly expected: ExpectedVersion
  /** Empty where the write is only a condition on the stream, or closes it. */
  readonly events: readonly LogEvent[]
  /** What an existing stream becomes with this write: it takes no events any more. */
  readonly closes?: Exclude<StreamState, 'open'>
}

/** Matches an event of any of the types (all where there are none) that has every one of the tags. */
export interface EventQueryItem {
  readonly types?: readonly string[]
  /** As events carry them in `metadata.tags`. */
  readonly tags?: readonly string[]
}

/** Any of its items. */
export type EventQuery = readonly EventQueryItem[]

export interface AppendOptions {
  /** Names the append: a repeat gives the first receipts. */
  readonly idempotencyKey?: string
  /**
   * Dynamic consistency boundary: the append is refused with `append_condition_failed` where an event of this tenant
   * after the position matches, also one that was appended at the same time.
   */
  readonly unless?: { readonly query: EventQuery; readonly after: number }
}

/** Where an event stands, and how it is chained. Hashes are base64url. */
export interface Receipt {
  readonly eventId: string
  /** Contiguous from 1 over the tenant's shard (the whole store where there is one), in commit order. */
  readonly position: number
  /** Dense from 0 in the tenant's log. */
  readonly sequence: number
  readonly stream: string
  /** Dense from 1 in the stream. */
  readonly version: number
  readonly recordedAt: string
  readonly leafHash: string
  readonly previousHash: string
  /**
   * Whether this very event was stored by an earlier call, whose receipt this is. Other content under the same id or key
   * is refused. Where the body was archived or removed the id alone decides: what the leaf commits to cannot be computed
   * without the blind, which goes with the body so that nobody can guess what it was.
   */
  readonly duplicate: boolean
}

/** Whether the body is in the database, was moved to the archive, or was removed for good. */
export type BodyState = 'present' | 'archived' | 'removed'

export interface RecordedEvent extends Omit<Receipt, 'duplicate'> {
  readonly tenantId: string
  readonly eventType: string
  readonly bodyState: BodyState
  /** What the leaf records. */
  readonly kind: LeafKind
  /** Sealed disclosures as they stand, `kid:base64url` joined by spaces; empty where there are none any more. */
  readonly secrets: string
  /** The disclosures in plain text; empty in reads of a store that was not opened with its keys. */
  readonly disclosures: readonly string[]
  /** Digests in the body that nothing opens. */
  readonly hidden: number
  /** Exact bytes of the sealed body, canonical JSON; empty unless it is present. */
  readonly body: string
  /** base64url of the 32 bytes that blind the body's commitment; empty unless the body is present. */
  readonly blind: string
  /** Exact bytes of the leaf. */
  readonly leaf: string
  /** Parsed from `body` when first asked for; throws `event_removed` or `event_archived` where there is no body. */
  readonly envelope: Envelope
}

/** Whose events a read is about; there is no way to read without saying it. */
export type Scope =
  | { readonly tenantId: string }
  /** Every tenant of one shard: number from 0, needed where the store has several. */
  | { readonly tenantId: 'every tenant'; readonly shard?: number }

/** All that is given must hold; a list is any-of. */
export interface EventFilter {
  readonly types?: readonly string[]
  /** As the catalogue had them when the types were last appended. */
  readonly topics?: readonly string[]
  readonly correlationId?: string
  readonly causationId?: string
  readonly query?: EventQuery
  /** Any of these keys sealed something in the event, also where that was erased since; at most 400. */
  readonly subjectKeys?: readonly string[]
}

/** A leaf's place and hash, without its event. */
export interface LeafRow {
  readonly position: number
  readonly tenantId: string
  readonly sequence: number
  /** base64url. */
  readonly leafHash: string
}

export interface TailOptions {
  /** Only events after this position (before it when backwards). */
  readonly after?: number
  readonly limit?: number
  readonly filter?: EventFilter
  /** Events whose bodies were removed are left out unless this is `include`. */
  readonly removed?: 'leave out' | 'include'
  readonly signal?: AbortSignal
}

export interface ReadOptions extends TailOptions {
  readonly direction?: 'forwards' | 'backwards'
  /** Only what was recorded up to this time, RFC 3339; of one stream or one tenant. */
  readonly asOf?: string
}

export interface StreamInfo {
  readonly stream: string
  readonly version: number
  readonly state: StreamState
}

/** What an adapter can do beyond the port; data, so that callers and tests can ask. */
export interface StoreCapabilities {
  readonly name: string
  readonly durability: 'fsync' | 'relaxed' | 'none'
  /** Dialect of `query` and of a unit's statements. */
  readonly sql: 'none' | 'sqlite' | 'postgres'
  /** Number of shards; each has positions of its own, and a tenant stands on one. */
  readonly shards: number
}

/** A value that a SQL statement takes or gives. */
export type SqlValue = null | number | bigint | string | Uint8Array

/** SQL with `?` for each parameter in turn, in either dialect; `?1` names one by its number. */
export interface Statement {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

export interface QueryOptions {
  /** A question that still waits when this aborts is not asked. */
  readonly signal?: AbortSignal
}

/** A small record that is kept beside the log and changes in a unit of work: a snapshot, a timer, metadata. */
export interface Document {
  readonly tenantId: string
  readonly collection: string
  readonly id: string
  /** From 1, one more with each change. */
  readonly revision: number
  /** Milliseconds since the epoch. */
  readonly due: number | undefined
  readonly value: JsonValue
}

export interface DocumentChange {
  readonly tenantId: string
  readonly collection: string
  readonly id: string
  /** Left out where the document is to be deleted. */
  readonly value?: JsonValue
  readonly due?: number
  /** Revision that it must have, 0 for none at all; refused with `document_conflict` where it has another. */
  readonly expected?: number
}

export interface DocumentQuery {
  /** Only ids after this one, backwards those before it; not together with `dueUntil`. */
  readonly after?: string
  /** Order of the ids; default forwards. What is due is read forwards only. */
  readonly direction?: 'forwards' | 'backwards'
  /** Only what is due by this time, the earliest first; else all by id. */
  readonly dueUntil?: number
  /** Default 100, at most 1,000. */
  readonly limit?: number
}

export interface AppendRequest {
  readonly tenantId: string
  readonly writes: readonly StreamWrite[]
  readonly options?: AppendOptions
}

/** Takes bodies out of the database; their leaves stay. */
export interface BodyChange {
  readonly tenantId: string
  readonly positions: readonly number[]
  readonly becomes: Exclude<BodyState, 'present'>
}

/** Deletes what these keys sealed in the events. */
export interface SecretChange {
  readonly tenantId: string
  readonly positions: readonly number[]
  readonly kids: readonly string[]
}

/** Puts a redacted body, with a blind of its own, in the place of a present one, or of one that lies in an archive. */
export interface RedactionChange {
  readonly tenantId: string
  readonly position: number
  /** The body that it replaces, needed where that is archived: the redacted one comes back into the database. */
  readonly before?: string
  /** Canonical JSON. */
  readonly body: string
  /** base64url of 32 bytes. */
  readonly blind: string
}

/** What belongs together; its parts are carried out in this order. */
export interface UnitOfWork {
  /** Whose read models the statements may touch; enforced by the database where it can. */
  readonly scope: Scope
  /**
   * `relaxed`: nobody waits for the disk. A power cut, or a crash of the database's server, may take it back together with
   * all that came after it, though it was acknowledged. Default: as the store's.
   */
  readonly durability?: 'relaxed'
  /** Moves from `from` to `to`; refused with `checkpoint_conflict` where it does not stand at `from`. */
  readonly checkpoint?: { readonly name: string; readonly from: number; readonly to: number }
  readonly appends?: readonly AppendRequest[]
  readonly documents?: readonly DocumentChange[]
  readonly bodies?: readonly BodyChange[]
  readonly secrets?: readonly SecretChange[]
  readonly redactions?: readonly RedactionChange[]
  readonly statements?: readonly Statement[]
}
