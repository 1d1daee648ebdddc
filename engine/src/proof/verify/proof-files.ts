import { decodeUtf8 } from '../../core/index.ts'
import type { LogPolicy } from '../note/policy.ts'
import { signingLog } from '../note/policy.ts'
import { noteText } from '../note/signed-note.ts'
import type { TlogProof } from '../note/tlog-proof.ts'
import { parseTlogProof, verifyTlogProof } from '../note/tlog-proof.ts'
import { verifyInclusion } from '../tree/inclusion.ts'
import type { NodeHash } from '../tree/node.ts'
import { leafNode } from '../tree/node.ts'
import type { Findings } from './failure.ts'
import type { Head } from './heads.ts'
import { isForged, isUnjudged } from './heads.ts'
import { proofIndex } from './manifest.ts'
import type { BundleSource } from './source.ts'
import { readText } from './source.ts'

const longestProof = 2 ** 21

/** A proof that can be read, and the leaf that it brings along. */
export interface ProofFile {
  readonly file: string
  readonly proof: TlogProof
  /** Text of the leaf, where it is in the file. */
  readonly leaf: string | undefined
}

/** Reads the proof of an entry; undefined, and a failure, where it is none or of another entry. */
export async function readProof(
  source: BundleSource,
  file: string,
  findings: Findings,
): Promise<ProofFile | undefined> {
  const invalid = (what: string): undefined => findings.fail('proof_invalid', file, what) as undefined
  const text = await readText(source, file, longestProof)
  if (text === undefined) return invalid('It cannot be read')
  try {
    const proof = parseTlogProof(text)
    if (proof.index !== proofIndex(file)) return invalid(`It is one of entry ${proof.index}`)
    return { file, proof, leaf: proof.extra && decodeUtf8(proof.extra) }
  } catch (error) {
    return invalid(error instanceof Error ? error.message : 'It is no proof')
  }
}

export interface ProofCheckOptions {
  readonly findings: Findings
  readonly policy: LogPolicy | undefined
  /** That of the bundle. */
  readonly head: Head | undefined
}

/**
 * Checks proofs. Where the policy is no judge of the bundle's own head, which is told of the head, a proof that leads to it holds
 * as far as the head does, as the leaves of the bundle do: else an honest log would seem to lack its records.
 */
export class ProofCheck {
  readonly #options: ProofCheckOptions
  readonly #isHeadUnjudged: boolean
  #proved = 0
  #unjudged = 0

  constructor(options: ProofCheckOptions) {
    const { head, policy } = options
    this.#options = options
    this.#isHeadUnjudged = head !== undefined && isUnjudged(head, policy)
  }

  /** How many proofs hold by the keys of the policy. */
  get proved(): number {
    return this.#proved
  }

  /** Whether the proof shows the leaf to be in the log; else, where there is a policy, with a failure. */
  check(found: ProofFile, leaf: NodeHash): boolean {
    const { policy } = this.#options
    const reason = policy && reasonAgainst(found, leaf, policy)
    if (policy && reason === undefined) {
      this.#proved += 1
      return true
    }
    const isInTree = this.#leadsToHead(found, leaf)
    if (isInTree === true) {
      this.#unjudged += 1
      return true
    }
    const told = isInTree === false ? reasons.leaf_not_in_tree : reason
    if (told !== undefined) this.#options.findings.fail('proof_invalid', found.file, told)
    return false
  }

  /** Says once what is not checked. */
  finish(): void {
    const { policy, findings } = this.#options
    if (this.#unjudged === 0) return
    const why = policy ? 'it is not signed as the policy asks' : 'no policy says who signs it'
    const proofs = this.#unjudged === 1 ? '1 proof leads' : `${this.#unjudged} proofs lead`
    findings.fail(
      'proof_invalid',
      'checkpoint',
      `${proofs} to it, and ${why}: whether those entries are the log's is not checked`,
    )
  }

  /** Whether the leaf is in the tree of an unjudged head; undefined where the proof is to be judged by itself. */
  #leadsToHead({ proof }: ProofFile, leaf: NodeHash): boolean | undefined {
    const { head, policy } = this.#options
    const { checkpoint, index, path } = proof
    if (!this.#isHeadUnjudged || head === undefined || checkpoint.text !== head.note.text) return undefined
    // Of the same text, but not signed as well as the head is: it was tampered with.
    const isWorse = (policy: LogPolicy) =>
      isForged(checkpoint, policy) ||
      (head.signedBy !== undefined && signingLog(checkpoint, policy) === undefined)
    if (policy && isWorse(policy)) return undefined
    return verifyInclusion({ leaf, index, size: head.size, root: head.root }, path)
  }
}

function reasonAgainst({ proof }: ProofFile, leaf: NodeHash, policy: LogPolicy): string | undefined {
  try {
    const verdict = verifyTlogProof(proof, leaf, policy)
    return verdict.ok ? undefined : reasons[verdict.reason]
  } catch {
    return 'Its checkpoint is none'
  }
}

const reasons = {
  checkpoint_unsigned: 'No key that the policy has for this log has signed its checkpoint',
  witnesses_missing: 'Fewer witnesses have signed its checkpoint than the policy asks for',
  leaf_not_in_tree: 'It does not lead from the leaf to the root that is signed',
} as const

export const leafOfProof = ({ leaf }: ProofFile): NodeHash | undefined =>
  leaf === undefined ? undefined : leafNode(leaf)

export const headTextOf = ({ proof }: ProofFile): string => noteText(proof.checkpoint)
