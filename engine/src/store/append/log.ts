import type { EventQuery, StreamState } from '../types.ts'

/** The head of a tenant's log as the open transaction sees it; the appender moves it. */
export interface TenantHead {
  /** The adapter's own number of the tenant. */
  readonly id: number
  readonly name: string
  /** Number of leaves: the next leaf's `n`. */
  size: number
  /** Hash and time (milliseconds since the epoch) of the newest leaf. */
  hash: string
  time: number
  /** Position of the newest event, 0 before the first one. */
  position: number
}

/** The head of a stream as the open transaction sees it; the appender moves it. */
export interface StreamHead {
  /** The adapter's own number of the stream. */
  readonly id: number
  readonly name: string
  version: number
  state: StreamState
}

/** What a repeat of an event is compared with, and its receipt made of. */
export interface StoredEvent {
  readonly position: number
  readonly sequence: number
  readonly version: number
  readonly stream: string
  readonly id: string
  /** Which members Keelson filled in, a bit set. */
  readonly filled: number
  readonly leaf: string
  readonly leafHash: string
  /** 32 bytes; empty where there is no body. */
  readonly blind: Uint8Array
  /** Empty where the body was archived or removed. */
  readonly body: string
  /** Sealed disclosures as they stand. */
  readonly secrets: string
}

/** An event as it is written, all decided. */
export interface NewEvent {
  readonly position: number
  readonly tenant: TenantHead
  readonly sequence: number
  readonly stream: StreamHead
  readonly version: number
  readonly id: string
  readonly type: string
  readonly topic: string
  readonly filled: number
  readonly leaf: string
  readonly leafHash: string
  readonly blind: Uint8Array
  readonly body: string
  /** Sealed disclosures, `kid:base64url` joined by spaces; empty where there are none. */
  readonly secrets: string
  /** What it is found by besides: tags, correlation, causation and subjects' keys, see `links.ts`. */
  readonly links: readonly string[]
}

/**
 * A shard's log inside one transaction that nobody else can write to: what the appender reads to decide, and where it
 * writes what it has decided. All of it is synchronous; an adapter over a network fetches beforehand what a batch can
 * ask for. What was written before in the same transaction is seen by every question.
 */
export interface Log {
  /** Position of the newest event. */
  readonly position: number
  /** The tenant's head, made where there is none yet. */
  tenant(name: string): TenantHead
  /** The stream's head; undefined where it never had an event. */
  stream(tenant: TenantHead, name: string): StreamHead | undefined
  /** Makes a stream at version 0, whose first event has the next position. */
  addStream(tenant: TenantHead, name: string): StreamHead
  findEvent(tenant: TenantHead, id: string): StoredEvent | undefined
  /** The events that were appended under the key. */
  findKey(tenant: TenantHead, key: string): readonly StoredEvent[] | undefined
  /** Position of an event after `after` that matches, 0 where there is none. */
  findMatch(tenant: TenantHead, query: EventQuery, after: number): number
  writeEvent(event: NewEvent): void
  writeKey(tenant: TenantHead, key: string, firstPosition: number, count: number): void
  /** Tells that heads were moved and are to be saved at the end of the transaction. */
  touch(tenant: TenantHead, stream: StreamHead): void
}
