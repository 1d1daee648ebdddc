import { decodeUtf8 } from '../../core/index.ts'
import type { LogPolicy } from '../note/policy.ts'
import { noteText } from '../note/signed-note.ts'
import type { TlogProof } from '../note/tlog-proof.ts'
import { parseTlogProof, verifyTlogProof } from '../note/tlog-proof.ts'
import type { NodeHash } from '../tree/node.ts'
import { leafNode } from '../tree/node.ts'
import type { Findings } from './failure.ts'
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

/** Whether the proof shows the leaf to be in the log. */
export function checkProof(
  { file, proof }: ProofFile,
  leaf: NodeHash,
  policy: LogPolicy,
  findings: Findings,
): boolean {
  try {
    const verdict = verifyTlogProof(proof, leaf, policy)
    if (!verdict.ok) findings.fail('proof_invalid', file, reasons[verdict.reason])
    return verdict.ok
  } catch {
    findings.fail('proof_invalid', file, 'Its checkpoint is none')
    return false
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
