import { decode, encode } from '#primitive'
import { verifyInclusion } from '../tree/inclusion.ts'
import type { NodeHash } from '../tree/node.ts'
import { hashText, parseHash } from '../tree/node.ts'
import type { Checkpoint } from './checkpoint.ts'
import { parseCheckpoint } from './checkpoint.ts'
import type { LogPolicy } from './policy.ts'
import { hasQuorum, signingLog } from './policy.ts'
import type { Note } from './signed-note.ts'
import { noteText, parseNote } from './signed-note.ts'

const header = 'c2sp.org/tlog-proof@v1'

/** More levels than any tree here has. */
const longestPath = 63

/** That a log has a leaf: its place, the path to the root, and the checkpoint with that root (C2SP tlog-proof). */
export interface TlogProof {
  /** The leaf's exact bytes, where they come along. */
  readonly extra: Uint8Array | undefined
  readonly index: number
  readonly path: readonly NodeHash[]
  readonly checkpoint: Note
}

export function tlogProofText({ extra, index, path, checkpoint }: TlogProof): string {
  const lines = [
    header,
    ...(extra === undefined ? [] : [`extra ${encode(extra, 'base64')}`]),
    `index ${index}`,
    ...path.map(node => hashText(node, 'base64')),
  ]
  return `${lines.join('\n')}\n\n${noteText(checkpoint)}`
}

/** @throws TypeError saying what is wrong. */
export function parseTlogProof(text: string): TlogProof {
  const end = text.indexOf('\n\n')
  const [first, ...lines] = text.slice(0, Math.max(0, end)).split('\n')
  if (first !== header) throw new TypeError(`The proof does not begin with ${header}`)
  const extra = lines[0]?.startsWith('extra ') ? parseExtra(lines.shift() ?? '') : undefined
  const [, index = ''] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? []
  if (index === '' || !Number.isSafeInteger(Number(index))) throw new TypeError('The proof has no index')
  if (lines.length > longestPath) throw new TypeError('The path of the proof is too long')
  const path = lines.map(line => parseHash(line, 'base64'))
  return { extra, index: Number(index), path, checkpoint: parseNote(text.slice(end + 2)) }
}

function parseExtra(line: string): Uint8Array {
  const encoded = line.slice('extra '.length)
  const bytes = decode(encoded, 'base64')
  if (bytes === undefined) throw new TypeError('The extra data of the proof is no base64')
  return bytes
}

/** What a proof has shown, or the first reason why it shows nothing. */
export type ProofVerdict =
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly index: number }
  | { readonly ok: false; readonly reason: 'checkpoint_unsigned' | 'witnesses_missing' | 'leaf_not_in_tree' }

/** Whether the log of the policy has this leaf at the place that the proof names. @throws TypeError for no checkpoint. */
export function verifyTlogProof(proof: TlogProof, leaf: NodeHash, policy: LogPolicy): ProofVerdict {
  const { index, path } = proof
  const key = signingLog(proof.checkpoint, policy)
  const checkpoint = parseCheckpoint(proof.checkpoint.text)
  if (key === undefined || key.name !== checkpoint.origin) return { ok: false, reason: 'checkpoint_unsigned' }
  if (!hasQuorum(proof.checkpoint, policy)) return { ok: false, reason: 'witnesses_missing' }
  if (!verifyInclusion({ leaf, index, ...checkpoint }, path)) return { ok: false, reason: 'leaf_not_in_tree' }
  return { ok: true, checkpoint, index }
}
