import type { EventFilter, EventStore, RecordedEvent, Scope } from '../../../store/index.ts'

/** Events of a portion, and the bytes of content with which it ends before. */
const portion = 1_000
const portionBytes = 1024 * 1024

export interface Portion {
  readonly events: readonly RecordedEvent[]
  /** Whether nothing more was there. */
  readonly isAll: boolean
}

/** A bounded part of the log behind a position. */
export async function readPortion(
  store: EventStore,
  scope: Scope,
  { after, filter }: { readonly after: number; readonly filter: EventFilter | undefined },
): Promise<Portion> {
  const options = { after, limit: portion, ...(filter === undefined ? {} : { filter }) }
  const events: RecordedEvent[] = []
  let bytes = 0
  for await (const event of store.readAll(scope, options)) {
    events.push(event)
    bytes += event.body.length
    if (bytes >= portionBytes) return { events, isAll: false }
  }
  return { events, isAll: events.length < portion }
}
