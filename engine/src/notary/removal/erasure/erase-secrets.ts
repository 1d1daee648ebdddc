import type { EventStore } from '../../../store/index.ts'
import { kidsOfEvent } from '../sealed-text.ts'
import { subjectEvents } from './subject-events.ts'

/** Deletes what the keys sealed, a page of events in a unit of work; says how many events still had something. */
export async function eraseSecrets(
  store: EventStore,
  tenantId: string,
  kids: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  let erased = 0
  for await (const page of subjectEvents(store, tenantId, kids, signal)) {
    const positions = page
      .filter(event => kidsOfEvent(event).some(kid => kids.includes(kid)))
      .map(({ position }) => position)
    if (positions.length === 0) continue
    await store.commit({ scope: { tenantId }, secrets: [{ tenantId, positions, kids }] })
    erased += positions.length
  }
  return erased
}
