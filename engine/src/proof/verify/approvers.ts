import { decode, encode, utf8 } from '#primitive'
import type { JsonObject } from '../../core/index.ts'
import { canonicalJson } from '../../core/index.ts'
import { verifyEd25519 } from '../note/ed25519.ts'
import type { VerifierKey } from '../note/note-key.ts'
import type { KeyRecord } from './log-record.ts'
import { signaturesOf } from './log-record.ts'

/** Who may approve removals, as the records of the log have it up to a place. */
export class Approvers {
  readonly #active = new Map<string, VerifierKey>()
  #needed = 1

  /** Whether nothing is removed without a signature. */
  get areNeeded(): boolean {
    return this.#active.size > 0
  }

  change({ action, key, approvalsNeeded }: KeyRecord): void {
    if (action === 'register') this.#active.set(key.name, key)
    else this.#active.delete(key.name)
    this.#needed = approvalsNeeded ?? this.#needed
  }

  /** What is wrong with the approval of a removal; undefined where nothing is. */
  refusal(record: JsonObject): string | undefined {
    return this.#refusal(record, this.#active.size === 0 ? 0 : this.#needed)
  }

  /** As `refusal`, of a change of the approvers: one of those there are signs it. */
  refusalOfChange(record: JsonObject): string | undefined {
    return this.#refusal(record, Math.min(1, this.#active.size))
  }

  #refusal(record: JsonObject, needed: number): string | undefined {
    const signatures = signaturesOf(record)
    if (signatures === undefined) return 'Its signatures cannot be understood'
    const { sigs: _, ...signed } = record
    const text = utf8(canonicalJson(signed))
    // One who was registered under two names is one.
    const signers = new Set<string>()
    for (const { key, sig } of signatures) {
      const approver = this.#active.get(key)
      if (approver === undefined) return `"${key.slice(0, 100)}" is no approver at that place of the log`
      const bytes = decode(sig, 'base64url')
      if (bytes === undefined || !verifyEd25519(approver.publicKey, text, bytes))
        return `The signature of "${key.slice(0, 100)}" does not fit the record`
      signers.add(encode(approver.publicKey, 'base64url'))
    }
    if (signers.size >= needed) return undefined
    return `${signers.size} approvers with keys of their own have signed it, and ${needed} must`
  }
}
