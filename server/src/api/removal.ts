import type { Page } from './page.ts'

export type RemovalStatusView =
  | 'awaiting-approval'
  | 'held'
  | 'running'
  | 'failed-copies'
  | 'completed'
  | 'withdrawn'

/** Where the tenant's log says what was removed. */
export interface RemovalReceiptView {
  readonly eventId: string
  /** Index of the leaf. */
  readonly n: number
  readonly leafHash: string
  readonly recordedAt: string
  /** Path of its proof. */
  readonly proof: string
}

/** How far a store of copies is. */
export interface CopyProgressView {
  readonly name: string
  readonly removed: number
  readonly isDone: boolean
  readonly failures: number
  readonly error: string | null
}

interface RemovalItem {
  readonly id: string
  readonly status: RemovalStatusView
  readonly requestedAt: string
  /** The exact text that each approver signs with Ed25519. */
  readonly record: string
  /** Names of those who are to sign. */
  readonly approvers: readonly string[]
  readonly approvedBy: readonly string[]
  /** Ids of the holds that cover it: until they are released it is not carried out. Also while it waits for signatures. */
  readonly holds: readonly string[]
  readonly copies: readonly CopyProgressView[]
  /** Tries that failed in a row. */
  readonly failures: number
  readonly receipt: RemovalReceiptView | null
  /** Where it is withdrawn: why, such as "taken back" or "already redacted by" another. */
  readonly withdrawnBecause?: string
  /** Exports that may have what was removed and are to be deleted by hand; empty before it is completed. */
  readonly exports: readonly ExportedCopy[]
  /** In the answer to a call that changed nothing, as what it asks for was done before. */
  readonly isRepeat?: true
}

/** `GET /v1/erasures/{id}`; nothing of it says who the subject is. */
export interface ErasureItem extends RemovalItem {
  readonly basis: string
  readonly request: string
  /** Ids of the keys that are destroyed. */
  readonly keys: readonly string[]
}

export interface ErasurePage {
  readonly data: readonly ErasureItem[]
  readonly page: Page
}

/** `GET /v1/redactions/{id}`. */
export interface RedactionItem extends RemovalItem {
  readonly eventId: string
  readonly reason: string
  /** JSON Pointers into the envelope. */
  readonly paths: readonly string[]
}

export interface RedactionPage {
  readonly data: readonly RedactionItem[]
  readonly page: Page
}

export type HoldScopeView =
  | { readonly all: true }
  | { readonly subjectKeys: readonly string[] }
  | { readonly stream: string }

/** `GET /v1/holds`. */
export interface HoldItem {
  readonly id: string
  readonly scope: HoldScopeView
  /** Entries of the log that it covered when it was set; null where it is on everything. */
  readonly matches: number | null
  /** In the answer to setting it, where it covers nothing: what may be wrong. */
  readonly warning?: string
  readonly reason: string
  readonly at: string
  readonly releasedAt: string | null
  readonly releaseReason: string | null
  /** In the answer to releasing it, where it was released already. */
  readonly isRepeat?: true
}

/** `GET /v1/approvers`. */
export interface ApproverItem {
  readonly name: string
  /** Verifier key. */
  readonly key: string
  readonly registeredAt: string
  readonly revokedAt: string | null
  /** In the answer to a change that was made before: nothing is changed. */
  readonly isRepeat?: true
}

/** A change of the approvers that is only looked at: what one of them is to sign. */
export interface ApproverDraft {
  readonly dryRun: true
  readonly record: string
}

/** `GET /v1/retention-policies`. */
export interface RetentionPolicyItem {
  readonly id: string
  readonly version: number
  readonly minimumDays: number
  readonly locked: boolean
  /** Null for all. */
  readonly eventTypes: readonly string[] | null
  /** Names of the approvers who have signed it; nothing is removed by one that they have not, once there are any. */
  readonly approvedBy: readonly string[]
  /** In the answer to setting it, where it was so already. */
  readonly isRepeat?: true
  /** In the answer to setting it, where it names types that nobody knows: what may be wrong. */
  readonly warning?: string
}

/** `POST /v1/retention-runs`. */
export interface RetentionRunResult {
  /** `id@version`. */
  readonly policy: string
  readonly dryRun: boolean
  readonly removed: number
  /** Kept by a hold. */
  readonly held: number
  /** In an archive that cannot be reached. */
  readonly unreachable: number
  /** The newest hundred. */
  readonly receipts: readonly RemovalReceiptView[]
}

/** An export that may have data of the subject and is out of reach. */
export interface ExportedCopy {
  readonly id: string
  readonly at: string
  /** Entries of the log: from the first to before the second. */
  readonly from: number
  readonly to: number
  readonly withPersonal: boolean
  readonly where: string
}

/** `POST /v1/subjects/search`. */
export interface SubjectView {
  readonly keys: readonly string[]
  readonly events: number
  readonly streams: number
  readonly types: readonly { readonly type: string; readonly count: number }[]
  readonly firstAt: string | null
  readonly lastAt: string | null
  /** A count that could not be had is null. */
  readonly copies: readonly { readonly name: string; readonly count: number | null }[]
  readonly holds: readonly HoldItem[]
  readonly exports: readonly ExportedCopy[]
}
