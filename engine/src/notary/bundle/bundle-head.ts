import { setTimeout as pause } from 'node:timers/promises'
import { KeelsonError } from '../../core/index.ts'
import type { Checkpoint } from '../../proof/index.ts'
import { hasQuorum, parseCheckpoint, parseNote, parsePolicy } from '../../proof/index.ts'

/** What of a notary bundles are made with. */
export interface BundleLog {
  checkpoint(tenantId: string, size?: number): Promise<string | undefined>
  checkpoints(
    tenantId: string,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<readonly { readonly size: number }[]>
  checkpointNow(tenantId: string): Promise<string>
  /** The time stamp (RFC 3161 response, DER) beside a checkpoint. */
  timestamp?(tenantId: string, size: number): Promise<Uint8Array | undefined>
  /** Size of the newest checkpoint below a size that was stamped of late. */
  stampedBefore?(tenantId: string, size: number): Promise<number | undefined>
  tile(tenantId: string, path: string): Promise<Uint8Array | undefined>
  /** base64, as proofs are written. */
  inclusion(tenantId: string, index: number, size: number): Promise<readonly string[]>
  policy(tenantId: string): Promise<string>
}

interface HeadOptions {
  readonly notary: BundleLog
  readonly tenantId: string
  readonly prev?: number
  readonly witnessPatience?: number
  readonly signal?: AbortSignal
}

export interface SignedHead {
  readonly note: string
  readonly head: Checkpoint
  /** tlog-policy text. */
  readonly policy: string
}

/** Milliseconds between two looks whether the witnesses have signed. */
const lookEvery = 100
const defaultPatience = 10_000

/**
 * Signs the log up to its end. Witnesses sign afterwards: where the policy asks for them they are waited for, and a
 * head that they have not signed in time is given as it is, for a verifier to say so.
 */
export async function signedHead({
  notary,
  tenantId,
  witnessPatience = defaultPatience,
  signal,
}: HeadOptions): Promise<SignedHead> {
  let note = await notary.checkpointNow(tenantId)
  // Only now: with its first head a log gets its first key.
  const policy = await notary.policy(tenantId)
  const parsed = parsePolicy(policy)
  const head = parseCheckpoint(parseNote(note).text)
  for (let waited = 0; waited < witnessPatience && !hasQuorum(parseNote(note), parsed); waited += lookEvery) {
    await pause(lookEvery, undefined, signal ? { signal } : {})
    note = (await notary.checkpoint(tenantId, head.size)) ?? note
  }
  return { note, head, policy }
}

/**
 * The head of the size that is asked for, or one before this: the newest that was stamped, else the newest; undefined where
 * there is none.
 * @throws KeelsonError `not_found` where no head of that size was signed.
 */
export async function earlierHead(
  { notary, tenantId, prev }: HeadOptions,
  size: number,
): Promise<{ readonly note: string; readonly size: number } | undefined> {
  const newest = async () => (await notary.checkpoints(tenantId, { before: size, limit: 1 }))[0]?.size
  const found = prev ?? (await notary.stampedBefore?.(tenantId, size)) ?? (await newest())
  // Of an empty log everything is a continuation.
  if (found === undefined || (prev === undefined && found === 0)) return undefined
  const note = found > size ? undefined : await notary.checkpoint(tenantId, found)
  if (note === undefined) throw new KeelsonError('not_found', `There is no checkpoint of ${found} leaves`)
  return { note, size: found }
}
