import { parsePolicy, parseTlogProof } from 'keelson/proof'
import type { ProofParts } from '../../api/log-query.ts'
import type { EventItem } from '../../api/types.ts'
import { attempt } from './attempt.ts'
import { bodyStep, contentStep, disclosureStep, leafStep } from './content-steps.ts'
import { readRedactions } from './redaction.ts'
import type { Step } from './step.ts'
import { checkpointStep, pathStep, witnessStep } from './tree-steps.ts'

/**
 * Verifies an event against the head of its log, and trusts nothing of what came but the exact texts: bytes are hashed
 * first and parsed after. A step whose ground has given way is skipped, so that what failed is what is wrong.
 */
export function verifyProof(event: EventItem, parts: ProofParts): readonly Step[] {
  const { sealed, proof, policy } = parts
  const read = attempt(() => parseTlogProof(proof))
  const signers = attempt(() => parsePolicy(policy))
  const leaf = leafStep(event, sealed, read)
  const isLeaf = leaf.state === 'passed'
  const redactions = readRedactions(parts, record => verifyProof(record.event, record.parts))
  const body = bodyStep(sealed, isLeaf, redactions)
  const isBody = body.state === 'passed'
  const { step: disclosures, opened } = disclosureStep(sealed, isBody)
  const path = pathStep(sealed.leaf, read, isLeaf)
  const checkpoint = checkpointStep(read, signers)
  const witnesses = witnessStep(read, signers)
  return [leaf, body, disclosures, contentStep(event, opened), path, checkpoint, witnesses]
}
