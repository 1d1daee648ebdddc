import type { Checkpoint } from '../note/checkpoint.ts'
import { parseCheckpoint } from '../note/checkpoint.ts'
import { cosignedAt } from '../note/cosignature.ts'
import { verifierKeyText } from '../note/note-key.ts'
import type { LogPolicy } from '../note/policy.ts'
import { hasQuorum, parsePolicy, signingLog, witnessesOf } from '../note/policy.ts'
import type { Note } from '../note/signed-note.ts'
import { isSignedBy, parseNote } from '../note/signed-note.ts'
import type { Findings } from './failure.ts'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The keys to verify with; undefined, and a failure, where the text has none. */
export function openPolicy(text: string | undefined, findings: Findings): LogPolicy | undefined {
  if (text === undefined) return undefined
  try {
    return parsePolicy(text)
  } catch (error) {
    findings.fail('policy_invalid', 'policy', messageOf(error))
    return undefined
  }
}

/** A head of a log and who has signed it. */
export interface Head extends Checkpoint {
  readonly file: string
  /** Verifier key of the log; undefined where no key of the policy has signed. */
  readonly signedBy: string | undefined
  readonly witnesses: readonly string[]
  readonly note: Note
}

/** Opens a checkpoint; undefined, and a failure, where it is none. Without a policy no signature is looked at. */
export function openHead(
  file: string,
  text: string,
  policy: LogPolicy | undefined,
  findings: Findings,
): Head | undefined {
  let note: Note
  let checkpoint: Checkpoint
  try {
    note = parseNote(text)
    checkpoint = parseCheckpoint(note.text)
  } catch (error) {
    findings.fail('file_unreadable', file, messageOf(error))
    return undefined
  }
  const key = policy && signingLog(note, policy)
  const isOwn = key?.name === checkpoint.origin
  if (policy && !isOwn)
    findings.fail('signature_invalid', file, 'No key that the policy has for this log has signed it')
  return {
    ...checkpoint,
    file,
    note,
    signedBy: key && isOwn ? verifierKeyText(key) : undefined,
    witnesses: policy ? witnessesOf(note, policy) : [],
  }
}

/** Whether the witnesses of the policy have signed. */
export function checkQuorum(file: string, text: string, policy: LogPolicy, findings: Findings): void {
  if (!hasQuorum(parseNote(text), policy))
    findings.fail('witnesses_missing', file, `The policy asks for ${policy.quorum}, and has not enough of it`)
}

/** Whether a signature says to be by a key of the policy, and is not. */
export const isForged = (note: Note, { logs, witnesses }: LogPolicy): boolean =>
  [...logs, ...witnesses.values()].some(
    key =>
      note.signatures.some(({ name, keyId }) => name === key.name && keyId === key.id) &&
      !isSignedBy(note, key) &&
      cosignedAt(note, key) === undefined,
  )

/**
 * Whether the policy is no judge of a head: it lacks the keys of those who have signed, or there is none. A signature that a key of
 * the policy shows to be wrong is another matter.
 */
export function isUnjudged({ note, signedBy }: Head, policy: LogPolicy | undefined): boolean {
  if (policy === undefined) return true
  return (signedBy === undefined || !hasQuorum(note, policy)) && !isForged(note, policy)
}
