import type { Failure } from './failure.ts'

/** What a verification came to. */
export interface Verdict {
  /** True only where everything was looked at and nothing failed. */
  readonly isVerified: boolean
  /** The first thousand. */
  readonly failures: readonly Failure[]
  readonly failureCount: number
  readonly log: VerifiedLog
  readonly counts: VerifiedCounts
  /** The policies by which bodies are gone; what they removed adds up to `counts.removed`. */
  readonly policies: readonly AppliedPolicy[]
}

/** A policy of retention that content was removed by. */
export interface AppliedPolicy {
  /** `id@version`. */
  readonly policy: string
  /** Index of the record that set it. */
  readonly at: number
  /** Names of the approvers who have signed it. */
  readonly approvedBy: readonly string[]
  /** Bodies that are absent by it. */
  readonly removed: number
}

/** What is in the bundle, as far as it could be read. */
export interface VerifiedLog {
  readonly origin: string | undefined
  readonly size: number | undefined
  /** base64. */
  readonly root: string | undefined
  /** The entries in the bundle: `from` to before `to`. */
  readonly from: number
  readonly to: number
  /** Whether the export says to be without personal fields. */
  readonly personal: 'shown' | 'hidden' | undefined
  /** The verifier key that has signed the checkpoint. */
  readonly signedBy: string | undefined
  /** Names of the policy's witnesses that have signed it. */
  readonly witnesses: readonly string[]
  /** Whether the keys were brought along by whoever verifies; keys of the bundle itself prove only that it is of one piece. */
  readonly policy: 'given' | 'bundle'
  /** Sizes of the heads that the log was shown to go on from. */
  readonly continues: readonly number[]
  /** Time stamps of heads in the bundle, as they say; that the authority has signed them is to be checked with its certificates. */
  readonly timestamps: readonly HeadStamp[]
}

/** That a head was there at a time. */
export interface HeadStamp {
  /** Of the head. */
  readonly size: number
  /** RFC 3339. */
  readonly at: string
}

export interface VerifiedCounts {
  readonly files: number
  readonly leaves: number
  /** Bodies that fit their commitment. */
  readonly bodies: number
  /** Bodies that are absent under a policy of retention. */
  readonly removed: number
  /** Bodies of which paths were taken out, with a record of it. */
  readonly redacted: number
  /** Disclosures that fit their digest. */
  readonly disclosures: number
  /** Digests that are closed because their key was destroyed, with a record of it. */
  readonly erased: number
  /** Digests that are closed because the export is without personal fields. */
  readonly hidden: number
  /** Records about the log itself. */
  readonly records: number
  /** Proofs of single entries. */
  readonly proofs: number
}

export type CountName = keyof VerifiedCounts

export const noCounts = (): Record<CountName, number> => ({
  files: 0,
  leaves: 0,
  bodies: 0,
  removed: 0,
  redacted: 0,
  disclosures: 0,
  erased: 0,
  hidden: 0,
  records: 0,
  proofs: 0,
})
