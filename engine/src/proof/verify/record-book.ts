import type { JsonObject } from '../../core/index.ts'
import type { VerifierKey } from '../note/note-key.ts'
import { verifierKeyText } from '../note/note-key.ts'
import { Approvers } from './approvers.ts'
import type { EntryRanges } from './entry-ranges.ts'
import type { Findings } from './failure.ts'
import type { LeafLine } from './leaf-line.ts'
import type {
  ErasureRecord,
  HoldRecord,
  KeyRecord,
  LogRecord,
  PolicyRecord,
  RedactionRecord,
  RetentionRecord,
} from './log-record.ts'
import { isRecordKind, parseRecord, signaturesOf } from './log-record.ts'
import { TargetsCheck } from './targets-check.ts'

const day = 24 * 60 * 60 * 1_000

/** Holds on a part of the log that were active when something was removed. */
export interface PartialHolds {
  readonly kids: ReadonlySet<string>
  readonly streams: ReadonlySet<string>
  /** What those on streams, and those on keys, covered when they were set, as far as they say so. */
  readonly ofStreams: readonly EntryRanges[]
  readonly ofKeys: readonly EntryRanges[]
}

/** An erasure and the index of its record. */
export interface Erasure {
  readonly at: number
  readonly held: PartialHolds
  readonly targets: TargetsCheck
}

export interface Retention extends RetentionRecord {
  readonly at: number
  readonly held: PartialHolds
  /** Its policy in the version that it names. */
  readonly rule: SetPolicy
  /** Entries of the type that were recorded after this time were too young; milliseconds since the epoch. */
  youngest(type: string | undefined): number
}

/** A key that a record of the log has registered to sign it from then on. */
export interface LogKeyChange {
  /** Index of the record. */
  readonly at: number
  readonly key: VerifierKey
}

/** A version of a policy, and who has signed it. */
export interface SetPolicy extends PolicyRecord {
  readonly at: number
  /** Names of approvers. */
  readonly approvedBy: readonly string[]
}

export interface Redaction extends RedactionRecord {
  readonly at: number
  readonly held: PartialHolds
}

/** The records that a log has of itself, taken in their order: what was removed, and whether that was lawful. */
export class RecordBook {
  readonly #findings: Findings
  readonly #approvers = new Approvers()
  readonly #holds = new Map<string, HoldRecord>()
  readonly #policies = new Map<string, SetPolicy>()
  /** By `id@version`. */
  readonly #versions = new Map<string, SetPolicy>()
  /** By kid. */
  readonly erasures = new Map<string, Erasure[]>()
  readonly retentions: Retention[] = []
  readonly redactions = new Map<number, Redaction[]>()
  /** Keys of the log itself that were registered, in order. */
  readonly logKeys: LogKeyChange[] = []
  /** Where the log has revoked keys of its own, by verifier key. */
  readonly revoked = new Map<string, number>()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  /** Takes the body of a leaf that is a record; in ascending order of `n`. */
  add(leaf: Pick<LeafLine, 'n' | 'kind' | 't'>, body: JsonObject): void {
    const { n, kind } = leaf
    if (!isRecordKind(kind)) return
    const { payload } = body
    const record = parseRecord(kind, payload)
    if (record === undefined) {
      this.#findings.fail('record_invalid', n, `It is no record of the kind ${kind}`)
      return
    }
    this.#take(leaf, record, payload as JsonObject)
  }

  #take({ n, t }: Pick<LeafLine, 'n' | 't'>, record: LogRecord, payload: JsonObject): void {
    switch (record.kind) {
      case 'erasure':
        this.#erase(n, record, payload)
        break
      case 'retention':
        this.#retain(n, Date.parse(t), record)
        break
      case 'redaction':
        this.#redact(n, record, payload)
        break
      case 'hold.set':
        // Else a hold could be made narrower without its release.
        if (this.#holds.has(record.hold))
          this.#findings.fail('record_invalid', n, 'It sets a hold that is active')
        this.#holds.set(record.hold, record)
        break
      case 'hold.release':
        if (!this.#holds.delete(record.hold))
          this.#findings.fail('record_invalid', n, 'It releases a hold that is not active')
        break
      case 'policy':
        this.#setPolicy(n, record, payload)
        break
      case 'key':
        this.#changeKey(n, record, payload)
        break
    }
  }

  #erase(at: number, { keys, targets }: ErasureRecord, payload: JsonObject): void {
    this.#checkApproval(at, payload)
    const held = this.#heldAt(at)
    if (keys.some(kid => held.kids.has(kid)))
      this.#findings.fail('removal_during_hold', at, 'It destroys keys that a hold covers')
    const erasure = { at, held, targets: new TargetsCheck(targets) }
    for (const kid of keys) this.erasures.set(kid, [...(this.erasures.get(kid) ?? []), erasure])
  }

