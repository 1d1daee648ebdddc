import type { Page } from './page.ts'

/** A signed head of the tenant's log. */
export interface LogHeadView {
  readonly size: number
  /** base64. */
  readonly root: string
  readonly at: string
  /** The signed note with the lines of its witnesses. */
  readonly text: string
}

export interface LogCheckSummary {
  readonly at: string
  readonly size: number
  readonly isSound: boolean
  readonly reason: string | null
}

/** `GET /v1/log`. */
export interface LogStatusView {
  /** The name that the log's checkpoints are signed under. */
  readonly origin: string
  readonly state: 'following' | 'standby' | 'stopped' | 'forked'
  readonly reason: string | null
  /** Leaves that the newest checkpoint covers. */
  readonly size: number
  /** Leaves that none covers yet. */
  readonly pending: number
  readonly checkpoint: LogHeadView | null
  readonly witnesses: readonly string[]
  /** Witnesses of the policy that have not signed the newest checkpoint. */
  readonly missing: readonly string[]
  readonly hasQuorum: boolean
  /** Whether the newest checkpoint has a time stamp. */
  readonly isStamped: boolean
  /** When the newest checkpoint was signed that one was asked for, this or an earlier one; null where none ever was. */
  readonly stampedAt: string | null
  readonly lastCheck: LogCheckSummary | null
}

export interface CheckpointItem {
  readonly size: number
  readonly at: string
}

/** `GET /v1/log/checkpoints`, the newest first. */
export interface CheckpointPage {
  readonly data: readonly CheckpointItem[]
  readonly page: Page
}

/** `GET /v1/log/proofs/inclusion`: hashes in base64, the one beside the leaf first (RFC 6962). */
export interface InclusionView {
  readonly index: number
  readonly size: number
  readonly path: readonly string[]
}

/** `GET /v1/log/proofs/consistency`. */
export interface ConsistencyView {
  readonly from: number
  readonly to: number
  readonly path: readonly string[]
}

/** `GET /v1/events/{eventId}/sealed`: what is needed to verify an event against the log's tree. */
export interface SealedEventView {
  readonly eventId: string
  /** Index of the leaf. */
  readonly n: number
  readonly kind: string
  /** Exact text of the leaf. */
  readonly leaf: string
  /** base64url, as the two below. */
  readonly leafHash: string
  readonly previousHash: string
  /** Exact text of the body, whose personal fields are digests; null where it was removed. */
  readonly body: string | null
  readonly blind: string | null
  /** What the digests stand for; none for a key that does not see personal fields. */
  readonly disclosures: readonly string[]
  /** Digests that `disclosures` do not open. */
  readonly hidden: number
  /** Ids of the keys under which something is sealed still. */
  readonly kids: readonly string[]
  /** Ids of the records that say what was taken out of the body, the first one first: the last commits to it as it is. */
  readonly redactions: readonly string[]
}

export type LogCheckState = 'running' | 'done' | 'failed' | 'interrupted'

/** `GET /v1/log/checks/{id}`. */
export interface LogCheckItem {
  readonly id: string
  readonly state: LogCheckState
  readonly startedAt: string
  readonly endedAt: string | null
  /** Entries checked so far. */
  readonly done: number
  /** Undefined where it is not known yet. */
  readonly total: number | null
  /** Null until it has ended. */
  readonly isSound: boolean | null
  readonly size: number | null
  /** Index of the first entry that is at fault, where it is one. */
  readonly index: number | null
  /** What is wrong, or why the check could not be done. */
  readonly reason: string | null
}

/** `POST /v1/log/keys/rotation`: verifier keys. */
export interface LogKeyRotation {
  readonly before: string
  readonly after: string
}
