import type { NodeHash, Note } from '../../proof/index.ts'
import { hashText, parseHash, parseNote } from '../../proof/index.ts'

/** What a witness is asked for: to sign a checkpoint that goes on from the last one it saw (C2SP tlog-witness). */
export interface AddCheckpoint {
  /** Size of the last checkpoint that the witness has signed, 0 for none. */
  readonly old: number
  /** From that size to the new one; empty where `old` is 0. */
  readonly proof: readonly NodeHash[]
  readonly checkpoint: Note
}

/** Lines of a proof that a witness takes. */
const longestProof = 63
/** Bytes of a request or an answer that are read. */
export const longestRequest = 128 * 1024

/** The type of an answer that names the size that the witness has. */
export const sizeType = 'text/x.tlog.size'

/** The body of a request; `checkpoint` is the whole note. */
export const addCheckpointText = (old: number, proof: readonly string[], checkpoint: string): string =>
  `${[`old ${old}`, ...proof].join('\n')}\n\n${checkpoint}`

/** @throws TypeError saying what is wrong. */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const end = body.indexOf('\n\n')
  const [first = '', ...lines] = body.slice(0, Math.max(0, end)).split('\n')
  const [, old = ''] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? []
  if (old === '' || !Number.isSafeInteger(Number(old)))
    throw new TypeError('The request does not begin with a line "old" and a size')
  if (lines.length > longestProof) throw new TypeError(`The proof has more than ${longestProof} lines`)
  return {
    old: Number(old),
    proof: lines.map(line => parseHash(line, 'base64')),
    checkpoint: parseNote(body.slice(end + 2)),
  }
}

export const proofLines = (proof: readonly NodeHash[]): string[] =>
  proof.map(node => hashText(node, 'base64'))