  #retain(at: number, time: number, record: RetentionRecord): void {
    const held = this.#heldAt(at)
    const rule = this.#versions.get(record.policy)
    if (rule === undefined) {
      this.#findings.fail('record_invalid', at, 'The log has no such policy before it')
      return
    }
    if (this.#approvers.areNeeded && rule.approvedBy.length === 0)
      this.#findings.fail('approval_invalid', at, 'No approver has signed the policy that it goes by')
    if (record.to > at) this.#findings.fail('record_invalid', at, 'Its range goes on behind it')
    if (record.removed === undefined && held.ofStreams.length + held.ofKeys.length > 0)
      this.#findings.fail('record_invalid', at, 'It does not say what it removed, and a hold was active')
    const locked = [...this.#policies.values()].filter(({ isLocked }) => isLocked)
    const youngest = (type: string | undefined) => time - daysOf([rule, ...locked], type) * day
    this.retentions.push({ ...record, at, held, rule, youngest })
  }

  #redact(at: number, record: RedactionRecord, payload: JsonObject): void {
    this.#checkApproval(at, payload)
    if (record.n >= at) this.#findings.fail('record_invalid', at, 'The entry that it names is behind it')
    const known = this.redactions.get(record.n) ?? []
    this.redactions.set(record.n, [...known, { ...record, at, held: this.#heldAt(at) }])
  }

  /** A hold on all is broken by every removal; whether one on a part is shows the entry. */
  #heldAt(at: number): PartialHolds {
    const holds = [...this.#holds.values()]
    if (holds.some(({ scope }) => scope.kind === 'all'))
      this.#findings.fail('removal_during_hold', at, 'A hold on the whole log was active')
    const coveredBy = (kind: HoldRecord['scope']['kind']) =>
      holds.flatMap(({ scope, entries }) => (scope.kind === kind ? (entries ?? []) : []))
    return {
      kids: new Set(holds.flatMap(({ scope }) => (scope.kind === 'keys' ? [...scope.kids] : []))),
      streams: new Set(holds.flatMap(({ scope }) => (scope.kind === 'stream' ? scope.stream : []))),
      ofStreams: coveredBy('stream'),
      ofKeys: coveredBy('keys'),
    }
  }

  /** It need not be signed; but by one that is not nothing is removed once there are approvers. */
  #setPolicy(at: number, record: PolicyRecord, payload: JsonObject): void {
    const before = this.#policies.get(record.policy)
    if (before?.isLocked && !keepsAsMuch(before, record))
      this.#findings.fail('policy_shrunk', at, `The policy ${record.policy.slice(0, 100)} was locked`)
    const signers = signaturesOf(payload)?.map(({ key }) => key) ?? []
    const refusal = signers.length === 0 ? undefined : this.#approvers.refusalOfChange(payload)
    if (refusal !== undefined) this.#findings.fail('approval_invalid', at, refusal)
    const policy = { ...record, at, approvedBy: refusal === undefined ? signers : [] }
    this.#policies.set(record.policy, policy)
    this.#versions.set(`${record.policy}@${record.version}`, policy)
  }

  #changeKey(at: number, record: KeyRecord, payload: JsonObject): void {
    if (record.role === 'log') {
      const text = verifierKeyText(record.key)
      if (record.action === 'revoke') this.revoked.set(text, at)
      else {
        this.revoked.delete(text)
        this.logKeys.push({ at, key: record.key })
      }
      return
    }
    const refusal = this.#approvers.refusalOfChange(payload)
    if (refusal !== undefined) this.#findings.fail('approval_invalid', at, refusal)
    this.#approvers.change(record)
  }

  #checkApproval(at: number, payload: JsonObject): void {
    const refusal = this.#approvers.refusal(payload)
    if (refusal !== undefined) this.#findings.fail('approval_invalid', at, refusal)
  }
}

/**
 * Days that events of a type are kept by the first policy, and by all others, which are locked: no policy removes anything
 * sooner than one of these. Where the type is not known those that are for some types only are passed over.
 */
function daysOf([rule, ...locked]: readonly SetPolicy[], type: string | undefined): number {
  const floors = locked.filter(
    ({ eventTypes }) => eventTypes === undefined || eventTypes.includes(type ?? ''),
  )
  return floors.reduce((most, { minimumDays }) => Math.max(most, minimumDays), rule?.minimumDays ?? 0)
}

/** Whether nothing can be removed earlier by a policy than by the one before it. */
function keepsAsMuch(before: PolicyRecord, after: PolicyRecord): boolean {
  if (!after.isLocked || after.minimumDays < before.minimumDays) return false
  if (before.eventTypes === undefined) return true
  return after.eventTypes?.every(type => before.eventTypes?.includes(type)) ?? false
}
