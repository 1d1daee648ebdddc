import { KeelsonError } from '../../core/index.ts'
import type { EventStore, RecordedEvent } from '../../store/index.ts'
import { shardOf } from '../../store/index.ts'
import type { DeadLetter, DeadLetterReason } from '../../transport/index.ts'
import { deadLetterCollection, readDeadLetter, troubleId } from '../../transport/index.ts'
import type { DeadLetterQuery } from './query.ts'
import { findDeadLetters } from './query.ts'

export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[]
  /** To be given as `after` for the next page; undefined on the last one. */
  readonly next: string | undefined
}

/** A page of dead letters by position; `limit` is 100 unless it is given, and 1,000 at most. */
export async function listDeadLetters(
  store: EventStore,
  query: DeadLetterQuery,
  { after, limit = 100 }: { readonly after?: string; readonly limit?: number } = {},
): Promise<DeadLetterPage> {
  const most = Math.max(1, Math.min(1_000, limit))
  const letters: DeadLetter[] = []
  for await (const letter of findDeadLetters(store, query, after === undefined ? {} : { after })) {
    if (letters.length === most) return { letters, next: troubleId(letters.at(-1) ?? letter) }
    letters.push(letter)
  }
  return { letters, next: undefined }
}

export interface DeadLetterGroup {
  readonly fingerprint: string
  readonly reason: DeadLetterReason
  /** Of the newest of them; empty where nothing was tried. */
  readonly error: { readonly name: string; readonly message: string }
  readonly count: number
  /** How many of each type. */
  readonly eventTypes: Readonly<Record<string, number>>
  /** When the first and the last of them were set aside. */
  readonly firstAt: number
  readonly lastAt: number
}

export interface DeadLetterGroups {
  /** The largest first. */
  readonly groups: readonly DeadLetterGroup[]
  /** False where there are more dead letters than were looked at. */
  readonly isComplete: boolean
}

/** Dead letters by the kind of their last error; `most` (10,000 unless it is given) are looked at. */
export async function groupDeadLetters(
  store: EventStore,
  query: DeadLetterQuery,
  most = 10_000,
): Promise<DeadLetterGroups> {
  const groups = new Map<string, DeadLetterGroup>()
  let seen = 0
  for await (const letter of findDeadLetters(store, query)) {
    if (seen === most) break
    seen += 1
    groups.set(letter.fingerprint, withLetter(groups.get(letter.fingerprint), letter))
  }
  const sorted = [...groups.values()].toSorted((a, b) => b.count - a.count)
  return { groups: sorted, isComplete: seen < most }
}

function withLetter(group: DeadLetterGroup | undefined, letter: DeadLetter): DeadLetterGroup {
  const { fingerprint, reason, setAsideAt, eventType } = letter
  const last = letter.attempts.at(-1)
  const isNewest = group === undefined || setAsideAt >= group.lastAt
  const eventTypes = group?.eventTypes ?? {}
  return {
    fingerprint,
    reason,
    error: isNewest ? { name: last?.name ?? '', message: last?.message ?? '' } : group.error,
    count: (group?.count ?? 0) + 1,
    eventTypes: { ...eventTypes, [eventType]: (eventTypes[eventType] ?? 0) + 1 },
    firstAt: Math.min(group?.firstAt ?? setAsideAt, setAsideAt),
    lastAt: Math.max(group?.lastAt ?? setAsideAt, setAsideAt),
  }
}

/** Names one dead letter. */
export interface DeadLetterAddress {
  readonly subscription: string
  readonly tenantId: string
  readonly position: number
}

/**
 * A dead letter with its event, which is undefined where it was removed from the log.
 * @throws KeelsonError `dead_letter_unknown`.
 */
export async function deadLetter(
  store: EventStore,
  { subscription, tenantId, position }: DeadLetterAddress,
): Promise<{ readonly letter: DeadLetter; readonly event: RecordedEvent | undefined }> {
  const partition = shardOf(tenantId, store.capabilities.shards)
  const id = troubleId({ position, partition })
  const found = await store.document(tenantId, deadLetterCollection(subscription), id)
  const letter = found && readDeadLetter(subscription, found)
  if (letter === undefined)
    throw new KeelsonError('dead_letter_unknown', undefined, { subscription, tenantId, position })
  const [event] = await store.readPositions(tenantId, [position])
  return { letter, event }
}
