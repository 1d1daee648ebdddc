import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import { hasKids } from '../hold/covering.ts'
import type { CopyRequest } from '../port.ts'
import type { RemovalContext } from '../removal-context.ts'
import { keyGroups } from '../subject-reads.ts'
import { openRest } from './open-rest.ts'
import { subjectEvents } from './subject-events.ts'
import { subjectTexts } from './subject-texts.ts'

interface ErasedSubject {
  readonly tenantId: string
  readonly subject: string | undefined
  readonly kids: readonly string[]
  /** What the keys opened, where they are destroyed and that is still known. */
  readonly known?: readonly ReadonlySet<string>[]
  readonly unknownSince?: number
}

/** What of a subject is to go from copies. */
export function erasureCopies(
  { store, ring }: Pick<RemovalContext, 'store' | 'ring'>,
  { tenantId, subject, kids, known, unknownSince }: ErasedSubject,
  signal: AbortSignal,
): CopyRequest {
  /** The page that is being gone through: whoever asks for contents mostly asks for theirs. */
  let page: ReadonlyMap<string, RecordedEvent> = new Map()
  return {
    tenantId,
    reason: 'erasure',
    subject,
    kids,
    async *events() {
      for await (const events of subjectEvents(store, tenantId, kids, signal)) {
        page = new Map(events.map(event => [event.eventId, event]))
        yield events
      }
    },
    async *positions() {
      for await (const events of subjectEvents(store, tenantId, kids, signal))
        yield events.map(({ position }) => position)
    },
    async *texts() {
      yield* known ?? subjectTexts({ store, ring }, { tenantId, kids }, signal)
    },
    ...(unknownSince !== undefined && { unknownSince }),
    concernsStream: stream => hasKids({ store }, tenantId, stream, kids),
    async contentOf(eventId) {
      const event = page.get(eventId) ?? (await findConcerned(store, tenantId, { eventId, kids }))
      if (event === undefined) return undefined
      // Of a store that is opened with its archive archived events have their content, too.
      return event.body === '' ? {} : { envelope: await openRest(ring, event, kids) }
    },
  }
}

interface Sought {
  readonly eventId: string
  readonly kids: readonly string[]
}

/** What the keys sealed may be deleted already: the log still knows that there was something. */
async function findConcerned(
  store: EventStore,
  tenantId: string,
  { eventId, kids }: Sought,
): Promise<RecordedEvent | undefined> {
  const event = await store.readEvent(tenantId, eventId)
  if (event === undefined) return undefined
  const range = { after: event.position - 1, limit: 1, removed: 'include' } as const
  for (const subjectKeys of keyGroups(kids))
    for await (const { position } of store.readAll({ tenantId }, { ...range, filter: { subjectKeys } }))
      if (position === event.position) return event
  return undefined
}
