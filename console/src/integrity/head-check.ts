import type { LogPolicy } from 'keelson/proof'
import { parseCheckpoint, parseHash, parseNote, signingLog, verifyConsistency } from 'keelson/proof'

/** What this browser has found about the newest head. */
export interface HeadFinding {
  /** `kept`: it is the first that this browser sees, and kept from now on; `older`: the kept one goes on from it. */
  readonly state: 'kept' | 'same' | 'goes-on' | 'older' | 'unsigned' | 'forked'
  /** Size of the head that was kept. */
  readonly from?: number
  /** When that was kept, RFC 3339. */
  readonly keptAt?: string
}

/** A head as this browser keeps it: it has no personal data. */
export interface KeptHead {
  readonly note: string
  readonly at: string
}

/** The hashes of the consistency proof between two sizes, in base64; undefined where the log has none to give. */
export type AskConsistency = (from: number, to: number) => Promise<readonly string[] | undefined>

/**
 * Holds a head to the log's keys, and to the head that was kept of the same log: the one thing that shows a log which
 * was rewritten and signed again with its true key.
 */
export async function checkHead(
  note: string,
  policy: LogPolicy,
  kept: KeptHead | undefined,
  ask: AskConsistency,
): Promise<HeadFinding> {
  const opened = parseNote(note)
  const head = parseCheckpoint(opened.text)
  if (signingLog(opened, policy)?.name !== head.origin) return { state: 'unsigned' }
  if (kept === undefined) return { state: 'kept' }
  const before = parseCheckpoint(parseNote(kept.note).text)
  const about = { from: before.size, keptAt: kept.at }
  if (before.size === head.size) return { state: before.root === head.root ? 'same' : 'forked', ...about }
  const isNewer = before.size < head.size
  const [older, newer] = isNewer ? [before, head] : [head, before]
  // Nothing goes on from no leaves: there is no proof to ask for.
  const path = older.size === 0 ? [] : await ask(older.size, newer.size)
  const isOn = path !== undefined && verifyConsistency(older, newer, path.map(readHash))
  return { state: isOn ? (isNewer ? 'goes-on' : 'older') : 'forked', ...about }
}

const readHash = (text: string) => parseHash(text, 'base64')

const place = (origin: string): string => `keelson.head.${origin}`

export function readKept(storage: Storage, origin: string): KeptHead | undefined {
  try {
    const value: unknown = JSON.parse(storage.getItem(place(origin)) ?? 'null')
    const kept = value as KeptHead | null
    return kept !== null && typeof kept.note === 'string' && typeof kept.at === 'string' ? kept : undefined
  } catch {
    return undefined
  }
}

/** A browser that keeps nothing sees each head for the first time. */
export function keepHead(storage: Storage, origin: string, note: string, at: string): void {
  try {
    storage.setItem(place(origin), JSON.stringify({ note, at } satisfies KeptHead))
  } catch {
    // Full, or forbidden.
  }
}
