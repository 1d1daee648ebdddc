import type { Document, EventStore, RecordedEvent } from '../../../store/index.ts'
import type { Trouble } from '../../record/trouble.ts'
import { readTrouble } from '../../record/trouble.ts'

/** What a document keeps of a delivery, with its event. */
export interface KeptEvent {
  readonly event: RecordedEvent
  readonly trouble: Trouble
  /** Milliseconds since the epoch. */
  readonly dueAt: number
  readonly revision: number
}

/** The events of such documents, in the order of the log. What was erased meanwhile is not there to be delivered. */
export async function readKeptEvents(
  store: EventStore,
  documents: readonly Document[],
): Promise<readonly KeptEvent[]> {
  const kept = documents.flatMap(document => {
    const trouble = readTrouble(document)
    return trouble === undefined ? [] : [{ trouble, dueAt: document.due ?? 0, revision: document.revision }]
  })
  const events = await readEvents(store, kept)
  return kept
    .flatMap(one => {
      const event = events.get(one.trouble.position)
      return event === undefined ? [] : [{ ...one, event }]
    })
    .sort((a, b) => a.trouble.position - b.trouble.position)
}

async function readEvents(
  store: EventStore,
  kept: readonly { readonly trouble: Trouble }[],
): Promise<ReadonlyMap<number, RecordedEvent>> {
  const byTenant = Map.groupBy(kept, ({ trouble }) => trouble.tenantId)
  const found = new Map<number, RecordedEvent>()
  for (const [tenantId, own] of byTenant) {
    const positions = own.map(({ trouble }) => trouble.position)
    for (const event of await store.readPositions(tenantId, positions)) found.set(event.position, event)
  }
  return found
}
