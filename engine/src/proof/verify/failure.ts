/** What can be wrong with a bundle. Codes are words and never reused; what they mean is part of the format. */
export const failureCodes = {
  absence_unexplained: 'Content is absent, and no later record covers it.',
  approval_invalid: 'A record is not signed by registered approvers as it has to be.',
  body_altered: 'A body does not fit the commitment in its leaf.',
  bundle_incomplete: 'A file that is needed is missing.',
  chain_broken: 'A leaf was written after another one than the one before it.',
  disclosure_altered: 'A disclosure does not fit a digest of its body.',
  entry_missing: 'An entry of the log is not there.',
  erasure_unfounded:
    'A removal is claimed that the log has no such record of, or another one, or that did not happen.',
  file_altered: 'A file is not the one that the manifest was made of.',
  file_unlisted: 'A file is not in the manifest, or is none that a bundle has.',
  file_unreadable: 'A file cannot be read as what it should be.',
  fork: 'The log does not go on from a head that was kept.',
  key_revoked: 'The checkpoint is signed by a key that the log has revoked before.',
  key_unlisted: 'A note is signed by a key of the log that the policy does not have.',
  leaf_edited: 'A leaf is not the one that the tree has.',
  leaf_malformed: 'A line is no leaf.',
  line_malformed: 'A line is not what it should be.',
  line_too_long: 'A line is longer than any may be.',
  manifest_malformed: 'The manifest cannot be understood.',
  older: 'The bundle ends before a head that was kept: it is older, or the log was cut.',
  order_broken: 'Entries are not in the order of the log.',
  origin_mismatch: 'Parts of the bundle are of different logs.',
  policy_exceeded: 'Something was removed by a policy that is for other types of event.',
  policy_invalid: 'The policy cannot be understood, or has no key.',
  policy_shrunk: 'A locked policy was made shorter.',
  proof_invalid: 'The proof of an entry does not hold.',
  record_invalid: 'A record of the log cannot be understood.',
  removal_during_hold: 'Something was removed while a hold covered it.',
  retention_early: 'Something was removed before its policy allowed it.',
  root_mismatch: 'The leaves do not have the root that is signed.',
  signature_invalid: 'A note is not signed by a key of the policy.',
  size_mismatch: 'There are more or fewer entries than are signed or said.',
  timestamp_invalid: 'A time stamp is not one of its checkpoint.',
  tile_forged: 'A tile is not one of this tree.',
  version_unknown: 'The bundle, or a part of it, is of a version that this program does not know.',
  witnesses_missing: 'Fewer witnesses have signed than the policy asks for.',
} as const

export type FailureCode = keyof typeof failureCodes

export interface Failure {
  readonly code: FailureCode
  /** Of the entry in the log. */
  readonly index?: number
  readonly file?: string
  /** What was found; without content of events. */
  readonly message: string
}

const mostKept = 1_000

/** Collects failures: the first thousand, and how many there are. */
export class Findings {
  readonly #kept: Failure[] = []
  #count = 0

  get kept(): readonly Failure[] {
    return this.#kept
  }

  get count(): number {
    return this.#count
  }

  /** `where` is the index of an entry, or the name of a file. */
  fail(code: FailureCode, where: number | string, message: string): void {
    this.#count += 1
    if (this.#kept.length >= mostKept) return
    this.#kept.push({ code, ...(typeof where === 'number' ? { index: where } : { file: where }), message })
  }

  /** Says of a file what is known better by now. */
  replace(code: FailureCode, file: string, better: Pick<Failure, 'code' | 'message'>): void {
    const at = this.#kept.findIndex(one => one.code === code && one.file === file)
    if (at >= 0) this.#kept[at] = { ...better, file }
  }
}
