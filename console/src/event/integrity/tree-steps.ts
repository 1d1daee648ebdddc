import type { LogPolicy, Note, TlogProof } from 'keelson/proof'
import {
  cosignedAt,
  hashText,
  hasQuorum,
  leafNode,
  parseCheckpoint,
  rootOfInclusion,
  signingLog,
} from 'keelson/proof'
import type { Attempt } from './attempt.ts'
import type { Step } from './step.ts'
import { fact, same, skipped, stepOf } from './step.ts'

export function pathStep(leaf: string, proof: Attempt<TlogProof>, isLeaf: boolean): Step {
  const head = headOf(proof)
  if ('fault' in proof) return stepOf('path', [], [proof.fault])
  if (head === undefined) return stepOf('path', [], ['The proof comes with no checkpoint'])
  const facts = [
    fact('Place', `leaf ${proof.value.index} of ${head.size}`),
    fact('Root in the checkpoint', hashText(head.root, 'base64')),
  ]
  if (!isLeaf) return skipped('path', 'Not looked at: the leaf is not the one of this event.', facts)
  const { index, path } = proof.value
  const root = rootOfInclusion(leafNode(leaf), index, head.size, path)
  if (root === undefined)
    return stepOf('path', facts, ['The path is not as long as it must be for that place'])
  const found = hashText(root, 'base64')
  return stepOf(
    'path',
    [...facts.slice(0, 1), fact('Root that the path leads to', found), ...facts.slice(1)],
    same('The root that the path leads to', found, hashText(head.root, 'base64')),
  )
}

export function checkpointStep(proof: Attempt<TlogProof>, policy: Attempt<LogPolicy>): Step {
  const head = headOf(proof)
  if ('fault' in proof || head === undefined) return skipped('checkpoint', 'The proof has no checkpoint.')
  if ('fault' in policy) return stepOf('checkpoint', [], [policy.fault])
  const key = signingLog(proof.value.checkpoint, policy.value)
  const facts = [
    fact('Log', head.origin),
    fact('Size', head.size),
    ...(key ? [fact('Key', `${key.name}, id ${key.id}`)] : []),
  ]
  const faults =
    key === undefined
      ? ["None of the log's keys has signed the checkpoint"]
      : same('The name of the key', key.name, head.origin)
  return stepOf('checkpoint', facts, faults)
}

export function witnessStep(proof: Attempt<TlogProof>, policy: Attempt<LogPolicy>): Step {
  if ('fault' in proof) return skipped('witnesses', 'The proof has no checkpoint.')
  if ('fault' in policy) return skipped('witnesses', 'There is no policy that names them.')
  const seen = witnessesSeen(proof.value.checkpoint, policy.value)
  const facts = seen.map(({ name, at }) =>
    fact(name, at === undefined ? 'has not signed' : `has signed at ${new Date(at * 1000).toISOString()}`),
  )
  if (policy.value.quorum === undefined && !seen.some(({ at }) => at !== undefined)) {
    const why =
      seen.length === 0 ? 'No witness is set up for this log.' : 'No witness has to sign, and none has.'
    return skipped('witnesses', why, facts)
  }
  const isEnough = hasQuorum(proof.value.checkpoint, policy.value)
  return stepOf('witnesses', facts, isEnough ? [] : ['Fewer witnesses have signed than the policy asks for'])
}

/** The policy's witnesses, and when each has signed, in seconds since the epoch. */
export const witnessesSeen = (
  note: Note,
  { witnesses }: LogPolicy,
): readonly { readonly name: string; readonly at: number | undefined }[] =>
  [...witnesses].map(([name, key]) => ({ name, at: cosignedAt(note, key) }))

export function headOf(proof: Attempt<TlogProof>) {
  if ('fault' in proof) return undefined
  try {
    return parseCheckpoint(proof.value.checkpoint.text)
  } catch {
    return undefined
  }
}
