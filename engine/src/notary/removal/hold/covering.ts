import type { RecordedEvent } from '../../../store/index.ts'
import type { RemovalContext } from '../removal-context.ts'
import { openSubject } from '../sealed-subject.ts'
import { kidsOfEvent } from '../sealed-text.ts'
import { subjectKids } from '../subject-kids.ts'
import { keyGroups } from '../subject-reads.ts'
import type { KeptHold } from './hold.ts'
import { activeHolds } from './hold.ts'

/** The keys that a hold on a subject covers now. */
export async function heldKids(
  { ring }: RemovalContext,
  tenantId: string,
  { id, scope, sealedSubject }: KeptHold,
): Promise<readonly string[]> {
  if (!('subjectKeys' in scope)) return []
  const subject =
    sealedSubject && (await openSubject(ring, { tenantId, sealed: sealedSubject, use: `hold|${id}` }))
  const now = subject ? await subjectKids(ring, tenantId, subject) : []
  return [...new Set([...scope.subjectKeys, ...now])]
}

/** Active holds that cover a part of what these keys sealed. */
export async function holdsOnKids(
  context: RemovalContext,
  tenantId: string,
  kids: readonly string[],
): Promise<readonly KeptHold[]> {
  const covering: KeptHold[] = []
  for (const hold of await activeHolds(context.store, tenantId)) {
    if ('all' in hold.scope) covering.push(hold)
    else if ('stream' in hold.scope) {
      if (await hasKids(context, tenantId, hold.scope.stream, kids)) covering.push(hold)
    } else if ((await heldKids(context, tenantId, hold)).some(kid => kids.includes(kid))) covering.push(hold)
  }
  return covering
}

/** Whether the keys sealed something in an event of the stream. */
export async function hasKids(
  { store }: Pick<RemovalContext, 'store'>,
  tenantId: string,
  stream: string,
  kids: readonly string[],
): Promise<boolean> {
  if (kids.length === 0 || stream === '') return false
  const info = await store.stream(tenantId, stream)
  if (info === undefined) return false
  // A tombstoned stream is not read any more: it counts.
  if (info.state === 'tombstoned') return true
  for (const subjectKeys of keyGroups(kids)) {
    const options = { filter: { subjectKeys }, removed: 'include', limit: 1 } as const
    for await (const _ of store.readStream(tenantId, stream, options)) return true
  }
  return false
}

/** Which active holds cover an event, asked for many events at one moment. */
export async function holdsOnEvents(
  context: RemovalContext,
  tenantId: string,
): Promise<(event: RecordedEvent) => readonly KeptHold[]> {
  const holds = await activeHolds(context.store, tenantId)
  const kids = new Map<KeptHold, ReadonlySet<string>>()
  for (const hold of holds) kids.set(hold, new Set(await heldKids(context, tenantId, hold)))
  return event =>
    holds.filter(hold => {
      if ('all' in hold.scope) return true
      if ('stream' in hold.scope) return hold.scope.stream === event.stream
      return kidsOfEvent(event).some(kid => kids.get(hold)?.has(kid))
    })
}
