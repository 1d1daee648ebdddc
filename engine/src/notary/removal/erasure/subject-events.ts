import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import type { RemovalTargets } from '../record/targets.ts'
import { TargetsHash } from '../record/targets.ts'
import { keyGroups, mergeReads } from '../subject-reads.ts'

/** Events in a page and in a unit of work. */
export const pageSize = 500

/** Events in which one of the keys sealed something, by position, at most 500 at a time; also removed ones. */
export async function* subjectEvents(
  store: EventStore,
  tenantId: string,
  kids: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<readonly RecordedEvent[]> {
  const reads = keyGroups(kids).map(subjectKeys =>
    store.readAll({ tenantId }, { filter: { subjectKeys }, removed: 'include', ...(signal && { signal }) }),
  )
  let page: RecordedEvent[] = []
  for await (const event of mergeReads(reads)) {
    page.push(event)
    if (page.length < pageSize) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

/** The entries whose fields the keys open; of an entry that was removed as a whole there is nothing left to erase. */
export async function subjectTargets(
  store: EventStore,
  tenantId: string,
  kids: readonly string[],
): Promise<RemovalTargets> {
  const targets = new TargetsHash()
  for await (const page of subjectEvents(store, tenantId, kids))
    for (const { sequence, bodyState } of page) if (bodyState !== 'removed') targets.add(sequence)
  return targets.finish()
}
