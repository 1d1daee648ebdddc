import { holdsOnKids } from '../hold/covering.ts'
import type { Hold } from '../hold/hold.ts'
import { toHold } from '../hold/hold.ts'
import { checkSubject } from '../record/words.ts'
import type { RemovalContext } from '../removal-context.ts'
import { subjectKids } from '../subject-kids.ts'
import { erasureCopies } from './erasure-copies.ts'
import { subjectEvents } from './subject-events.ts'

/** What there is of a subject. */
export interface SubjectFinding {
  /** Ids of its keys. */
  readonly keys: readonly string[]
  readonly events: number
  /** Streams that the events stand in; at most 10,000 are counted. */
  readonly streams: number
  /** The most frequent first. */
  readonly types: readonly { readonly type: string; readonly count: number }[]
  /** When the first and the last of the events were recorded, RFC 3339; absent where there are none. */
  readonly firstAt?: string
  readonly lastAt?: string
  /** Of a store that could not be asked the count is absent. */
  readonly copies: readonly { readonly name: string; readonly count?: number }[]
  /** Active holds that would keep it from being erased. */
  readonly holds: readonly Hold[]
}

const mostStreams = 10_000

/** Looks for a subject's data in the log and its copies, and changes nothing. */
export async function findSubject(
  context: RemovalContext,
  tenantId: string,
  subject: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<SubjectFinding> {
  checkSubject(subject)
  const { store, ring } = context
  const kids = await subjectKids(ring, tenantId, subject)
  const types = new Map<string, number>()
  const streams = new Set<string>()
  let events = 0
  let firstAt: string | undefined
  let lastAt: string | undefined
  for await (const page of subjectEvents(store, tenantId, kids, signal)) {
    for (const { eventType, stream, recordedAt } of page) {
      events += 1
      types.set(eventType, (types.get(eventType) ?? 0) + 1)
      if (streams.size < mostStreams) streams.add(stream)
      firstAt ??= recordedAt
      lastAt = recordedAt
    }
  }
  const request = erasureCopies(context, { tenantId, subject, kids }, signal)
  const copies: { name: string; count?: number }[] = []
  for (const copy of context.copies) {
    const count = await copy.count(request, signal).catch(() => undefined)
    signal.throwIfAborted()
    copies.push({ name: copy.name, ...(count !== undefined && { count }) })
  }
  return {
    keys: kids,
    events,
    streams: streams.size,
    types: [...types].map(([type, count]) => ({ type, count })).sort((a, b) => b.count - a.count),
    ...(firstAt !== undefined && { firstAt }),
    ...(lastAt !== undefined && { lastAt }),
    copies,
    holds: (await holdsOnKids(context, tenantId, kids)).map(toHold),
  }
}
