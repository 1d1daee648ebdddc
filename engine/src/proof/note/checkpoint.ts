import type { TreeHead } from '../tree/consistency.ts'
import { hashText, parseHash } from '../tree/node.ts'
import type { SignerKey } from './note-key.ts'
import type { Note } from './signed-note.ts'
import { signNote } from './signed-note.ts'

/** What a log says about itself: under its origin's name, so many leaves have this root (C2SP tlog-checkpoint). */
export interface Checkpoint extends TreeHead {
  readonly origin: string
}

/** The text that is signed. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${hashText(root, 'base64')}\n`

/** Signed by the log itself, whose key has the origin's name. */
export const signCheckpoint = (checkpoint: Checkpoint, signer: SignerKey): Note =>
  signNote(checkpointText(checkpoint), [signer])

/**
 * What a note's text says; lines behind the third are of no meaning here.
 * @throws TypeError where it is no checkpoint.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', root = '', ...rest] = text.split('\n')
  if (origin === '' || rest.at(-1) !== '') throw new TypeError('The note is no checkpoint')
  if (rest.slice(0, -1).includes('')) throw new TypeError('The checkpoint has an empty line')
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    throw new TypeError(`"${size.slice(0, 30)}" is no size of a log`)
  return { origin, size: Number(size), root: parseHash(root, 'base64') }
}
