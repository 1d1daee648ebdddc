import type { ShardedSubscription } from '../bus/index.ts'
import { collectUnit } from '../bus/index.ts'
import type { Envelope } from '../core/index.ts'
import type { CopyRequest, CopyStore } from '../notary/index.ts'
import type { ProjectionDefinition } from '../projection/index.ts'
import type { EventStore, RecordedEvent } from '../store/index.ts'
import { untilHandled } from './scavenge-tenant.ts'

/** Looks, a second each, that may find a projection where it was. */
const patience = 30

/**
 * The read models as a store of copies: what they have of the events is removed and made again from what may be kept
 * of them, in one unit of work. A projection without `forgetEvents` keeps no rows that are an event's.
 */
export function readModelCopies(
  store: EventStore,
  definitions: readonly ProjectionDefinition[],
  running: ReadonlyMap<string, ShardedSubscription>,
): CopyStore {
  const { sql } = store.capabilities
  const kept = sql === 'none' ? [] : definitions.filter(({ forgetEvents }) => forgetEvents !== undefined)
  return {
    name: 'read models',
    remakes: true,
    async count(request, signal) {
      let events = 0
      for await (const page of request.positions()) {
        signal.throwIfAborted()
        events += page.length
      }
      return events * kept.length
    },
    async erase(request, signal) {
      let removed = 0
      for await (const page of request.events()) {
        signal.throwIfAborted()
        for (const definition of kept) {
          await remake(store, definition, running.get(definition.name), { request, page, signal })
          removed += page.length
        }
      }
      return { removed }
    },
  }
}

interface Page {
  readonly request: CopyRequest
  readonly page: readonly RecordedEvent[]
  readonly signal: AbortSignal
}

async function remake(
  store: EventStore,
  definition: ProjectionDefinition,
  projection: ShardedSubscription | undefined,
  { request, page, signal }: Page,
): Promise<void> {
  const { tenantId } = request
  const { sql } = store.capabilities
  const positions = page.map(({ position }) => position)
  const last = positions.at(-1)
  if (sql === 'none' || last === undefined || definition.forgetEvents === undefined) return
  // What it has read and not stored yet would come back: none of it is in hand beyond this.
  if (projection) await untilHandled(projection, last, { tenantId, patience, signal })
  const { unit, parts } = collectUnit(sql)
  unit.add({ statements: definition.forgetEvents(tenantId, positions, sql) })
  for (const event of page) {
    const content = await request.contentOf(event.eventId)
    if (content?.envelope === undefined) continue
    definition.handle(withEnvelope(event, content.envelope as unknown as Envelope), unit)
  }
  await store.commit({ scope: { tenantId }, ...parts() })
}

/** The event as it may be known from now on. */
const withEnvelope = (event: RecordedEvent, envelope: Envelope): RecordedEvent => ({
  ...event,
  hidden: event.hidden,
  bodyState: 'present',
  envelope,
})
