import type { SignerKey } from '../../proof/index.ts'
import type { RememberedHead } from './memory/port.ts'

/** The keys that a tenant's log is signed with; a key ring has them. */
export interface LogKeys {
  /** The key to sign with now; its name is the log's origin. */
  logKey(tenantId: string): Promise<SignerKey>
  /** Verifier keys of all that the log was ever signed with, newest first. */
  logKeys(tenantId: string): Promise<readonly string[]>
}

/** The head of a log as it was signed. */
export interface LogHead {
  readonly size: number
  /** base64. */
  readonly root: string
  /** RFC 3339, when it was signed. */
  readonly at: string
  /** The signed note with the witnesses' lines. */
  readonly text: string
}

export interface LogStatus {
  readonly origin: string
  /** `forked`: the log does not continue what was signed, and nothing is signed any more. */
  readonly state: 'following' | 'standby' | 'stopped' | 'forked'
  /** Why it is forked. */
  readonly reason: string | undefined
  /** Leaves in the tree, which are those of the newest checkpoint. */
  readonly size: number
  /** Leaves that no checkpoint covers yet. */
  readonly pending: number
  readonly checkpoint: LogHead | undefined
  /** Names of the witnesses that have signed the newest checkpoint. */
  readonly witnesses: readonly string[]
  /** Names of the policy's witnesses that have not signed it. */
  readonly missing: readonly string[]
  /** Whether the newest checkpoint has the witnesses that the policy asks for; true where it asks for none. */
  readonly hasQuorum: boolean
  /** Whether a time stamp was kept beside the newest checkpoint. */
  readonly isStamped: boolean
  /** When the newest checkpoint was signed that the authority was asked for a time stamp of. */
  readonly stampedAt: string | undefined
  readonly lastCheck: CheckSummary | undefined
}

/** What the last check of a log against its newest checkpoint has found. */
export interface CheckSummary {
  readonly at: string
  readonly size: number
  readonly isSound: boolean
  /** The first fault in words. */
  readonly reason: string | undefined
}

/** That a tenant's head stood in the list that the platform's own log has recorded. */
export interface MetaProof {
  /** The three lines of the tenant's checkpoint; the list's leaf is their RFC 6962 leaf hash. */
  readonly line: string
  readonly index: number
  readonly count: number
  /** base64 hashes from the leaf to the root. */
  readonly path: readonly string[]
  /** base64; as in the platform's record. */
  readonly root: string
  readonly at: string
}

export type AlarmKind =
  | 'log-forked'
  | 'quorum-missing'
  | 'witness-refused'
  | 'signing-failed'
  | 'stamp-failed'
  | 'heads-unkept'
  | 'check-failed'

/** Something that somebody should look at; told once until it is over. */
export interface NotaryAlarm {
  readonly kind: AlarmKind
  readonly tenantId: string | undefined
  readonly message: string
}

/** Keeps the trees of all tenants' logs, and signs their heads. */
export interface Notary {
  /** Begins to follow the store. */
  start(): void
  /** Signs what waits and ends. May be called twice. */
  close(): Promise<void>
  status(tenantId: string): Promise<LogStatus>
  /** The kept note of this size, or the newest; undefined where there is none. */
  checkpoint(tenantId: string, size?: number): Promise<string | undefined>
  /** Kept checkpoints, newest first; `before` is a size, the limit at most 1,000. */
  checkpoints(
    tenantId: string,
    query: { readonly before?: number; readonly limit: number },
  ): Promise<readonly { readonly size: number; readonly at: string }[]>
  /** Signs up to the log's end and gives the note. @throws KeelsonError `checkpoint_pending` for an empty log, `log_forked`. */
  checkpointNow(tenantId: string): Promise<string>
  /** The time stamp (RFC 3161 response, DER) beside a checkpoint. */
  timestamp(tenantId: string, size: number): Promise<Uint8Array | undefined>
  /** Size of the newest checkpoint below a size that has a time stamp, among the newest 5,000; undefined where there is none. */
  stampedBefore(tenantId: string, size: number): Promise<number | undefined>
  /** A tile by its path; undefined for one that no published checkpoint has. */
  tile(tenantId: string, path: string): Promise<Uint8Array | undefined>
  /** Hashes in base64. @throws KeelsonError `checkpoint_pending` where no checkpoint reaches so far. */
  inclusion(tenantId: string, index: number, size: number): Promise<readonly string[]>
  consistency(tenantId: string, from: number, to: number): Promise<readonly string[]>
  /** tlog-proof text with the leaf, against a kept checkpoint, for which one is signed if need be. @throws KeelsonError `event_not_found`. */
  eventProof(tenantId: string, eventId: string): Promise<string>
  /** tlog-policy text: all keys of the log, the witnesses, the quorum. */
  policy(tenantId: string): Promise<string>
  /** The newest head that is remembered elsewhere than beside the tree; undefined where there is none. */
  remembered(tenantId: string): Promise<RememberedHead | undefined>
  /** For the newest record in the platform's log; undefined where the tenant is not in it. */
  metaProof(tenantId: string): Promise<MetaProof | undefined>
  /** Forgets a tenant that was deleted. */
  forget(tenantId: string): Promise<void>
}
